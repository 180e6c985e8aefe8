from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.documents import Document
from onboarding.workflow.steps import STEP_CHOICES


class Plan(EngagementModel):
    """The project plan: milestones backwards from the go-live target. A changed target makes a new version."""

    version = models.PositiveSmallIntegerField()
    go_live_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    scope_confirmed_at = models.DateTimeField(null=True, blank=True)
    scope_confirmed_by = models.CharField(max_length=200, blank=True)
    scope_sha256 = models.CharField(max_length=64, blank=True)  # of the requirements sign-off the scope rests on
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.CharField(max_length=200, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_related_name = "plans"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["engagement", "version"], name="plan_version_once")]


class Milestone(TenantModel):
    """One step in the plan, with its owner on our side or the customer's. The baseline is never overwritten."""

    class Side(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        INTERWEAVE = "interweave", "InterWeave"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="milestones")
    step = models.CharField(max_length=40, choices=STEP_CHOICES)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    starts_on = models.DateField()
    due_on = models.DateField()
    baseline_on = models.DateField()
    owner_side = models.CharField(max_length=10, choices=Side.choices)
    owner_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["number"]
