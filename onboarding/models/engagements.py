from __future__ import annotations

from datetime import timedelta

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.workflow.criterion import Owner
from onboarding.workflow.machine import Journey
from onboarding.workflow.steps import STEP_CHOICES, Step

STEP_VALUES = [value for value, _ in STEP_CHOICES]


class Engagement(Journey, TenantModel):
    """One onboarding of one company: the state machine over the twelve steps."""

    reference = models.CharField(max_length=20, unique=True)
    solution = models.CharField(max_length=60, blank=True)  # code in library/solutions.py; chosen for good in step IX
    solution_selected_at = models.DateTimeField(null=True, blank=True)
    solution_selected_by = models.CharField(max_length=200, blank=True)
    deployment = models.CharField(max_length=20, default="cloud")  # cloud · on_premises
    specialist = models.ForeignKey(
        "onboarding.Specialist", on_delete=models.PROTECT, null=True, blank=True, related_name="engagements"
    )
    opened_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)  # step V closed: signed and paid
    went_live_at = models.DateTimeField(null=True, blank=True)
    records_approved_at = models.DateTimeField(null=True, blank=True)
    records_approved_by = models.CharField(max_length=200, blank=True)
    records_sha256 = models.CharField(max_length=64, blank=True)  # of what was approved (RecordsApproval.content)
    go_live_target = models.DateField(null=True, blank=True)

    # Two clocks (experience, 3): whose turn it is, since when, and days waited on each side so far.
    waiting_for = models.CharField(max_length=10, choices=[(o.value, o.value) for o in Owner], blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    customer_waited = models.DurationField(default=timedelta)
    interweave_waited = models.DurationField(default=timedelta)

    # The status document: ready-made JSON, rebuilt by outbox.record() with every event.
    status = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True, blank=True)  # as the document says; what is asked for changes since

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(step__in=STEP_VALUES), name="engagement_step_is_known"),
            models.CheckConstraint(
                condition=models.Q(held_at=None) | ~models.Q(hold_reason=""), name="engagement_hold_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-opened_at"], name="engagement_of_company"),
            models.Index(
                fields=["step", "waiting_since"], condition=models.Q(cancelled_at=None), name="engagement_board"
            ),
            models.Index(fields=["updated_at"], name="engagement_updated"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> str:
        """active · on_hold · cancelled."""
        if self.cancelled_at:
            return "cancelled"
        return "on_hold" if self.held_at else "active"

    @property
    def at_step(self) -> Step:
        """The step as a member of the twelve."""
        return Step(self.step)


class StepRecord(EngagementModel):
    """What is known of one step of one engagement; its evidence is frozen when the step closes."""

    step = models.CharField(max_length=40, choices=STEP_CHOICES)
    number = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    evidence = models.JSONField(default=list)  # criterion.Finding.as_json() of each, at closing
    visits = models.PositiveSmallIntegerField(default=1)
    return_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        default_related_name = "step_records"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["engagement", "step"], name="step_record_once")]


class Note(EngagementModel):
    """An internal note of InterWeave's staff; never shown to customers."""

    text = models.TextField()
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "notes"


class ReferenceSeries(models.Model):
    """Counts references without gaps or doubles: one locked row a series and year (engagements, agreements, invoices)."""

    name = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "year"], name="reference_series_once")]
