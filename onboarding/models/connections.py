from __future__ import annotations

from typing import Any

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel, Work


class Connection(EngagementModel):
    """One system of one engagement. Its secret is encrypted, write-only, and bound to this very row."""

    class Side(models.TextChoices):
        CRM = "crm", "CRM"
        FINANCE = "finance", "Financial application"

    class Environment(models.TextChoices):
        SANDBOX = "sandbox", "sandbox"
        PRODUCTION = "production", "production"

    class State(models.TextChoices):
        NEW = "new", "not connected yet"
        CONNECTED = "connected", "credentials given"
        PROVEN = "proven", "proven"
        FAILING = "failing", "failing"
        REVOKED = "revoked", "disconnected"

    side = models.CharField(max_length=8, choices=Side.choices)
    system = models.CharField(max_length=30)  # salesforce · quickbooks_online
    environment = models.CharField(max_length=10, choices=Environment.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    settings = models.JSONField(default=dict)  # what is no secret: host, company id
    secret = models.TextField(blank=True, editable=False)  # vault.seal(); never shown again
    secret_given_at = models.DateTimeField(null=True, blank=True)
    secret_given_by = models.CharField(max_length=200, blank=True)
    token_expires_at = models.DateTimeField(null=True, blank=True)
    consent_expires_at = models.DateTimeField(null=True, blank=True)
    renewing_until = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # one worker renews the token till then
    identity = models.JSONField(default=dict)  # who answered: id, name, is_sandbox
    proven_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "connections"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "side", "environment"], name="connection_once_per_side")
        ]


class Consent(TenantModel):
    """A consent page was opened: the state we sent along, by its hash; spent once."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="consents")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)


class CheckRun(Work, EngagementModel):
    """One climb of a connection's check ladder, rung by rung as it happens."""

    task = "integrations.run_check"
    argument = "check_id"
    time_limit_seconds = 150  # without a rung's result

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="checks")
    rungs = models.JSONField(default=list)  # engine.ladder.Rung.as_dict()
    is_passed = models.BooleanField(null=True)
    started_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        default_related_name = "check_runs"
        ordering = ["-id"]


class Withdrawal(Work, EngagementModel):
    """A consent is ended at the vendor after its connection was disconnected here; the secret lives as long as that."""

    task = "integrations.withdraw_consent"
    argument = "withdrawal_id"
    max_attempts = 12  # some hours: a vendor that is down comes back
    read_with = ("connection",)

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="withdrawals")
    secret = models.TextField(blank=True, editable=False)  # vault.seal() for this very row; empty once it is over

    class Meta:
        default_related_name = "withdrawals"
        verbose_name = "end of the consent"

    def __str__(self) -> str:
        return f"withdrawal of {self.connection_id}"

    def wiped(self) -> dict[str, Any]:
        """The credentials of a consent that nobody ends any more stay nowhere."""
        return {"secret": ""}
