from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel


class Pilot(EngagementModel):
    """The pilot of step 10.2: who tries what, from when to when, and both sides' word that it is done."""

    engagement = models.OneToOneField(
        "onboarding.Engagement", on_delete=models.PROTECT, related_name="pilot", editable=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    participants = models.JSONField(default=list)
    scenarios = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True, blank=True)  # accepted by the customer
    closed_by = models.CharField(max_length=200, blank=True)
    conclusion = models.TextField(blank=True)


class FeedbackItem(TenantModel):
    """One thing noticed in the pilot, to its resolution."""

    class Severity(models.TextChoices):
        BLOCKER = "blocker", "Blocks us"
        PROBLEM = "problem", "Problem"
        WISH = "wish", "Wish"

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="feedback")
    text = models.TextField()
    severity = models.CharField(max_length=8, choices=Severity.choices)
    reported_by = models.CharField(max_length=200)
    reported_at = models.DateTimeField()
    resolution = models.TextField(blank=True)
    resolved_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
