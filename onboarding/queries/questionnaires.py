"""Questionnaires as people fill them in: sections, visible questions, current answers, progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onboarding.library import questionnaires as library
from onboarding.models import Answer, Engagement, Questionnaire


@dataclass(frozen=True, kw_only=True)
class Line:
    """One question with its present answer. `version` is 0 while nobody answered; `shown` is the answer in words."""

    question: library.Question
    value: Any
    shown: str | list[str]
    version: int
    by: str
    at: datetime | None
    needs_revision: bool
    review_note: str

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
    def needs_revision(self) -> bool:
        """True while the specialist waits for another answer in this section."""
        return any(line.needs_revision for line in self.lines)


def schema_of(questionnaire: Questionnaire) -> library.Schema:
    """The version of the questions this questionnaire answers."""
    return library.schema(questionnaire.kind, questionnaire.schema_version)


def values(questionnaire: Questionnaire) -> dict[str, Any]:
    """The present answers by question code, hidden ones too."""
    return dict(questionnaire.answers.values_list("question", "value"))


def sheet(questionnaire: Questionnaire) -> list[Sheet]:
    """Every section with its visible questions and answers, in the schema's order. One query."""
    schema = schema_of(questionnaire)
    answers = {answer.question: answer for answer in questionnaire.answers.all()}
    shown = {q.code for q in library.visible(schema, {code: answer.value for code, answer in answers.items()})}
    return [
        Sheet(
            code=section.code,
            title=section.title,
            intro=section.intro,
            lines=tuple(_line(q, answers.get(q.code)) for q in section.questions if q.code in shown),
        )
        for section in schema.sections
    ]


def _line(question: library.Question, answer: Answer | None) -> Line:
    if answer is None:
        return Line(question=question, value=None, shown="", version=0, by="", at=None, needs_revision=False,
                    review_note="")  # fmt: skip
    return Line(
        question=question,
        value=answer.value,
        shown=library.display(question, answer.value),
        version=answer.version,
        by=answer.by,
        at=answer.at,
        needs_revision=answer.needs_revision,
        review_note=answer.review_note,
    )


def progress(questionnaire: Questionnaire) -> dict[str, Any]:
    """{answered, total, sections: [{code, title, answered, total}]}, counting visible questions only."""
    sections = [
        {"code": one.code, "title": one.title, "answered": one.answered, "total": len(one.lines)}
        for one in sheet(questionnaire)
    ]
    return {
        "answered": sum(section["answered"] for section in sections),
        "total": sum(section["total"] for section in sections),
        "sections": sections,
    }


def submitted(engagement: Engagement) -> dict[str, Any]:
    """Every answer of the last submissions of both documents, by question code."""
    answers: dict[str, Any] = {}
    for questionnaire in engagement.questionnaires.exclude(snapshot=None).order_by("pk"):
        answers |= (questionnaire.snapshot or {}).get("answers", {})
    return answers
