from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.documents import Document


class Agreement(EngagementModel):
    """One Master Services Agreement: its version to sign, its signatures, its executed PDF."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        ISSUED = "issued", "issued for signature"
        SIGNED = "signed", "signed by the customer"
        EXECUTED = "executed", "executed"
        DECLINED = "declined", "declined"
        VOIDED = "voided", "voided"

    number = models.CharField(max_length=20, unique=True)
    template_version = models.CharField(max_length=10, default="v1")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    terms = models.JSONField()  # the context of the version to sign, frozen at drafting
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")  # the version to sign
    executed_document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=200, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    executed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=500, blank=True)  # of declining or voiding

    class Meta:
        default_related_name = "agreements"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"],
                condition=~models.Q(state__in=["declined", "voided"]),
                name="agreement_one_in_force",
            )
        ]


class Signature(TenantModel):
    """One party's signature under one agreement, and how it came about."""

    class Party(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        INTERWEAVE = "interweave", "InterWeave"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    party = models.CharField(max_length=10, choices=Party.choices)
    name = models.CharField(max_length=150)
    title = models.CharField(max_length=100)
    email = models.EmailField()
    typed_name = models.CharField(max_length=150)
    consent = models.TextField()
    consent_sha256 = models.CharField(max_length=64)
    seen_sha256 = models.CharField(max_length=64)  # of the PDF the signer was shown
    authentication = models.CharField(max_length=100)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["agreement", "party"], name="signature_once_per_party")]
