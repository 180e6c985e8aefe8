from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel
from onboarding.models.transcripts import ActionItem


class FollowUp(EngagementModel):
    """A task that one person of either side took on, mostly in a meeting."""

    class Side(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        INTERWEAVE = "interweave", "InterWeave"

    text = models.CharField(max_length=500)
    side = models.CharField(max_length=10, choices=Side.choices)
    person = models.CharField(max_length=200, blank=True)  # who does it
    due_on = models.DateField(null=True, blank=True)
    action_item = models.OneToOneField(ActionItem, on_delete=models.PROTECT, null=True, related_name="follow_up")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=200, blank=True)

    class Meta:
        default_related_name = "follow_ups"
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.text[:80]
