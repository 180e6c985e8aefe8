from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class Verification(EngagementModel):
    """One check of a customer's details in step IV, with its outcome and evidence."""

    class Check(models.TextChoices):
        LEGAL_NAME = "legal_name", "Legal name"
        REGISTRATION_NUMBER = "registration_number", "Registration number"
        TAX_ID = "tax_id", "Tax or VAT id"
        ADDRESS = "address", "Postal address"
        MAIL_DOMAIN = "mail_domain", "E-mail domain"
        SIGNATORY = "signatory", "Signatory's identity and authority"

    class Outcome(models.TextChoices):
        OPEN = "open", "not checked"
        PASSED = "passed", "passed"
        FAILED = "failed", "failed"
        WAIVED = "waived", "waived"

    check_code = models.CharField(max_length=30, choices=Check.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    value = models.CharField(max_length=300, blank=True)  # what was checked
    evidence = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_related_name = "verifications"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["engagement", "check_code"], name="verification_once")]
