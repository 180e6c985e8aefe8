from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.documents import Document
from onboarding.models.questionnaires import Questionnaire, QuestionnaireSubmission
from onboarding.models.transcripts import Sentence


class Requirement(EngagementModel):
    """What the customer needs, agreed at the requirements review; its sources say where it came from."""

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
        CHANGED = "changed", "agreed, changed since"  # by an approved change request
        DECLINED = "declined", "declined"

    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    priority = models.CharField(max_length=6, choices=Priority.choices, blank=True)
    flow = models.CharField(max_length=60, blank=True)  # code in library/flows.py
    suggestion = models.CharField(max_length=120, blank=True)  # key of the suggestion it was taken from
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    declined_reason = models.CharField(max_length=500, blank=True)
    declined_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "requirements"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["engagement", "number"], name="requirement_number_once")]

    def __str__(self) -> str:
        return f"Requirement {self.number}"


class RequirementSource(TenantModel):
    """Where a requirement comes from: one sentence, answer or document, or what somebody said, with its very words."""

    class Kind(models.TextChoices):
        SENTENCE = "sentence", "Transcript"
        ANSWER = "answer", "Answer"
        DOCUMENT = "document", "Document"
        SAID = "said", "Said"

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    quote = models.TextField()  # as it was when it was cited
    sentence = models.ForeignKey(Sentence, on_delete=models.PROTECT, null=True, related_name="+")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, null=True, related_name="+")
    question = models.CharField(max_length=60, blank=True)
    submission = models.ForeignKey(QuestionnaireSubmission, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=100, blank=True)  # page, sheet or line of the document
    said_by = models.CharField(max_length=200, blank=True)
    said_on = models.DateField(null=True, blank=True)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="requirement_source_is_one",
                condition=models.Q(kind="sentence", sentence__isnull=False, questionnaire=None, document=None)
                | models.Q(kind="answer", sentence=None, questionnaire__isnull=False, document=None)
                | models.Q(kind="document", sentence=None, questionnaire=None, document__isnull=False)
                | models.Q(kind="said", sentence=None, questionnaire=None, document=None),
            )
        ]


class DismissedSuggestion(EngagementModel):
    """A suggested requirement that nobody needs (queries/suggestions.py); the row goes when that is undone."""

    key = models.CharField(max_length=120)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        default_related_name = "dismissed_suggestions"
        constraints = [models.UniqueConstraint(fields=["engagement", "key"], name="suggestion_dismissed_once")]


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
