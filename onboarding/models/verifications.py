from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, Work
from onboarding.models.documents import Document


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
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")  # what proves it
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_related_name = "verifications"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["engagement", "check_code"], name="verification_once")]


class DomainProof(EngagementModel):
    """The company's try to prove that a mail domain is its own: by a code sent there, or by a record in the DNS."""

    class Method(models.TextChoices):
        CODE = "code", "a code to an address in the domain"
        DNS = "dns", "a TXT record in the DNS"

    method = models.CharField(max_length=4, choices=Method.choices)
    domain = models.CharField(max_length=253)
    email = models.EmailField(blank=True)  # where the code went
    code_digest = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    dns_value = models.CharField(max_length=100, blank=True)  # what the TXT record must say
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    proved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # another try or another domain took its place

    class Meta:
        default_related_name = "domain_proofs"
        ordering = ["id"]


class DomainLookup(Work, EngagementModel):
    """One look into the DNS for the record that proves a domain."""

    task = "integrations.look_up_domain"
    argument = "lookup_id"
    read_with = ("proof",)

    proof = models.ForeignKey(DomainProof, on_delete=models.CASCADE, related_name="lookups")
    found = models.JSONField(default=list, blank=True)  # the TXT records that were there, cut to a sensible length

    class Meta:
        default_related_name = "domain_lookups"
        ordering = ["id"]
