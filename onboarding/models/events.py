from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class Event(EngagementModel):
    """What happened: append-only and hash-chained per engagement; audit trail and timeline in one."""

    append_only = True

    number = models.PositiveIntegerField()  # 1, 2, 3 … within the engagement
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.JSONField()
    data = models.JSONField(default=dict)
    step = models.CharField(max_length=40)
    is_internal = models.BooleanField(default=False)  # staff only: never on the customer's timeline
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        default_related_name = "events"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["engagement", "number"], name="event_number_once")]
        indexes = [models.Index(fields=["company", "-at"], name="event_latest")]
