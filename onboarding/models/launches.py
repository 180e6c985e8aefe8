from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel


class Launch(EngagementModel):
    """Go-live of one engagement: both sides' decisions, the cutover, hypercare."""

    engagement = models.OneToOneField(
        "onboarding.Engagement", on_delete=models.PROTECT, related_name="launch", editable=False
    )
    cutover_at = models.DateTimeField(null=True, blank=True)  # schedules switched on
    cutover_by = models.CharField(max_length=200, blank=True)
    hypercare_until = models.DateField(null=True, blank=True)
    hypercare_runs = models.PositiveSmallIntegerField(default=3)  # clean scheduled runs in a row, per flow


class GoDecision(TenantModel):
    """One side's go or no-go; the latest of a side counts."""

    class Side(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        INTERWEAVE = "interweave", "InterWeave"

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="decisions")
    side = models.CharField(max_length=10, choices=Side.choices)
    is_go = models.BooleanField()
    comment = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Incident(EngagementModel):
    """Something failed after cutover: opened and closed by the flow runs themselves."""

    flow = models.ForeignKey("onboarding.Flow", on_delete=models.PROTECT, related_name="incidents")
    opened_at = models.DateTimeField()
    problem = models.JSONField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_run = models.ForeignKey("onboarding.FlowRun", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        default_related_name = "incidents"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["flow"], condition=models.Q(closed_at=None), name="incident_open_once_per_flow"
            )
        ]
