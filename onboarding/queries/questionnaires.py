"""Questionnaires as people fill them in: sections, visible questions, current answers, progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from onboarding.library import questionnaires as library
from onboarding.models import Answer, Document, Engagement, Questionnaire
from onboarding.queries import prefills, submissions


@dataclass(frozen=True, kw_only=True)
class Line:
    """One question with its present answer. `version` is 0 while nobody answered; `shown` is the answer in words."""

    question: library.Question
    value: Any
    shown: str | list[str]
    version: int
    by: str
    at: datetime | None
    review: str = ""  # the specialist's mark: accepted, revision_needed or none
    review_note: str = ""
    is_sent_back: bool = False  # the customer sees the marks once the document was sent back

    @property
    def is_accepted(self) -> bool:
        """True: locked until a specialist takes the acceptance back."""
        return self.review == Answer.Review.ACCEPTED

    @property
    def needs_revision(self) -> bool:
        """True while the customer is asked for another answer."""
        return self.is_sent_back and self.review == Answer.Review.REVISION_NEEDED

    @property
    def words(self) -> str:
        """The answer as text: several on lines of their own, a number with its unit; empty when unanswered."""
        if isinstance(self.shown, list):
            return "\n".join(self.shown)
        return f"{self.shown} {self.question.unit_to_say}".strip() if self.shown else ""

    @property
    def is_prefilled(self) -> bool:
        """True while nobody touched what registration had answered."""
        return self.by == prefills.BY and self.version == 1

    @property
    def is_answered(self) -> bool:
        """True once there is something; no and 0 are answers."""
        return library.is_answered(self.value)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One section as it stands: only the questions that the present answers lead to."""

    code: str
    title: str
    intro: str
    lines: tuple[Line, ...]

    @property
    def answered(self) -> int:
        """How many of the lines are answered."""
        return sum(line.is_answered for line in self.lines)

    @property
    def is_begun(self) -> bool:
        """True once a person answered something here."""
        return any(line.is_answered and not line.is_prefilled for line in self.lines)

    @property
    def needs_revision(self) -> bool:
        """True while the specialist waits for another answer in this section."""
        return any(line.needs_revision for line in self.lines)


def schema_of(questionnaire: Questionnaire) -> library.Schema:
    """The version of the questions this questionnaire answers."""
    return library.schema(questionnaire.kind, questionnaire.schema_version)


def values(questionnaire: Questionnaire) -> dict[str, Any]:
    """The present answers by question code, hidden ones too, and the other document's: conditions may hang on them."""
    return dict(_answers(questionnaire).values_list("question", "value"))


def _answers(questionnaire: Questionnaire) -> QuerySet[Answer]:
    return Answer.objects.filter(questionnaire__engagement=questionnaire.engagement_id)


def sheet(questionnaire: Questionnaire) -> list[Sheet]:
    """Every section with its visible questions and answers, in the schema's order.

    One query, and a second where files were sent.
    """
    schema, is_sent_back = schema_of(questionnaire), questionnaire.state != Questionnaire.State.SUBMITTED
    given = list(_answers(questionnaire))
    answers = {answer.question: answer for answer in given if answer.questionnaire_id == questionnaire.pk}
    shown = {q.code for q in library.visible(schema, {answer.question: answer.value for answer in given})}
    names = _file_names(questionnaire, schema, answers)
    return [
        Sheet(
            code=section.code,
            title=section.title,
            intro=section.intro,
            lines=tuple(
                _line(q, answers.get(q.code), names, is_sent_back=is_sent_back)
                for q in section.questions
                if q.code in shown
            ),
        )
        for section in schema.sections
    ]


def line(questionnaire: Questionnaire, question: str) -> Line | None:
    """One question with its present answer; None where the answers don't lead to it."""
    lines = (line for one in sheet(questionnaire) for line in one.lines)
    return next((line for line in lines if line.question.code == question), None)


def _file_names(questionnaire: Questionnaire, schema: library.Schema, answers: dict[str, Answer]) -> dict[str, str]:
    """The file of each uuid among the answers, in words; no query where no file was sent."""
    asked = [question.code for question in schema.questions if question.type == "file"]
    sent = [one for code in asked if code in answers for one in answers[code].value or ()]
    if not sent:
        return {}
    found = Document.objects.filter(engagement=questionnaire.engagement_id, uuid__in=sent)
    return {str(one.uuid): f"{one.file_name} (taken back)" if one.withdrawn_at else one.file_name for one in found}


def _line(question: library.Question, answer: Answer | None, names: dict[str, str], *, is_sent_back: bool) -> Line:
    if answer is None:
        return Line(question=question, value=None, shown="", version=0, by="", at=None)
    return Line(
        question=question,
        value=answer.value,
        shown=_shown(question, answer.value, names),
        version=answer.version,
        by=answer.by,
        at=answer.at,
        review=answer.review,
        review_note=answer.review_note,
        is_sent_back=is_sent_back,
    )


def _shown(question: library.Question, value: Any, names: dict[str, str]) -> str | list[str]:
    words = library.display(question, value)
    return [names.get(one, one) for one in words] if question.type == "file" else words


def progress(questionnaire: Questionnaire) -> dict[str, Any]:
    """{answered, total, is_begun, sections: [{code, title, answered, total}]}, counting visible questions only.

    It is begun once a person answered something: what registration knew counts as answered, not as begun.
    """
    sheets = sheet(questionnaire)
    sections = [
        {"code": one.code, "title": one.title, "answered": one.answered, "total": len(one.lines)} for one in sheets
    ]
    return {
        "is_begun": any(one.is_begun for one in sheets),
        "answered": sum(section["answered"] for section in sections),
        "total": sum(section["total"] for section in sections),
        "sections": sections,
    }


def submitted(engagement: Engagement) -> dict[str, Any]:
    """What the last submissions of both documents say, by question code: answers, or the key facts of a file."""
    answers: dict[str, Any] = {}
    rows = engagement.questionnaires.exclude(last_submission=None).select_related("last_submission")
    for questionnaire in rows.order_by("pk"):
        answers |= submissions.said_in(questionnaire.last_submission)
    return answers
