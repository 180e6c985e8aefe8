"""The threads about a questionnaire's answers."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.models import AnswerComment, Questionnaire


@dataclass(frozen=True, kw_only=True)
class Thread:
    """What was said about one question, oldest first."""

    question: str
    comments: tuple[AnswerComment, ...]

    @property
    def is_open(self) -> bool:
        """True while something in it is not settled."""
        return any(comment.resolved_at is None for comment in self.comments)

    @property
    def waits_for_staff(self) -> bool:
        """True when it is open and the customer's side spoke last."""
        return self.is_open and not self.comments[-1].is_staff

    @property
    def waits_for_customer(self) -> bool:
        """True when it is open and InterWeave's side spoke last."""
        return self.is_open and self.comments[-1].is_staff


def threads(questionnaire: Questionnaire) -> dict[str, Thread]:
    """Every thread of the document by question code. One query."""
    said: dict[str, list[AnswerComment]] = {}
    for comment in questionnaire.comments.all():
        said.setdefault(comment.question, []).append(comment)
    return {code: Thread(question=code, comments=tuple(comments)) for code, comments in said.items()}


def thread(questionnaire: Questionnaire, question: str) -> Thread:
    """What was said about one question so far; empty when nothing."""
    return Thread(question=question, comments=tuple(questionnaire.comments.filter(question=question)))
