"""The review of single answers: accepted and so locked, marked for revision, opened again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, questionnaires
from onboarding.actions.questionnaires import REVIEWERS, State
from onboarding.actors import SPECIALISTS, Actor
from onboarding.library import questionnaires as library
from onboarding.models import Answer, Questionnaire
from onboarding.queries import questionnaires as queries

Review = Answer.Review
LONGEST_NOTE = 1000


@transaction.atomic
def record(
    questionnaire_id: int, *, outcomes: Mapping[str, str], notes: Mapping[str, str], by: Actor, at: datetime
) -> Questionnaire:
    """Review answers of a submission one by one: `outcomes` maps each question to accepted, revision_needed or "".

    `notes` says what should change. The customer sees the marks once the document is sent back; an accepted answer is
    locked. What is reviewed so already changes nothing. Raises BadInput with words at each answer, all or none done.
    """
    questionnaire = questionnaires.locked(
        questionnaire_id, by, roles=SPECIALISTS, words=REVIEWERS, states=frozenset({State.SUBMITTED})
    )
    answers = {answer.question: answer for answer in questionnaire.answers.all()}
    notes = {code: words.strip() for code, words in notes.items()}
    wrong = {code: _wrong(questionnaire, code, outcome, notes, answers) for code, outcome in outcomes.items()}
    if wrong := {code: words for code, words in wrong.items() if words}:
        raise errors.BadInput(fields=wrong)
    changed = {code: to for code, to in outcomes.items() if _differs(answers.get(code), to, notes.get(code, ""))}
    for code, outcome in changed.items():
        if outcome == Review.REVISION_NEEDED:
            questionnaires.mark(questionnaire, code, notes[code], by=by, at=at)
        else:
            _set(questionnaire, code, outcome, by=by, at=at)
    if changed:
        data = {
            "kind": questionnaire.kind,
            "accepted": sorted(code for code, outcome in changed.items() if outcome == Review.ACCEPTED),
            "marked": sorted(code for code, outcome in changed.items() if outcome == Review.REVISION_NEEDED),
        }
        outbox.record(
            "questionnaire.answers_reviewed", questionnaire.engagement, by=by, at=at, data=data, is_internal=True
        )  # fmt: skip
    return questionnaire


def _wrong(
    questionnaire: Questionnaire, code: str, outcome: str, notes: Mapping[str, str], answers: Mapping[str, Answer]
) -> str:
    answer = answers.get(code)
    if queries.schema_of(questionnaire).question(code) is None:
        return "This questionnaire has no such question."
    if outcome not in Review.values:
        return "Choose accepted or revision needed."
    if outcome == Review.ACCEPTED and (answer is None or not library.is_answered(answer.value)):
        return "There is no answer to accept. Ask for one, or leave it."
    if answer is not None and answer.is_accepted and outcome != Review.ACCEPTED:
        return "This answer is accepted. Take that back first."
    return _wrong_note(notes.get(code, "")) if outcome == Review.REVISION_NEEDED else ""


def _wrong_note(note: str) -> str:
    if not note:
        return "Say what should change."
    return f"Shorten this to {LONGEST_NOTE} characters: it has {len(note)}." if len(note) > LONGEST_NOTE else ""


def _differs(answer: Answer | None, outcome: str, note: str) -> bool:
    if answer is None:
        return outcome != Review.NONE
    return answer.review != outcome or (outcome == Review.REVISION_NEEDED and answer.review_note != note)


def _set(questionnaire: Questionnaire, code: str, outcome: str, *, by: Actor, at: datetime) -> None:
    questionnaire.answers.filter(question=code).update(
        review=outcome, review_note="", reviewed_at=at, reviewed_by=by.name
    )


@transaction.atomic
def undo(questionnaire_id: int, *, question: str, by: Actor, at: datetime) -> Questionnaire:
    """Take the acceptance of one answer back: it can be reviewed again, and changed once the document is sent back.

    Raises WrongState for an answer that is not accepted, and while the whole document is accepted (reopen it first).
    """
    questionnaire = questionnaires.locked(
        questionnaire_id, by, roles=SPECIALISTS, words=REVIEWERS,
        states=frozenset({State.SUBMITTED, State.REVISION_NEEDED}),
    )  # fmt: skip
    asked = queries.schema_of(questionnaire).question(question)
    if asked is None:
        raise errors.NotFound
    if not questionnaire.answers.filter(question=question, review=Review.ACCEPTED).exists():
        raise errors.WrongState("This answer is not accepted.")
    _set(questionnaire, question, Review.NONE, by=by, at=at)
    data = {"kind": questionnaire.kind, "question": asked.label}
    outbox.record("questionnaire.answer_reopened", questionnaire.engagement, by=by, at=at, data=data)
    return questionnaire


@transaction.atomic
def reopen(questionnaire_id: int, *, reason: str, by: Actor, at: datetime) -> Questionnaire:
    """Put an accepted document back into review; its answers stay accepted until they are opened one by one."""
    questionnaire = questionnaires.locked(
        questionnaire_id, by, roles=SPECIALISTS, words=REVIEWERS, states=frozenset({State.ACCEPTED})
    )
    reason = gates.said(reason, words="Say why it is reviewed again.")
    questionnaire.state, questionnaire.review_note = State.SUBMITTED, reason
    questionnaire.reviewed_at, questionnaire.reviewed_by = at, by.name
    questionnaire.save(update_fields=["state", "review_note", "reviewed_at", "reviewed_by"])
    data = {"kind": questionnaire.kind, "reason": reason}
    outbox.record("questionnaire.reopened", questionnaire.engagement, by=by, at=at, data=data)
    return questionnaire
