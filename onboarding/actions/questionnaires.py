"""Doc 1 and Doc 2 of step II: answered together, submitted for good, accepted or sent back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import documents, gates, letters, rows
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.library import questionnaires as library
from onboarding.library import solutions
from onboarding.models import Answer, Document, Engagement, Questionnaire, QuestionnaireSubmission
from onboarding.queries import prefills, submissions
from onboarding.queries import questionnaires as queries
from onboarding.workflow.status import iso
from onboarding.workflow.steps import Step

# The requirements review of step III often corrects an answer.
STEPS = frozenset({Step.DATA_COLLECTION, Step.REQUIREMENTS_REVIEW})
State = Questionnaire.State
ANSWERABLE = frozenset({State.OPEN, State.REVISION_NEEDED})
READERS = "A viewer reads; ask a colleague to answer."
REVIEWERS = "Only specialists review questionnaires."
LATEST_SCHEMA = 2


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """On entering step II: one questionnaire of each kind, on the latest questions; those that are there stay.

    What registration knows already is answered; anybody may change it.
    """
    here = {"company_id": engagement.company_id, "engagement": engagement}
    blank = [Questionnaire(**here, kind=kind, schema_version=LATEST_SCHEMA) for kind in Questionnaire.Kind.values]
    Questionnaire.objects.bulk_create(blank, ignore_conflicts=True)
    fresh = engagement.questionnaires.filter(answers=None, schema_version=LATEST_SCHEMA, state=State.OPEN)
    facts = prefills.known(engagement)
    Answer.objects.bulk_create(
        Answer(company_id=engagement.company_id, questionnaire=one, question=code, value=value, by=prefills.BY, at=at)
        for one in fresh
        for code, value in prefills.answers(facts, queries.schema_of(one)).items()
    )


@transaction.atomic
def save_answer(
    questionnaire_id: int, *, question: str, value: Any, version: int | None, by: Actor, at: datetime
) -> Answer:
    """Keep one answer (autosave). `version` is the one last read: 0 for none yet, None to write whatever is there.

    The same value twice changes nothing but counts as confirmed where a revision was asked for. An empty value
    clears the answer. No event: the submission is one. Raises NotFound, NotYours, WrongStep, WrongState (in review or
    accepted), BadInput, and Stale with `value`, `version` and `by` when a colleague changed it meanwhile.
    """
    questionnaire = locked(questionnaire_id, by, roles=CUSTOMER_WRITERS, words=READERS, states=ANSWERABLE)
    return _keep(questionnaire, question, value, version, by=by, at=at)


@transaction.atomic
def save_answers(
    questionnaire_id: int, *, answers: Mapping[str, tuple[Any, int | None]], by: Actor, at: datetime
) -> list[Answer]:
    """Keep several answers, all or none: each question with its value and the version last read, as `save_answer`.

    Raises Stale with `answers` (value, version and by of each that a colleague changed) and `fields` (words for the
    others that won't do), or BadInput with words at each question.
    """
    questionnaire = locked(questionnaire_id, by, roles=CUSTOMER_WRITERS, words=READERS, states=ANSWERABLE)
    kept: list[Answer] = []
    wrong: dict[str, str] = {}
    theirs: dict[str, Any] = {}
    for question, (value, version) in answers.items():
        try:
            kept.append(_keep(questionnaire, question, value, version, by=by, at=at))
        except errors.BadInput as refusal:
            wrong |= refusal.fields
        except errors.WrongState as refusal:
            wrong[question] = refusal.words
        except errors.Stale as refusal:
            theirs[question] = refusal.data
    if theirs:
        raise errors.Stale("Colleagues changed some of these answers meanwhile.", answers=theirs, fields=wrong)
    if wrong:
        raise errors.BadInput("Some of these answers can't be taken. None was saved.", fields=wrong)
    return kept


def _keep(
    questionnaire: Questionnaire, question: str, value: Any, version: int | None, *, by: Actor, at: datetime
) -> Answer:
    """Keep one answer of a locked questionnaire."""
    asked = queries.schema_of(questionnaire).question(question)
    if asked is None:
        raise errors.BadInput(fields={question: "This questionnaire has no such question."})
    checked = library.check(asked, value)
    if asked.type == "file":
        _require_sent(questionnaire, question, checked or [])
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
    if answer.is_accepted:
        raise errors.WrongState("Your specialist accepted this answer. Ask them to open it again.", question=question)
    if version is not None and version != answer.version:
        raise errors.Stale(
            f"{answer.by} changed this answer meanwhile.", value=answer.value, version=answer.version, by=answer.by
        )
    answer.value, answer.version, answer.by, answer.at = checked, answer.version + 1, by.name, at
    answer.review = Answer.Review.NONE
    answer.save()
    return answer


def _require_sent(questionnaire: Questionnaire, question: str, uuids: list[str]) -> None:
    """Each is a document this company sent in this engagement; another company's is as unknown as none."""
    mine = Document.objects.filter(
        engagement=questionnaire.engagement_id, kind=Document.Kind.CUSTOMER_DOCUMENT, withdrawn_at=None, uuid__in=uuids
    )
    if mine.count() != len(uuids):
        raise errors.BadInput(fields={question: "Choose files that were sent here and not taken back."})


def locked(
    questionnaire_id: int, by: Actor, *, roles: frozenset[Any], words: str, states: frozenset[Any] | None = None
) -> Questionnaire:
    """The questionnaire with its engagement, both locked by the engagement's row; else the fitting refusal."""
    found = rows.visible(Questionnaire, questionnaire_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, steps=STEPS, words=words)
    questionnaire = Questionnaire.objects.select_related("last_submission__document").get(pk=found.pk)
    questionnaire.engagement = engagement
    if states is not None and questionnaire.state not in states:
        raise errors.WrongState(f"This document is {questionnaire.get_state_display()}.", state=questionnaire.state)
    return questionnaire


@transaction.atomic
def submit(questionnaire_id: int, *, by: Actor, at: datetime, seen_sha256: str = "") -> Questionnaire:
    """Hand the document in: the answers are kept for good, a worker makes their PDF, the specialist reviews them.

    `seen_sha256` is the hash of the answers that were read before (`queries.submissions.present_sha256`); empty to hand in
    whatever is there. Raises Stale when an answer changed since, and BadInput with every required question that has no
    answer and every revision that was not looked at.
    """
    questionnaire = locked(questionnaire_id, by, roles=CUSTOMER_WRITERS, words=READERS, states=ANSWERABLE)
    sections = queries.sheet(questionnaire)
    answers = submissions.answers_in(sections)
    sha256 = submissions.sha256(questionnaire, answers=answers)
    if seen_sha256 not in ("", sha256):
        raise errors.Stale("An answer changed since you read them. Read them again, then submit.", sha256=sha256)
    _require_complete(questionnaire, sections)
    # What is still marked now is no longer asked: a mark nobody can see would keep the document from being accepted.
    questionnaire.answers.filter(review=Answer.Review.REVISION_NEEDED).update(review=Answer.Review.NONE, review_note="")
    document = _order_pdf(questionnaire, sections, sha256=sha256, by=by, at=at)
    hand_in(questionnaire, answers=answers, sha256=sha256, document=document, is_file=False, by=by, at=at)
    return questionnaire


def hand_in(
    questionnaire: Questionnaire, *, answers: dict[str, Any], sha256: str, document: Document, is_file: bool,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Keep one submission of a locked questionnaire, and tell the specialist that it waits for review."""
    engagement, number = questionnaire.engagement, submissions.next_number(questionnaire)
    questionnaire.last_submission = QuestionnaireSubmission.objects.create(
        company_id=questionnaire.company_id, engagement=engagement, questionnaire=questionnaire, number=number,
        schema_version=questionnaire.schema_version, answers=answers, sha256=sha256, document=document, is_file=is_file,
        by=by.name, at=at,
    )  # fmt: skip
    questionnaire.state = State.SUBMITTED
    questionnaire.save(update_fields=["state", "last_submission"])
    what = {"file_name": document.file_name} if is_file else {"answers": len(answers)}
    data = {"kind": questionnaire.kind, "submission": number, "sha256": sha256, **what}
    outbox.record("questionnaire.submitted", engagement, by=by, at=at, data=data)
    said = f"as the file {document.file_name}" if is_file else f"with {len(answers)} answers"
    letters.to_specialist(
        engagement,
        kind="questionnaire.submitted",
        subject=f"{questionnaire.get_kind_display()} waits for your review",
        text=f"{by.name} submitted it {said} (submission {number}).",
        key=f"submitted:{questionnaire.pk}:{number}",
        at=at,
        place=f"questionnaires/{questionnaire.kind}",
        button="Read the file" if is_file else "Review the answers",
    )


def _require_complete(questionnaire: Questionnaire, sections: list[queries.Sheet]) -> None:
    wrong = library.missing(queries.schema_of(questionnaire), queries.values(questionnaire))
    for section in sections:
        for line in section.lines:
            if line.needs_revision:
                wrong.setdefault(line.question.code, f"Change or confirm this answer: {line.review_note}")
    if wrong:
        raise errors.BadInput("The document is not complete yet.", fields=wrong)


def _order_pdf(
    questionnaire: Questionnaire, sections: list[queries.Sheet], *, sha256: str, by: Actor, at: datetime
) -> Document:
    engagement, number = questionnaire.engagement, submissions.next_number(questionnaire)
    context = {
        "reference": engagement.reference,
        "company": engagement.company.legal_name,
        "title": questionnaire.get_kind_display(),
        "schema_version": questionnaire.schema_version,
        "version": number,
        "sha256": sha256,
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
        file_name=f"{engagement.reference}-{questionnaire.kind.replace('_', '-')}-{number}.pdf",
        template=questionnaire.kind,
        context=context,
        by=by,
        at=at,
    )


def _printed(line: queries.Line) -> dict[str, Any]:
    printed: dict[str, Any] = {"question": line.question.label, "answer": line.shown}
    if line.question.unit_to_say and line.is_answered:
        printed["unit"] = line.question.unit_to_say
    if line.question.type == "table" and line.is_answered:
        printed["table"] = library.as_table(line.question, line.value)
    return printed


@transaction.atomic
def accept(questionnaire_id: int, *, by: Actor, at: datetime, note: str = "") -> Questionnaire:
    """A specialist accepts the submission as it is, and with it every answer not reviewed yet.

    Raises WrongState while an answer is marked for revision or a file is still being checked, and BadInput with every
    key fact of a submitted file that nobody confirmed.
    """
    questionnaire = locked(
        questionnaire_id, by, roles=SPECIALISTS, words=REVIEWERS, states=frozenset({State.SUBMITTED})
    )
    submission = questionnaire.last_submission
    if submission is not None and submission.is_file:
        _require_read(submission)
    else:
        _require_still_complete(questionnaire)
    answers = questionnaire.answers.all()
    if marked := answers.filter(review=Answer.Review.REVISION_NEEDED).count():
        raise errors.WrongState(
            f"{_counted(marked)} marked for revision. Send the document back, or take the marks away first."
        )
    rest = answers.filter(question__in=submission.answers if submission else (), review=Answer.Review.NONE)
    rest.update(review=Answer.Review.ACCEPTED, review_note="", reviewed_at=at, reviewed_by=by.name)
    _review(questionnaire, State.ACCEPTED, note=note.strip(), by=by, at=at)
    followed = _follow(questionnaire.engagement, submissions.said_in(submission))
    number = submission.number if submission else 0
    data = {"kind": questionnaire.kind, "submission": number, "note": note.strip(), **followed}
    outbox.record("questionnaire.accepted", questionnaire.engagement, by=by, at=at, data=data)
    return questionnaire


def _follow(engagement: Engagement, answers: Mapping[str, Any]) -> dict[str, str]:
    """Where the systems run, and which they are, is from now on what was answered; a chosen solution stays.

    `answers` are those of the document being accepted: the other one may just have been sent back. Gives back what
    changed by it.
    """
    before = (engagement.deployment, engagement.solution)
    engagement.deployment = answers.get("deployment") or engagement.deployment
    pair = (answers.get("crm"), answers.get("finance"))
    if engagement.solution_selected_at is None:
        fitting = (entry.code for entry in solutions.SOLUTIONS if (entry.crm, entry.finance) == pair)
        engagement.solution = next(fitting, engagement.solution)
    engagement.save(update_fields=["deployment", "solution"])
    after = {"deployment": engagement.deployment, "solution": engagement.solution}
    return {name: now for (name, now), then in zip(after.items(), before, strict=True) if now != then}


def _counted(number: int) -> str:
    return "1 answer is" if number == 1 else f"{number} answers are"


def _require_still_complete(questionnaire: Questionnaire) -> None:
    """The other document's answers may lead to questions here that nobody saw when this one was submitted."""
    schema = queries.schema_of(questionnaire)
    lacking = library.missing(schema, queries.values(questionnaire))
    asked = [question for question in schema.questions if question.code in lacking and question.show_if]
    if any(one.show_if and schema.question(one.show_if.question) is None for one in asked):
        raise errors.WrongState("Answers given meanwhile lead to further questions. Send the document back for them.")


def _require_read(submission: QuestionnaireSubmission) -> None:
    """A file is accepted once it was found clean and its key facts were confirmed."""
    document = submission.document
    if document.scan == Document.Scan.QUARANTINED:
        raise errors.WrongState(f"“{document.file_name}” is quarantined. Send the document back and ask for another.")
    if document.scan != Document.Scan.CLEAN:
        raise errors.WrongState(f"“{document.file_name}” is still being checked. Accept it once that is done.")
    if lacking := submissions.unconfirmed(submission):
        raise errors.BadInput("Confirm the key facts first: later steps are made from them.", fields=lacking)


@transaction.atomic
def need_revision(
    questionnaire_id: int, *, note: str, questions: Mapping[str, str], by: Actor, at: datetime
) -> Questionnaire:
    """Send the document back: `questions` maps each answer to change to the words why, beside those marked already.

    `note` is about the whole. Accepted answers stay locked unless they are named here, or nothing else is: then all
    are opened. An accepted document can be sent back too. Raises BadInput without note, questions and marks.
    """
    questionnaire = locked(
        questionnaire_id, by, roles=SPECIALISTS, words=REVIEWERS, states=frozenset({State.SUBMITTED, State.ACCEPTED})
    )
    notes = marked(questionnaire) | {code: words.strip() for code, words in questions.items()}
    _check_notes(questionnaire, note, notes)
    for code, words in notes.items():
        mark(questionnaire, code, words, by=by, at=at)
    answers, last = questionnaire.answers.all(), questionnaire.last_submission
    # Answers that were not handed in (hidden or cleared ones) are never accepted: they open nothing.
    if not notes and not answers.filter(review=Answer.Review.NONE, question__in=last.answers if last else ()).exists():
        answers.update(review=Answer.Review.NONE)
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


def marked(questionnaire: Questionnaire) -> dict[str, str]:
    """The answers noted to need a revision, with the words why."""
    found = questionnaire.answers.filter(review=Answer.Review.REVISION_NEEDED)
    return dict(found.values_list("question", "review_note"))


def mark(questionnaire: Questionnaire, question: str, words: str, *, by: Actor, at: datetime) -> None:
    """Note at one answer of a locked questionnaire, given or not, what should change."""
    review = {
        "review": Answer.Review.REVISION_NEEDED, "review_note": words, "reviewed_at": at, "reviewed_by": by.name,
    }  # fmt: skip
    Answer.objects.update_or_create(
        questionnaire=questionnaire,
        question=question,
        defaults=review,
        create_defaults={**review, "company_id": questionnaire.company_id, "value": None, "by": by.name, "at": at},
    )


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
