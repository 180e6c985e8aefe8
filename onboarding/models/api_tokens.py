from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.models.base import TenantQuerySet


class ApiToken(models.Model):
    """A program's key: only its SHA-256 is kept. Without a company it is a member of staff's and sees all tenants."""

    row_policy = "digest = current_setting('app.token_digest', true)"

    company = models.ForeignKey("onboarding.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=20)  # one of actors.Role: what the token may do is what this role may do
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)  # the last characters, to tell tokens apart
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()


class IdempotencyKey(models.Model):
    """One POST of the API, once: inserted in its transaction; a repeat gets the first reply, another body a 422."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=100)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    reply = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once")]
