from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.documents import Document


class Questionnaire(EngagementModel):
    """Doc 1 or Doc 2 of step II: answers to one version of a schema (library/questionnaires)."""

    class Kind(models.TextChoices):
        SOLUTIONS_DEFINITION = "solutions_definition", "Solutions Definition Document"
        TECHNICAL_DETAILS = "technical_details", "Solutions Technical Details Document"

    class State(models.TextChoices):
        OPEN = "open", "in progress"
        SUBMITTED = "submitted", "in review"
        REVISION_NEEDED = "revision_needed", "revision needed"
        ACCEPTED = "accepted", "accepted"

    kind = models.CharField(max_length=30, choices=Kind.choices)
    schema_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    submissions = models.PositiveSmallIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.CharField(max_length=200, blank=True)
    snapshot = models.JSONField(null=True, blank=True)  # the answers as submitted
    snapshot_document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    review_note = models.TextField(blank=True)

    class Meta:
        default_related_name = "questionnaires"
        constraints = [models.UniqueConstraint(fields=["engagement", "kind"], name="questionnaire_once_per_kind")]


class Answer(TenantModel):
    """One answer; its version rises with every change, so that two people never overwrite each other unseen."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    needs_revision = models.BooleanField(default=False)
    review_note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["questionnaire", "question"], name="answer_once")]
