from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class TrainingSignoff(EngagementModel):
    """The customer's word that its team was trained; sessions are meetings of kind training."""

    engagement = models.OneToOneField(
        "onboarding.Engagement", on_delete=models.PROTECT, related_name="training_signoff", editable=False
    )
    statement = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
