"""What a meeting is about: made from what the two documents of step II leave open."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.models import Engagement, Meeting, Questionnaire
from onboarding.queries import questionnaires, submissions

WELCOME = ("Who is who, and how we work together", "Your early questions and concerns", "What we expect of each other")
USUAL = {
    Meeting.Kind.WELCOME_CALL: WELCOME,
    Meeting.Kind.REQUIREMENTS_REVIEW: ("Flows and their priority", "Timeline, constraints and dependencies"),
    Meeting.Kind.TRAINING: ("How your flows run day by day", "What to do when a record is turned down"),
    Meeting.Kind.CHECK_IN: ("What ran since we last spoke", "What could run better"),
}


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of an agenda; `document` and `why` say which open answer it came from, empty for the usual ones."""

    text: str
    document: str = ""
    why: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.why})" if self.why else self.text


def agenda(engagement: Engagement, kind: str) -> list[Point]:
    """The points of a meeting of this kind, in order: for a requirements review first every answer still open.

    Open is a required question without an answer, an answer the specialist asked to be revised, and a key fact that
    nobody read from a submitted file yet.
    """
    usual = [Point(text=text) for text in USUAL[Meeting.Kind(kind)]]
    return [*_open_answers(engagement), *usual] if kind == Meeting.Kind.REQUIREMENTS_REVIEW else usual


def _open_answers(engagement: Engagement) -> list[Point]:
    found = []
    for questionnaire in engagement.questionnaires.select_related("last_submission").order_by("pk"):
        if questionnaire.is_in_hand_as_file:
            found += _unread(questionnaire)
            continue
        for section in questionnaires.sheet(questionnaire):
            for line in section.lines:
                if line.needs_revision:
                    why = line.review_note or "another answer is needed"
                elif line.question.required and not line.is_answered:
                    why = "not answered yet"
                else:
                    continue
                found.append(Point(text=line.question.label, document=questionnaire.get_kind_display(), why=why))
    return found


def _unread(questionnaire: Questionnaire) -> list[Point]:
    """A document that came as a file is open where a key fact was not read from it yet."""
    schema, lacking = questionnaires.schema_of(questionnaire), submissions.unconfirmed(questionnaire.last_submission)
    asked = [question for question in schema.questions if question.code in lacking]
    title, why = questionnaire.get_kind_display(), "not read from the file yet"
    return [Point(text=question.label, document=title, why=why) for question in asked]
