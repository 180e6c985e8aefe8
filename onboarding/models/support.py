from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class CheckIn(EngagementModel):
    """A scheduled review after go-live, with its recommendations."""

    due_on = models.DateField()
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    recommendations = models.TextField(blank=True)
    scheduled_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "check_ins"
        ordering = ["due_on"]
