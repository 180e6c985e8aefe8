"""Sources: a sentence, an answer, a document or what was said, quoted as it was; never another engagement's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from onboarding import errors
from onboarding.actions import requirement_sources as sources
from onboarding.actions import requirements
from onboarding.models import (
    Answer,
    Document,
    Engagement,
    Event,
    Meeting,
    Questionnaire,
    Requirement,
    RequirementSource,
    Sentence,
    Transcript,
)
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, handed_in, owner, specialist, stranger

pytestmark = pytest.mark.django_db
WORDS = {"text": "Accounts become customers", "kind": "constraint", "priority": "", "flow": ""}


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step="requirements_review")


@pytest.fixture
def requirement(engagement: Engagement) -> Requirement:
    return requirements.add(engagement.pk, **WORDS, by=specialist(), at=NOW)


def sentence(engagement: Engagement, text: str = "Every account within the hour.", **fields: Any) -> Sentence:
    here = {"company": engagement.company, "engagement": engagement}
    meeting = Meeting.objects.create(**here, kind="requirements_review", starts_at=NOW, booked_by="Ann", booked_at=NOW)
    transcript = Transcript.objects.create(**here, meeting=meeting, state="done", queued_at=NOW, not_before=NOW)
    return Sentence.objects.create(
        company=engagement.company, transcript=transcript, index=7, speaker="Maria", text=text, starts_ms=247_000,
        ends_ms=251_000, **fields,
    )  # fmt: skip


def document(engagement: Engagement, **fields: Any) -> Document:
    return Document.objects.create(
        company=engagement.company, engagement=engagement, kind="customer_document", title="Rules", created_at=NOW,
        file_name="rules.pdf", content_type="application/pdf", sha256="a" * 64, created_by="Ann", **fields,
    )  # fmt: skip


def quoted(source: RequirementSource) -> tuple[str, str, str]:
    return source.kind, source.quote, source.said_by


def test_each_kind_of_source_keeps_the_words_as_they_were(engagement: Engagement, requirement: Requirement) -> None:
    submission = handed_in(engagement, answers={"quiet_periods": "The last three days of the month."})
    spoken, file, by = sentence(engagement), document(engagement), specialist()

    named = [
        sources.cite_sentence(requirement.pk, sentence_id=spoken.pk, by=by, at=NOW),
        sources.cite_answer(
            requirement.pk, questionnaire_id=submission.questionnaire_id, question="quiet_periods", by=by, at=NOW
        ),
        sources.cite_document(requirement.pk, document_uuid=str(file.uuid), place="p. 4", quote=" No. ", by=by, at=NOW),
        sources.say(requirement.pk, quote="On the phone", said_by="Tom", said_on=date(2026, 11, 20), by=by, at=NOW),
    ]
    Sentence.objects.update(text="Somebody mended it.")

    assert [quoted(one) for one in requirement.sources.all()] == [
        ("sentence", "Every account within the hour.", "Maria"),
        ("answer", "The last three days of the month.", ""),
        ("document", "No.", ""),
        ("said", "On the phone", "Tom"),
    ]
    assert (named[1].submission, named[2].place, named[3].said_on) == (submission, "p. 4", date(2026, 11, 20))
    assert [one.data["source"] for one in Event.objects.filter(kind="requirement.source_named")] == [
        "Transcript", "Answer", "Document", "Said",
    ]  # fmt: skip


def test_an_answer_not_handed_in_yet_is_quoted_as_it_stands(engagement: Engagement, requirement: Requirement) -> None:
    row = Questionnaire.objects.create(company=engagement.company, engagement=engagement, kind="technical_details")
    Answer.objects.create(
        company=engagement.company,
        questionnaire=row,
        question="name_troubles",
        value=["colons", "long"],
        by="Ann",
        at=NOW,
    )

    source = sources.cite_answer(
        requirement.pk, questionnaire_id=row.pk, question="name_troubles", by=specialist(), at=NOW
    )  # fmt: skip

    assert (source.submission, source.quote) == (None, "Names with a colon; Names over 41 characters")


def test_the_same_source_twice_is_named_once(engagement: Engagement, requirement: Requirement) -> None:
    spoken = sentence(engagement)

    first = sources.cite_sentence(requirement.pk, sentence_id=spoken.pk, by=specialist(), at=NOW)
    again = sources.cite_sentence(
        requirement.pk, sentence_id=spoken.pk, by=specialist(), at=NOW + timedelta(minutes=1)
    )  # fmt: skip

    assert (again.pk, RequirementSource.objects.count()) == (first.pk, 1)
    assert Event.objects.filter(kind="requirement.source_named").count() == 1


@pytest.mark.parametrize("whose", ["another company's", "another engagement's"])
def test_what_belongs_elsewhere_is_not_there(whose: str, engagement: Engagement, requirement: Requirement) -> None:
    company = {"company": engagement.company} if whose == "another engagement's" else {}
    there = EngagementFactory(**company)
    spoken, file, submission = sentence(there), document(there), handed_in(there, answers={"objective": "Speed"})
    by, before = specialist(), every_row()

    for cite in (
        lambda: sources.cite_sentence(requirement.pk, sentence_id=spoken.pk, by=by, at=NOW),
        lambda: requirements.add(engagement.pk, **WORDS, sentence_id=spoken.pk, by=by, at=NOW),
        lambda: sources.cite_document(
            requirement.pk, document_uuid=str(file.uuid), place="", quote="No", by=by, at=NOW
        ),
        lambda: sources.cite_answer(
            requirement.pk, questionnaire_id=submission.questionnaire_id, question="objective", by=by, at=NOW
        ),
    ):
        with pytest.raises(errors.NotFound):
            cite()

    assert every_row() == before


def test_what_is_no_source_is_refused_in_words(engagement: Engagement, requirement: Requirement) -> None:
    by, unchecked = specialist(), document(engagement, scan="pending")
    submission = handed_in(engagement, answers={"objective": "Speed"})
    before = every_row()

    with pytest.raises(errors.WrongState, match="still being checked"):
        sources.cite_document(requirement.pk, document_uuid=str(unchecked.uuid), place="", quote="No", by=by, at=NOW)
    for question in ("today", "nothing_of_the_kind"):
        with pytest.raises(errors.NotFound):
            sources.cite_answer(
                requirement.pk, questionnaire_id=submission.questionnaire_id, question=question, by=by, at=NOW
            )
    for quote in (" ", "x" * 4001):
        with pytest.raises(errors.BadInput):
            sources.say(requirement.pk, quote=quote, by=by, at=NOW)
    with pytest.raises(errors.BadInput) as refusal:
        sources.say(requirement.pk, quote="So", said_on=date(2027, 1, 1), by=by, at=NOW)

    assert (refusal.value.fields.keys(), every_row()) == ({"said_on"}, before)


def test_a_source_is_taken_back_by_specialists_alone(engagement: Engagement, requirement: Requirement) -> None:
    source = sources.say(requirement.pk, quote="Fast", by=specialist(), at=NOW)

    with pytest.raises(errors.NotYours):
        sources.remove(source.pk, by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.NotFound):
        sources.remove(source.pk, by=stranger(), at=NOW)
    sources.remove(source.pk, by=specialist(), at=NOW)

    assert not RequirementSource.objects.exists()
    assert Event.objects.latest("pk").data == {"number": 1, "source": "Said", "quote": "Fast"}


def test_a_source_is_exactly_one_thing(engagement: Engagement, requirement: Requirement) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RequirementSource.objects.create(
            company=engagement.company,
            requirement=requirement,
            kind="sentence",
            quote="Fast",
            added_by="A",
            added_at=NOW,
        )
