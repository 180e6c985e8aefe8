"""Doc 1 and Doc 2 of step II: answered together, submitted as an immutable snapshot, reviewed answer by answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import documents, gates, letters, rows
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.library import questionnaires as library
from onboarding.models import Answer, Engagement, Questionnaire
from onboarding.queries import questionnaires as queries
from onboarding.workflow.status import iso
from onboarding.workflow.steps import Step

# The requirements review of step III often corrects an answer.
STEPS = frozenset({Step.DATA_COLLECTION, Step.REQUIREMENTS_REVIEW})
State = Questionnaire.State
ANSWERABLE = frozenset({State.OPEN, State.REVISION_NEEDED})
READERS = "A viewer reads; ask a colleague to answer."
REVIEWERS = "Only specialists review questionnaires."
LATEST_SCHEMA = 1


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """On entering step II: one questionnaire of each kind, on the latest questions; those that are there stay."""
    here = {"company_id": engagement.company_id, "engagement": engagement}
    blank = [Questionnaire(**here, kind=kind, schema_version=LATEST_SCHEMA) for kind in Questionnaire.Kind.values]
    Questionnaire.objects.bulk_create(blank, ignore_conflicts=True)


@transaction.atomic
def save_answer(
    questionnaire_id: int, *, question: str, value: Any, version: int | None, by: Actor, at: datetime
) -> Answer:
    """Keep one answer (autosave). `version` is the one last read: 0 for none yet, None to write whatever is there.

    The same value twice changes nothing but counts as confirmed where a revision was asked for. An empty value
    clears the answer. No event: the submission is one. Raises NotFound, NotYours, WrongStep, WrongState (in review or
    accepted), BadInput, and Stale with `value`, `version` and `by` when a colleague changed it meanwhile.
    """
    questionnaire = _locked(questionnaire_id, by, roles=CUSTOMER_WRITERS, words=READERS, states=ANSWERABLE)
    asked = queries.schema_of(questionnaire).question(question)
    if asked is None:
        raise errors.BadInput(fields={question: "This questionnaire has no such question."})
    checked = library.check(asked, value)
    answer = Answer.objects.filter(questionnaire=questionnaire, question=question).first()
    if answer is None:
        first = Answer(
            company_id=questionnaire.company_id, questionnaire=questionnaire, question=question, value=checked,
            version=0 if checked is None else 1, by=by.name, at=at,
        )  # fmt: skip
        if checked is not None:  # an empty field that was left empty is no answer
            first.save(force_insert=True)
        return first
    if answer.value == checked and not answer.needs_revision:
        return answer
    if version is not None and version != answer.version:
        raise errors.Stale(
            f"{answer.by} changed this answer meanwhile.", value=answer.value, version=answer.version, by=answer.by
        )
    answer.value, answer.version, answer.by, answer.at = checked, answer.version + 1, by.name, at
    answer.needs_revision = False
    answer.save()
    return answer


def _locked(
    questionnaire_id: int, by: Actor, *, roles: frozenset[Any], words: str, states: frozenset[Any]
) -> Questionnaire:
    """The questionnaire with its engagement, both locked by the engagement's row; else the fitting refusal."""
    found = rows.visible(Questionnaire, questionnaire_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, steps=STEPS, words=words)
    questionnaire = Questionnaire.objects.get(pk=found.pk)
    questionnaire.engagement = engagement
    if questionnaire.state not in states:
        raise errors.WrongState(f"This document is {questionnaire.get_state_display()}.", state=questionnaire.state)
    return questionnaire


@transaction.atomic
def submit(questionnaire_id: int, *, by: Actor, at: datetime) -> Questionnaire:
    """Hand the document in: the answers are frozen, a worker makes their PDF, the specialist reviews them.

    Raises BadInput with every required question that has no answer and every revision that was not looked at.
    """
    questionnaire = _locked(questionnaire_id, by, roles=CUSTOMER_WRITERS, words=READERS, states=ANSWERABLE)
    engagement = questionnaire.engagement
    sections = queries.sheet(questionnaire)
    _require_complete(questionnaire, sections)
    questionnaire.state = State.SUBMITTED
    questionnaire.submissions += 1
    questionnaire.submitted_at, questionnaire.submitted_by = at, by.name
    answers = {line.question.code: line.value for one in sections for line in one.lines if line.is_answered}
    questionnaire.snapshot = {"schema_version": questionnaire.schema_version, "answers": answers}
    questionnaire.snapshot_document = _order_pdf(questionnaire, sections, by=by, at=at)
    questionnaire.save()
    data = {"kind": questionnaire.kind, "submission": questionnaire.submissions, "answers": len(answers)}
    outbox.record("questionnaire.submitted", engagement, by=by, at=at, data=data)
    letters.to_specialist(
        engagement,
        kind="questionnaire.submitted",
        subject=f"{questionnaire.get_kind_display()} waits for your review",
        text=f"{by.name} submitted it with {len(answers)} answers (submission {questionnaire.submissions}).",
        key=f"submitted:{questionnaire.pk}:{questionnaire.submissions}",
        at=at,
        place=f"questionnaires/{questionnaire.kind}",
        button="Review the answers",
    )
    return questionnaire


def _require_complete(questionnaire: Questionnaire, sections: list[queries.Sheet]) -> None:
    wrong = library.missing(queries.schema_of(questionnaire), queries.values(questionnaire))
    for section in sections:
        for line in section.lines:
            if line.needs_revision:
                wrong.setdefault(line.question.code, f"Change or confirm this answer: {line.review_note}")
    if wrong:
        raise errors.BadInput("The document is not complete yet.", fields=wrong)


def _order_pdf(questionnaire: Questionnaire, sections: list[queries.Sheet], *, by: Actor, at: datetime) -> Any:
    engagement = questionnaire.engagement
    context = {
        "reference": engagement.reference,
        "company": engagement.company.legal_name,
        "title": questionnaire.get_kind_display(),
        "schema_version": questionnaire.schema_version,
        "version": questionnaire.submissions,
        "submitted_at": iso(at),
        "submitted_by": by.name,
        "sections": [
            {"title": section.title, "answers": [_printed(line) for line in section.lines]}
            for section in sections
            if section.lines
        ],
    }
    return documents.order(
        engagement,
        kind=questionnaire.kind,
        title=questionnaire.get_kind_display(),
        file_name=f"{engagement.reference}-{questionnaire.kind.replace('_', '-')}-{questionnaire.submissions}.pdf",
        template=questionnaire.kind,
        context=context,
        by=by,
        at=at,
    )


def _printed(line: queries.Line) -> dict[str, Any]:
    unit = {"unit": line.question.unit_to_say} if line.question.unit_to_say and line.is_answered else {}
    return {"question": line.question.label, "answer": line.shown, **unit}


@transaction.atomic
def accept(questionnaire_id: int, *, by: Actor, at: datetime, note: str = "") -> Questionnaire:
    """A specialist accepts the submission as it is."""
    questionnaire = _locked(
        questionnaire_id, by, roles=SPECIALISTS, words=REVIEWERS, states=frozenset({State.SUBMITTED})
    )
    _review(questionnaire, State.ACCEPTED, note=note.strip(), by=by, at=at)
    questionnaire.answers.update(review_note="")
    data = {"kind": questionnaire.kind, "submission": questionnaire.submissions, "note": note.strip()}
    outbox.record("questionnaire.accepted", questionnaire.engagement, by=by, at=at, data=data)
    return questionnaire


@transaction.atomic
def need_revision(
    questionnaire_id: int, *, note: str, questions: Mapping[str, str], by: Actor, at: datetime
) -> Questionnaire:
    """Ask the customer to change answers: `questions` maps each to the words why; `note` is about the whole.

    An accepted document can be opened again this way. Raises BadInput without note and questions.
    """
    questionnaire = _locked(
        questionnaire_id, by, roles=SPECIALISTS, words=REVIEWERS, states=frozenset({State.SUBMITTED, State.ACCEPTED})
    )
    notes = {code: words.strip() for code, words in questions.items()}
    _check_notes(questionnaire, note, notes)
    for code, words in notes.items():
        Answer.objects.update_or_create(
            questionnaire=questionnaire,
            question=code,
            defaults={"needs_revision": True, "review_note": words},
            create_defaults={
                "company_id": questionnaire.company_id, "needs_revision": True, "review_note": words, "value": None,
                "by": by.name, "at": at,
            },
        )  # fmt: skip
    _review(questionnaire, State.REVISION_NEEDED, note=note.strip(), by=by, at=at)
    data = {"kind": questionnaire.kind, "questions": sorted(notes), "note": note.strip()}
    outbox.record("questionnaire.revision_needed", questionnaire.engagement, by=by, at=at, data=data)
    letters.to_customer(
        questionnaire.engagement,
        kind="questionnaire.revision_needed",
        subject=f"{questionnaire.get_kind_display()}: we need a little more",
        text=_revision_words(questionnaire, note.strip(), notes, by),
        key=f"revision:{questionnaire.pk}:{at.isoformat()}",
        at=at,
        path=f"/questionnaires/{questionnaire.kind}/",
        button="See what is asked",
        roles=CUSTOMER_WRITERS,
    )
    return questionnaire


def _check_notes(questionnaire: Questionnaire, note: str, notes: dict[str, str]) -> None:
    schema = queries.schema_of(questionnaire)
    wrong = {code: "This questionnaire has no such question." for code in notes if schema.question(code) is None}
    wrong |= {code: "Say what should change." for code, words in notes.items() if code not in wrong and not words}
    if not note.strip() and not notes:
        wrong["note"] = "Say what should change, here or at the answers."
    if wrong:
        raise errors.BadInput(fields=wrong)


def _review(questionnaire: Questionnaire, state: str, *, note: str, by: Actor, at: datetime) -> None:
    questionnaire.state, questionnaire.review_note = state, note
    questionnaire.reviewed_at, questionnaire.reviewed_by = at, by.name
    questionnaire.save(update_fields=["state", "review_note", "reviewed_at", "reviewed_by"])


def _revision_words(questionnaire: Questionnaire, note: str, notes: dict[str, str], by: Actor) -> str:
    schema = queries.schema_of(questionnaire)
    asked = [f"{question.label}\n{notes[question.code]}" for question in schema.questions if question.code in notes]
    return "\n\n".join([f"{by.name} writes: {note}" if note else f"{by.name} asks you to look again.", *asked])
