from __future__ import annotations

from django.db import models

from onboarding.models.agreements import Signer
from onboarding.models.base import EngagementModel
from onboarding.models.invoices import Invoice


class Door(EngagementModel):
    """A one-purpose way in without an account: one signer to one agreement, or one payer to one invoice.

    The link in the mail opens a page; its button spends the link. The short code is the other way in. The browser that
    went in keeps a secret of its own; whoever goes in later by a code takes its place.
    """

    class Purpose(models.TextChoices):
        SIGN = "sign", "sign the agreement"
        PAY = "pay", "pay the invoice"

    class Reason(models.TextChoices):
        SIGNED = "signed", "signed"
        PAID = "paid", "paid"
        REVOKED = "revoked", "revoked"
        REPLACED = "replaced", "replaced by a newer link"
        EXPIRED = "expired", "expired"
        OVER = "over", "nothing left to do behind it"

    # The bearer of the link, or of the browser's secret, may read their own door before any company's context is known.
    row_policy = (
        "digest = current_setting('app.token_digest', true)"
        " OR session_digest = nullif(current_setting('app.token_digest', true), '')"
    )

    purpose = models.CharField(max_length=4, choices=Purpose.choices)
    signer = models.ForeignKey(Signer, on_delete=models.CASCADE, null=True, related_name="doors")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, null=True, related_name="doors")
    name = models.CharField(max_length=150)
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the link's secret
    code_digest = models.CharField(max_length=64, blank=True)  # keyed hash of the short code in force
    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    code_sent_at = models.DateTimeField(null=True, blank=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    session_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the secret of the browser that is in
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)  # spent by its button or its code
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=8, choices=Reason.choices, blank=True)

    class Meta:
        default_related_name = "doors"
        ordering = ["id"]
