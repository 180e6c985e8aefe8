from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class Requirement(EngagementModel):
    """What the customer needs, agreed at the requirements review, and the sentence or answer it came from."""

    class Kind(models.TextChoices):
        FLOW = "flow", "Flow"
        MAPPING = "mapping", "Mapping"
        TIMELINE = "timeline", "Timeline"
        CONSTRAINT = "constraint", "Constraint"
        DEPENDENCY = "dependency", "Dependency"

    class Priority(models.TextChoices):
        MUST = "must", "Must"
        SHOULD = "should", "Should"
        COULD = "could", "Could"
        WONT = "wont", "Won't this time"

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        AGREED = "agreed", "agreed"
        DECLINED = "declined", "declined"

    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    priority = models.CharField(max_length=6, choices=Priority.choices, blank=True)
    flow = models.CharField(max_length=60, blank=True)  # code in library/flows.py
    source = models.CharField(max_length=500, blank=True)  # the sentence or answer it came from
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "requirements"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["engagement", "number"], name="requirement_number_once")]


class RequirementsSignoff(EngagementModel):
    """The customer signed the list off: which list, by its hash. A changed list needs a new sign-off."""

    version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    requirements = models.JSONField()  # the list as agreed
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_related_name = "requirements_signoffs"
