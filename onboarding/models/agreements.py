from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel, Work
from onboarding.models.companies import Company
from onboarding.models.documents import Document
from onboarding.models.specialists import Specialist
from onboarding.workflow import agreement_machine
from onboarding.workflow.agreement_machine import AgreementLife, AgreementState


class Agreement(AgreementLife, EngagementModel):
    """One Master Services Agreement: its version to sign, its signers and signatures, its executed PDF."""

    State = AgreementState

    class Provider(models.TextChoices):
        OWN = "own", "this portal"
        DOCUSIGN = "docusign", "DocuSign"

    number = models.CharField(max_length=20, unique=True)
    template_version = models.CharField(max_length=10, default="v1")
    provider = models.CharField(max_length=10, choices=Provider.choices, default=Provider.OWN)
    terms = models.JSONField()  # the context of the version to sign, frozen at drafting
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")  # the version to sign
    executed_document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    review_asked_at = models.DateTimeField(null=True, blank=True)
    review_asker = models.ForeignKey(Specialist, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    review_note = models.TextField(blank=True)  # why it was sent back last, InterWeave's own
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewer = models.ForeignKey(Specialist, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=200, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)  # the last day to sign, in the company's time zone
    executed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=500, blank=True)  # of declining, voiding, expiring, being replaced

    class Meta:
        default_related_name = "agreements"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"],
                condition=~models.Q(state__in=[state.value for state in agreement_machine.CLOSED]),
                name="agreement_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.number

    def names(self, company: Company) -> bool:
        """True while the customer is still called, registered and housed as the agreement says."""
        return company.as_party == {part: said for part, said in self.terms["company"].items() if part != "signatory"}


class Party(models.TextChoices):
    CUSTOMER = "customer", "Customer"
    INTERWEAVE = "interweave", "InterWeave"


class Signer(TenantModel):
    """One person who has to sign an agreement, in their turn: the customer's by position, then InterWeave's."""

    Party = Party

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signers")
    party = models.CharField(max_length=10, choices=Party.choices)
    position = models.PositiveSmallIntegerField()  # from 1; the next is asked only after the earlier one signed
    name = models.CharField(max_length=150)
    title = models.CharField(max_length=100, blank=True)
    email = models.EmailField()
    asked_at = models.DateTimeField(null=True, blank=True)  # mailed that it is their turn
    viewed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["agreement", "position"], name="signer_once_per_position")]

    def __str__(self) -> str:
        return self.name


class Signature(TenantModel):
    """One signer's signature under one agreement, and how it came about."""

    Party = Party

    class Kind(models.TextChoices):
        TYPED = "typed", "typed"
        DRAWN = "drawn", "drawn"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    signer = models.OneToOneField(Signer, on_delete=models.PROTECT, null=True, related_name="signature")
    party = models.CharField(max_length=10, choices=Party.choices)
    name = models.CharField(max_length=150)
    title = models.CharField(max_length=100)
    email = models.EmailField()
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.TYPED)
    typed_name = models.CharField(max_length=150)
    drawing = models.JSONField(default=list, blank=True)  # strokes of points within 600 × 200, when drawn
    consent = models.TextField()
    consent_sha256 = models.CharField(max_length=64)
    consented_at = models.DateTimeField(null=True, blank=True)
    seen_sha256 = models.CharField(max_length=64)  # of the PDF the signer was shown
    authentication = models.CharField(max_length=100)
    authenticated_at = models.DateTimeField(null=True, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class AgreementComment(TenantModel):
    """What one side says about an agreement before it is signed, at a clause or about the whole."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="comments")
    clause = models.CharField(max_length=20, blank=True)  # its number as printed ("7.2"); empty: about the whole
    text = models.TextField()
    side = models.CharField(max_length=10, choices=Party.choices)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]


class AgreementCopy(TenantModel):
    """Somebody else who gets the executed agreement: a lawyer, an accountant."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="copies")
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField()
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["agreement", "email"], name="agreement_copy_once")]


class Sealing(Work, EngagementModel):
    """The sealed file of a countersigned agreement, to be made exactly once: the frozen context, then one PAdES seal."""

    task = "integrations.seal_agreement"
    argument = "sealing_id"
    read_with = ("agreement", "document")
    max_attempts = 1000  # a time stamp authority may be down for days; nothing is completed without it

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="sealing")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="sealing")  # empty until sealed
    context = models.JSONField()

    class Meta:
        default_related_name = "sealings"


class Seal(TenantModel):
    """What is known of one sealed file: by its hash the verify page knows it again."""

    # Whoever holds the file knows its hash, and may read the one row about it.
    row_policy = "sha256 = current_setting('app.token_digest', true)"

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="seal")
    number = models.CharField(max_length=20)  # of the agreement, as the file itself says
    sha256 = models.CharField(max_length=64, unique=True)
    certificate_subject = models.CharField(max_length=300)
    certificate_serial = models.CharField(max_length=64)  # hexadecimal
    is_time_stamped = models.BooleanField()
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Envelope(Work, EngagementModel):
    """An agreement that is signed at another provider: sent there, followed, and its completed file fetched."""

    task = "integrations.carry_envelope"
    argument = "envelope_id"
    read_with = ("agreement", "agreement__document")
    max_attempts = 50
    # Whoever holds the completed file knows its hash, and may read the one row about it.
    row_policy = "sha256 = nullif(current_setting('app.token_digest', true), '')"

    class Status(models.TextChoices):
        WANTED = "wanted", "to be sent"
        SENT = "sent", "sent"
        DELIVERED = "delivered", "opened by the signer"
        COMPLETED = "completed", "completed"
        DECLINED = "declined", "declined"
        VOIDED = "voided", "voided"

    class Wish(models.TextChoices):
        SEND = "send", "to be sent"
        FOLLOW = "follow", "to be followed"
        VOID = "void", "to be voided"

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="envelope")
    number = models.CharField(max_length=20)  # the agreement's; the provider keeps it too
    provider = models.CharField(max_length=10, choices=Agreement.Provider.choices)
    external_id = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WANTED)
    wish = models.CharField(max_length=10, choices=Wish.choices, default=Wish.SEND)  # what the worker does next
    told_at = models.DateTimeField(null=True, blank=True)  # when the provider last called about it
    sent_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the completed file

    class Meta:
        default_related_name = "envelopes"
        indexes = [
            models.Index(fields=["sha256"], condition=~models.Q(sha256=""), name="envelope_by_file"),
            models.Index(fields=["external_id"], condition=~models.Q(external_id=""), name="envelope_by_vendor_id"),
        ]

    def __str__(self) -> str:
        return f"{self.number} at {self.get_provider_display()}"
