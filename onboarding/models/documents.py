from __future__ import annotations

import uuid

from django.db import models

from onboarding.models.base import EngagementModel, Work


class DocumentRequest(EngagementModel):
    """One thing we ask the customer to send (Doc 3 of step II): one or several files, or a reason why not."""

    code = models.CharField(max_length=60, blank=True)  # of the template it was made from; empty: asked for by a person
    template_version = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    description = models.TextField(blank=True)
    example = models.TextField(blank=True)  # in words
    usually_with = models.CharField(max_length=100, blank=True)  # who in a company has it
    file_types = models.JSONField(default=list, blank=True)  # endings; empty: whatever the file policy takes
    limit_bytes = models.PositiveBigIntegerField(null=True, blank=True)  # a file; None: the portal's own limit
    asks_expiry = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    # Said by the customer it is a proposal, until a specialist agrees; said by a specialist it counts at once.
    not_applicable_at = models.DateTimeField(null=True, blank=True)
    not_applicable_by = models.CharField(max_length=200, blank=True)
    not_applicable_reason = models.CharField(max_length=500, blank=True)
    not_applicable_is_proposed = models.BooleanField(default=False)
    not_applicable_agreed_by = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    due_told = models.PositiveSmallIntegerField(default=0)  # mails about its due date: 1 before, 2 after, 3 to staff

    class Meta:
        default_related_name = "document_requests"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """True while it may be answered: neither withdrawn nor settled as not applicable."""
        return self.withdrawn_at is None and not self.is_dismissed

    @property
    def is_dismissed(self) -> bool:
        """True once it is settled that it does not apply; a customer's proposal alone does not settle it."""
        return self.not_applicable_at is not None and not self.not_applicable_is_proposed


class Document(EngagementModel):
    """One version of one file: uploaded by a person or made by a worker. Stored under its uuid, named by data."""

    class Kind(models.TextChoices):
        SOLUTIONS_DEFINITION = "solutions_definition", "Solutions Definition Document"
        TECHNICAL_DETAILS = "technical_details", "Solutions Technical Details Document"
        CUSTOMER_DOCUMENT = "customer_document", "Document submitted by customer"
        MINUTES = "minutes", "Meeting minutes"
        TRANSCRIPT = "transcript", "Meeting transcript"
        AUTHORITY = "authority", "Authority of the signatory"
        MSA = "msa", "Master Services Agreement"
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"
        RECEIPT = "receipt", "Receipt"
        STATEMENT = "statement", "Statement of account"
        PROJECT_PLAN = "project_plan", "Project plan"
        BLUEPRINT = "blueprint", "Integration blueprint"
        EVIDENCE_PACK = "evidence_pack", "Evidence pack"

    class Scan(models.TextChoices):
        CLEAN = "clean", "checked"
        PENDING = "pending", "being checked"
        QUARANTINED = "quarantined", "quarantined"

    class Review(models.TextChoices):
        NONE = "", "not reviewed"
        ACCEPTED = "accepted", "accepted"
        REVISION_NEEDED = "revision_needed", "revision needed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    request = models.ForeignKey(DocumentRequest, on_delete=models.PROTECT, null=True, related_name="documents")
    title = models.CharField(max_length=200)
    version = models.PositiveSmallIntegerField(default=1)
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200, blank=True)  # in storage; empty until rendered
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    scan = models.CharField(max_length=12, choices=Scan.choices, default=Scan.CLEAN)
    review = models.CharField(max_length=16, choices=Review.choices, blank=True, default="")
    review_note = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    is_generated = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # taken back, or a newer version took its place
    # The uuid of the file's first version, shared by all of them; None: a document from before files had versions.
    lineage = models.UUIDField(null=True, editable=False)
    expires_on = models.DateField(null=True, blank=True)  # its last good day
    expired_at = models.DateTimeField(null=True, blank=True)
    expiry_told_days = models.PositiveSmallIntegerField(null=True, blank=True)  # how long before it the last mail went

    class Meta:
        default_related_name = "documents"
        ordering = ["id"]
        indexes = [models.Index(fields=["engagement", "kind"], name="document_of_kind")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_submission(self) -> bool:
        """True for a questionnaire as it was handed in, made here or sent as a file: it is reviewed there."""
        return self.kind in SUBMITTED_KINDS

    @property
    def is_ready(self) -> bool:
        """True once the bytes are stored and released."""
        return bool(self.sha256) and self.scan == self.Scan.CLEAN


SUBMITTED_KINDS = frozenset({Document.Kind.SOLUTIONS_DEFINITION, Document.Kind.TECHNICAL_DETAILS})


class Rendering(Work, EngagementModel):
    """A document to be made: the frozen context a worker turns into PDF bytes, once."""

    task = "onboarding.render_document"
    argument = "rendering_id"
    read_with = ("document",)

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="rendering")
    template = models.CharField(max_length=30)
    context = models.JSONField()

    class Meta:
        default_related_name = "renderings"
