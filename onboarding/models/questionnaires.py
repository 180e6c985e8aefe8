from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.documents import Document
from onboarding.models.members import Member


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
    last_submission = models.ForeignKey(
        "onboarding.QuestionnaireSubmission", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    review_note = models.TextField(blank=True)

    class Meta:
        default_related_name = "questionnaires"
        constraints = [models.UniqueConstraint(fields=["engagement", "kind"], name="questionnaire_once_per_kind")]

    @property
    def is_in_hand_as_file(self) -> bool:
        """True while a file counts in the place of the answers given here: in review or accepted."""
        last = self.last_submission
        return bool(last and last.is_file) and self.state in {self.State.SUBMITTED, self.State.ACCEPTED}


class Answer(TenantModel):
    """One answer; its version rises with every change, so that two people never overwrite each other unseen."""

    class Review(models.TextChoices):
        NONE = "", "not reviewed"
        ACCEPTED = "accepted", "accepted"  # locked until a specialist undoes it
        REVISION_NEEDED = "revision_needed", "revision needed"

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    review = models.CharField(max_length=16, choices=Review.choices, blank=True, default="")
    review_note = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["questionnaire", "question"], name="answer_once")]

    @property
    def is_accepted(self) -> bool:
        """True: nobody changes it until a specialist takes that back."""
        return self.review == self.Review.ACCEPTED

    @property
    def needs_revision(self) -> bool:
        """True while a specialist waits for another answer, or has noted that one is needed."""
        return self.review == self.Review.REVISION_NEEDED


class QuestionnaireSubmission(EngagementModel):
    """The document as it was handed in, for good: its answers and their PDF, or a file filled in elsewhere.

    `sha256` covers the canonical JSON of what was handed in (queries/submissions.py says how to make it).
    """

    append_only = True

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()  # 1, 2, 3 … of this questionnaire
    schema_version = models.PositiveSmallIntegerField()
    answers = models.JSONField(default=dict)  # by question code; empty for a file
    sha256 = models.CharField(max_length=64)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    is_file = models.BooleanField(default=False)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        default_related_name = "questionnaire_submissions"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "number"], name="submission_number_once")]


class KeyFact(TenantModel):
    """What a specialist read from a submitted file, as later steps need it: in the place of an answer."""

    submission = models.ForeignKey(QuestionnaireSubmission, on_delete=models.PROTECT, related_name="key_facts")
    question = models.CharField(max_length=60)
    value = models.JSONField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "question"], name="key_fact_once")]


class SectionAssignment(EngagementModel):
    """One section of a questionnaire, given to one member of the company. It lapses when that member leaves."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="assignments")
    section = models.CharField(max_length=60)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="assignments")
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        default_related_name = "section_assignments"
        constraints = [models.UniqueConstraint(fields=["questionnaire", "section"], name="section_assigned_once")]

    @property
    def has_lapsed(self) -> bool:
        """True once the member left the company: nobody has the section any more."""
        return self.member.removed_at is not None


class AnswerComment(EngagementModel):
    """One remark in the thread about one question, read by both sides. A thread is open while one is not resolved."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="comments")
    question = models.CharField(max_length=60)
    text = models.TextField()
    is_staff = models.BooleanField()  # InterWeave's side wrote it
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=200, blank=True)

    class Meta:
        default_related_name = "answer_comments"
        ordering = ["id"]
        indexes = [models.Index(fields=["questionnaire", "question"], name="comments_of_question")]
