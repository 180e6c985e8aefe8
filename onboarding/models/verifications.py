from __future__ import annotations

from django.db import models

from onboarding.library import verification_checks
from onboarding.models.base import EngagementModel, Work
from onboarding.models.documents import Document


class Verification(EngagementModel):
    """One check of a customer's details in step IV, with its outcome and evidence."""

    class Outcome(models.TextChoices):
        OPEN = "open", "not checked"
        PASSED = "passed", "passed"
        FAILED = "failed", "failed"
        WAIVED = "waived", "waived"

    check_code = models.CharField(max_length=30, choices=verification_checks.CHOICES)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    value = models.CharField(max_length=300, blank=True)  # what was checked
    evidence = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")  # what proves it
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    # What opened it again after it was decided; empty once it is decided anew.
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_because = models.CharField(max_length=300, blank=True)

    class Meta:
        default_related_name = "verifications"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["engagement", "check_code"], name="verification_once")]

    @property
    def is_internal(self) -> bool:
        """True for a check that staff alone sees."""
        return self.check_code in verification_checks.INTERNAL

    @property
    def waits_for_customer(self) -> bool:
        """True for what only the customer can bring: a proof that is its own to give, or better than what failed."""
        if self.is_internal or self.outcome in {self.Outcome.PASSED, self.Outcome.WAIVED}:
            return False
        is_unproved = self.check_code in verification_checks.PROVED_BY_CUSTOMERS and self.document_id is None
        return is_unproved or self.outcome == self.Outcome.FAILED


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

    class Answer(models.TextChoices):
        PROVED = "proved", "the record is there"
        OTHER_VALUE = "other_value", "there are TXT records, but not this one"
        NO_RECORD = "no_record", "the domain has no TXT record"
        NO_DOMAIN = "no_domain", "there is no such domain"
        UNANSWERED = "unanswered", "the domain's name servers did not answer"

    max_attempts = 9  # a new record takes a while to be seen everywhere: looked for over about an hour

    proof = models.ForeignKey(DomainProof, on_delete=models.CASCADE, related_name="lookups")
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(default=list, blank=True)  # the TXT records that were there, cut to a sensible length

    class Meta:
        default_related_name = "domain_lookups"
        ordering = ["id"]
