from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class RecordsApproval(EngagementModel):
    """The customer approved its records: what they said then, under their hash, and what withdrew it later."""

    content = models.JSONField()  # queries.records.content(): sections of labels and values
    sha256 = models.CharField(max_length=64)  # of the content's canonical JSON
    approved_at = models.DateTimeField()
    approved_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        default_related_name = "records_approvals"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"], condition=models.Q(withdrawn_at=None), name="records_approved_once"
            )
        ]
