"""What the customer said in the two documents of step II, question by question, as it can be quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.library import questionnaires as library
from onboarding.models import Engagement, Questionnaire
from onboarding.queries import submissions


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer: as last handed in, else as it stands. `quote` says it in words."""

    questionnaire: Questionnaire
    question: library.Question
    value: Any

    @property
    def quote(self) -> str:
        """The answer as people read it, on one line."""
        shown = library.display(self.question, self.value)
        return "; ".join(str(one) for one in shown) if isinstance(shown, list) else str(shown)

    @property
    def label(self) -> str:
        """The question, and which document asked it."""
        return f"{self.questionnaire.get_kind_display()}: {self.question.label}"


def by_question(engagement: Engagement) -> dict[str, Said]:
    """Every visible answer of both documents by question code, in the documents' order."""
    rows = engagement.questionnaires.select_related("last_submission").prefetch_related("answers").order_by("pk")
    spoken = [(one, _schema(one), _values(one)) for one in rows]
    known = {code: value for _, _, values in spoken for code, value in values.items()}
    return {
        question.code: Said(questionnaire=one, question=question, value=values[question.code])
        for one, schema, values in spoken
        for question in library.visible(schema, known)
        if library.is_answered(values.get(question.code))
    }


def quote(questionnaire: Questionnaire, code: str) -> str:
    """One answer in words; empty when there is no such question or answer."""
    question, value = _schema(questionnaire).question(code), _values(questionnaire).get(code)
    if question is None or not library.is_answered(value):
        return ""
    return Said(questionnaire=questionnaire, question=question, value=value).quote


def _schema(questionnaire: Questionnaire) -> library.Schema:
    last = questionnaire.last_submission
    return library.schema(questionnaire.kind, last.schema_version if last else questionnaire.schema_version)


def _values(questionnaire: Questionnaire) -> Mapping[str, Any]:
    if questionnaire.last_submission:
        return submissions.said_in(questionnaire.last_submission)
    return {answer.question: answer.value for answer in questionnaire.answers.all()}
