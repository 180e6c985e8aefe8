"""Documents one by one: who takes back what, judged as they are once the engagement is locked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import documents, meetings
from onboarding.models import Document, Engagement, Event, Message
from onboarding.workflow.step_03_requirements_review import CRITERIA
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, owner, specialist
from tests.file_checks import found_clean
from tests.journey.cast import upload
from tests.meanwhile import meanwhile

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step="requirements_review")


def sent(engagement: Engagement, kind: str = "customer_document", **more: Any) -> Document:
    by = owner(engagement.company) if kind == "customer_document" else specialist()
    document = documents.upload(engagement.pk, kind=kind, upload=upload(**more), by=by, at=NOW)
    return found_clean(document, at=NOW)


def recorded(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


@pytest.mark.parametrize("kind", ["minutes", "transcript"])
def test_a_customer_does_not_take_back_what_interweave_filed(engagement: Engagement, kind: str) -> None:
    document, by = sent(engagement, kind), owner(engagement.company)
    before = every_row()

    with pytest.raises(errors.NotYours):
        documents.withdraw(str(document.uuid), by=by, at=LATER)

    assert every_row() == before


def test_what_was_taken_back_is_taken_back_once(engagement: Engagement) -> None:
    document, by = sent(engagement), owner(engagement.company)

    documents.withdraw(str(document.uuid), by=by, at=NOW)
    again = documents.withdraw(str(document.uuid), by=by, at=LATER)

    assert (again.withdrawn_at, recorded("document.withdrawn")) == (NOW, 1)


def test_a_record_that_was_taken_back_is_missing(engagement: Engagement) -> None:
    by = specialist()
    meeting = meetings.book(
        engagement.pk, kind="requirements_review", channel="phone", starts_at=NOW + timedelta(hours=1), minutes=30,
        place="+1 617 555 0100", topic="", by=by, at=NOW,
    )  # fmt: skip
    meetings.hold(meeting.pk, held_at=LATER, attendees=["Ann"], notes="All said.", by=by, at=LATER)
    minutes = sent(engagement, "minutes")
    meetings.file_record(meeting.pk, document_id=minutes.pk, by=by, at=LATER)
    criterion = next(one for one in CRITERIA if one.code == "record.missing")

    before = criterion.evidence(Engagement.objects.get(pk=engagement.pk))
    documents.withdraw(str(minutes.uuid), by=by, at=LATER)
    after = criterion.evidence(Engagement.objects.get(pk=engagement.pk))

    assert (bool(before), after) == (True, None)


def test_a_second_note_is_mailed_too(engagement: Engagement) -> None:
    by = owner(engagement.company)
    document = sent(engagement)

    for hours, note in enumerate(["Page 2 is missing.", "Page 3 is, too."]):
        at = NOW + timedelta(hours=hours)
        documents.need_revision(str(document.uuid), note=note, by=specialist(), at=at)

    texts = [mail.text for mail in Message.objects.filter(to=by.email).order_by("pk")]
    assert ["Page 2 is missing." in texts[0], "Page 3 is, too." in texts[1], len(texts)] == [True, True, 2]


@pytest.mark.parametrize(
    ("review", "change"),
    [
        ("need_revision", {"withdrawn_at": NOW}),
        ("accept", {"withdrawn_at": NOW}),
        ("accept", {"expired_at": NOW}),
        ("accept", {"scan": "quarantined"}),
        ("withdraw", {"review": "accepted"}),
    ],
)
def test_a_document_is_judged_as_it_is_once_its_engagement_is_locked(
    engagement: Engagement, review: str, change: dict[str, Any]
) -> None:
    document, by = sent(engagement), specialist()
    more = {"note": "Page 2"} if review == "need_revision" else {}
    before = Event.objects.count(), Message.objects.count()

    with (
        meanwhile("onboarding_document", lambda: Document.objects.update(**change)),
        pytest.raises(errors.WrongState),
    ):
        getattr(documents, review)(str(document.uuid), by=by, at=LATER, **more)

    assert (Event.objects.count(), Message.objects.count()) == before
