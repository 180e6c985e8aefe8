from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from onboarding.models.base import EngagementModel
from onboarding.models.documents import Document, DocumentRequest


class PartialUpload(EngagementModel):
    """A file that arrives in pieces: how much of it is here. Its bytes lie beside the store until the last one came.

    Plumbing, so it records no event; the document it becomes does.
    """

    class State(models.TextChoices):
        OPEN = "open", "under way"
        DONE = "done", "arrived"
        REFUSED = "refused", "refused"
        EXPIRED = "expired", "given up"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")  # alone goes on
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    kind = models.CharField(max_length=30, choices=Document.Kind.choices)
    request = models.ForeignKey(DocumentRequest, on_delete=models.PROTECT, null=True, related_name="+")
    replaces = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    expires_on = models.DateField(null=True, blank=True)  # of the document it becomes
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.TextField(blank=True)
    created_at = models.DateTimeField()
    kept_until = models.DateTimeField()

    class Meta:
        default_related_name = "partial_uploads"
        indexes = [models.Index(fields=["kept_until"], name="partial_upload_kept_until")]

    def __str__(self) -> str:
        return self.file_name
