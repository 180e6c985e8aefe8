"""Sources: the sentence, answer or document that a requirement came from, or what somebody said. Quoted as it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from onboarding import errors, outbox
from onboarding.actions import gates, rows
from onboarding.actors import SPECIALISTS, Actor
from onboarding.models import (
    Document,
    Engagement,
    Questionnaire,
    Requirement,
    RequirementSource,
    Sentence,
)
from onboarding.queries import said

LONGEST = 4000
WORDS = "Specialists name the sources."
Kind = RequirementSource.Kind


@transaction.atomic
def say(
    requirement_id: int, *, quote: str, said_by: str = "", said_on: date | None = None, by: Actor, at: datetime
) -> RequirementSource:
    """Name what somebody said as a source, in their words: who and when, as far as it is known."""
    requirement, engagement = _found(requirement_id, by)
    if said_on is not None and said_on > localdate(at):
        raise errors.BadInput(fields={"said_on": "Enter when it was said; that can't lie ahead."})
    given = gates.said(quote, field="quote", words="Write down what was said.", longest=LONGEST)
    source = attach_said(requirement, quote=given, said_by=said_by, said_on=said_on, by=by, at=at)
    return _recorded(source, engagement, by=by, at=at)


@transaction.atomic
def cite_sentence(requirement_id: int, *, sentence_id: int, by: Actor, at: datetime) -> RequirementSource:
    """Name a sentence of this engagement's transcripts as a source; NotFound for any other."""
    requirement, engagement = _found(requirement_id, by)
    return _recorded(attach_sentence(requirement, sentence_id, by=by, at=at), engagement, by=by, at=at)


@transaction.atomic
def cite_answer(
    requirement_id: int, *, questionnaire_id: int, question: str, by: Actor, at: datetime
) -> RequirementSource:
    """Name an answer of this engagement's questionnaires as a source; NotFound for any other, or none yet."""
    requirement, engagement = _found(requirement_id, by)
    source = attach_answer(requirement, questionnaire_id, question, by=by, at=at)
    return _recorded(source, engagement, by=by, at=at)


@transaction.atomic
def cite_document(
    requirement_id: int, *, document_uuid: str, place: str, quote: str, by: Actor, at: datetime
) -> RequirementSource:
    """Name a document of this engagement as a source, with the page or place and the words that stand there."""
    requirement, engagement = _found(requirement_id, by)
    document = Document.objects.filter(engagement=engagement, uuid=document_uuid, withdrawn_at=None).first()
    if document is None:
        raise errors.NotFound
    if not document.is_ready:
        raise errors.WrongState("This file is still being checked. Try again in a moment.")
    words = gates.said(quote, field="quote", words="Copy the words the requirement rests on.", longest=LONGEST)
    source = _attach(
        requirement, Kind.DOCUMENT, quote=words, document=document, place=place.strip()[:100], by=by, at=at
    )
    return _recorded(source, engagement, by=by, at=at)


@transaction.atomic
def remove(source_id: int, *, by: Actor, at: datetime) -> Requirement:
    """Take a source back that was named by mistake; what it said stays in the history."""
    found = rows.visible(RequirementSource, source_id, by)
    requirement, engagement = _found(found.requirement_id, by)
    data = _facts(found)
    found.delete()
    outbox.record("requirement.source_removed", engagement, by=by, at=at, data=data)
    return requirement


def attach_said(
    requirement: Requirement, *, quote: str, said_by: str = "", said_on: date | None = None, by: Actor, at: datetime
) -> RequirementSource:
    """What was said, as a source. Called inside other actions."""
    words = quote.strip()[:LONGEST]
    return _attach(requirement, Kind.SAID, quote=words, said_by=said_by.strip()[:200], said_on=said_on, by=by, at=at)


def attach_sentence(requirement: Requirement, sentence_id: int, *, by: Actor, at: datetime) -> RequirementSource:
    """A transcript's sentence as a source; NotFound unless it is this engagement's. Called inside other actions."""
    here = Sentence.objects.filter(transcript__engagement_id=requirement.engagement_id)
    if (sentence := here.filter(pk=sentence_id).first()) is None:
        raise errors.NotFound
    return _attach(
        requirement, Kind.SENTENCE, quote=sentence.text, sentence=sentence, said_by=sentence.speaker, by=by, at=at
    )


def attach_answer(
    requirement: Requirement, questionnaire_id: int, question: str, *, by: Actor, at: datetime
) -> RequirementSource:
    """An answer as a source: as last submitted, else as it stands. NotFound unless it is there."""
    here = Questionnaire.objects.filter(engagement_id=requirement.engagement_id).select_related("last_submission")
    questionnaire = here.filter(pk=questionnaire_id).first()
    quote = said.quote(questionnaire, question) if questionnaire else ""
    if not questionnaire or not quote:
        raise errors.NotFound
    return _attach(
        requirement, Kind.ANSWER, quote=quote, questionnaire=questionnaire, question=question,
        submission=questionnaire.last_submission, by=by, at=at,
    )  # fmt: skip


def _attach(
    requirement: Requirement, kind: str, *, quote: str, by: Actor, at: datetime, **what: Any
) -> RequirementSource:
    """The source, once: the same one named again is the one that is there."""
    source, _ = RequirementSource.objects.get_or_create(
        company_id=requirement.company_id, requirement=requirement, kind=kind, quote=quote, **what,
        defaults={"added_by": by.name, "added_at": at},
    )  # fmt: skip
    return source


def _found(requirement_id: int, by: Actor) -> tuple[Requirement, Engagement]:
    found = rows.visible(Requirement, requirement_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, words=WORDS)
    return Requirement.objects.get(pk=found.pk), engagement


def _recorded(source: RequirementSource, engagement: Engagement, *, by: Actor, at: datetime) -> RequirementSource:
    """An event for a source that was not there a moment ago."""
    if source.added_at == at:
        outbox.record("requirement.source_named", engagement, by=by, at=at, data=_facts(source))
    return source


def _facts(source: RequirementSource) -> dict[str, Any]:
    return {"number": source.requirement.number, "source": source.get_kind_display(), "quote": source.quote[:500]}
