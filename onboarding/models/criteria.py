from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class Waiver(EngagementModel):
    """A lead's named, reasoned decision to let a criterion go."""

    criterion = models.CharField(max_length=60)
    reason = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_related_name = "waivers"
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "criterion"], condition=models.Q(revoked_at=None), name="waiver_once"
            )
        ]
