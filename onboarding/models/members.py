from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.models.base import TenantModel


class Member(TenantModel):
    """A person of a company, with roles."""

    row_policy = "user_id = nullif(current_setting('app.user', true), '')::bigint"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    roles = models.JSONField(default=list)  # values of actors.Role
    title = models.CharField(max_length=100, blank=True)
    joined_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="member_once_per_company")]

    def __str__(self) -> str:
        return f"{self.user} ({', '.join(self.roles)})"


class Invitation(TenantModel):
    """A door for one person into one company: hashed, expiring, spent by POST."""

    row_policy = "digest = current_setting('app.token_digest', true)"

    email = models.EmailField()
    name = models.CharField(max_length=150, blank=True)
    roles = models.JSONField(default=list)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class JoinRequest(TenantModel):
    """Somebody tried to register a company that is here already, and asks its owner to be let in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="join_requests")
    message = models.TextField(blank=True)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    is_accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user"], condition=models.Q(decided_at=None), name="join_request_open_once"
            )
        ]
