from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel
from onboarding.models.requirements import Requirement, RequirementsSignoff


class ChangeRequest(EngagementModel):
    """A change of a list that was signed off: asked for by either side, approved by those who sign for the customer."""

    class Kind(models.TextChoices):
        ADD = "add", "Add a requirement"
        CHANGE = "change", "Change a requirement"
        REMOVE = "remove", "Leave a requirement out"

    class State(models.TextChoices):
        PROPOSED = "proposed", "open"
        APPROVED = "approved", "approved"
        DECLINED = "declined", "declined"
        WITHDRAWN = "withdrawn", "withdrawn"

    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, null=True)  # for one to add: once approved
    before = models.JSONField(default=dict)  # text, kind, priority and flow as they were when this was asked for
    proposed = models.JSONField(default=dict)  # the same as they shall be; empty for one to leave out
    reason = models.TextField()
    is_staffs = models.BooleanField()  # InterWeave's side asked for it
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    effect = models.TextField(blank=True)  # on the plan, in the specialist's words
    effect_days = models.PositiveSmallIntegerField(null=True, blank=True)  # working days
    effect_money = models.CharField(max_length=200, blank=True)
    effect_by = models.CharField(max_length=200, blank=True)
    effect_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    decision_note = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    signoff = models.ForeignKey(RequirementsSignoff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        default_related_name = "change_requests"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["engagement", "number"], name="change_request_number_once")]

    def __str__(self) -> str:
        return f"Change request {self.number}"

    @property
    def is_open(self) -> bool:
        """True while nobody decided it."""
        return self.state == self.State.PROPOSED
