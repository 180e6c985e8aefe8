"""Meetings: booked in their step and only when the specialist is free, held, summarised, put on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from onboarding import errors, tenancy
from onboarding.actions import contacts, meetings
from onboarding.models import Document, Engagement, Event, Meeting, Message
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.factories import NOW, EngagementFactory, SpecialistFactory, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)


def engagement_in(step: Step = Step.WELCOME_CALL, **fields: Any) -> Engagement:
    return EngagementFactory(**{"step": step.value, "specialist": SpecialistFactory()} | fields)


def book(engagement: Engagement, starts_at: datetime = TOMORROW, **given: Any) -> Meeting:
    details = {"kind": "welcome_call", "channel": "zoom", "minutes": 45, "place": " https://zoom.example/j/1 ",
               "topic": "", "by": None, "at": NOW} | given  # fmt: skip
    details["by"] = details["by"] or owner(engagement.company)
    return meetings.book(engagement.pk, starts_at=starts_at, **details)


def held(engagement: Engagement, **given: Any) -> Meeting:
    meeting = book(engagement, **given)
    return meetings.hold(
        meeting.pk, held_at=NOW, attendees=["Ann", " Priya ", "", "Ann"], notes=" Agreed: June ", by=specialist(),
        at=NOW,
    )  # fmt: skip


def minutes_of(engagement: Engagement, **fields: Any) -> Document:
    details = {"kind": "minutes", "title": "Minutes", "file_name": "minutes.pdf", "content_type": "application/pdf",
               "sha256": "a" * 64, "created_at": NOW, "created_by": "Priya"} | fields  # fmt: skip
    return Document.objects.create(company=engagement.company, engagement=engagement, **details)


def test_a_customer_books_the_welcome_call_and_both_sides_are_told() -> None:
    engagement = engagement_in()
    by = owner(engagement.company)

    meeting = book(engagement, by=by)

    assert (meeting.starts_at, meeting.minutes, meeting.place, meeting.booked_by) == (
        TOMORROW, 45, "https://zoom.example/j/1", by.name,
    )  # fmt: skip
    event = Event.objects.get()
    assert (event.kind, event.data["name"], event.data["starts_at"]) == (
        "meeting.booked", "Welcome call", "2026-11-24T15:00:00Z",
    )  # fmt: skip
    assert sorted(Message.objects.values_list("to", "path")) == sorted(
        [
            (by.email, "/meetings/"),
            (engagement.specialist.user.email, f"/staff/engagements/{engagement.reference}/meetings/"),
        ]
    )


def test_the_main_contact_is_told_too_and_nobody_twice() -> None:
    engagement = engagement_in()
    by = owner(engagement.company)
    for kind, email in (("main", by.email.upper()), ("billing", "bill@acme.example")):
        contacts.save(engagement.pk, kind=kind, name="Ann", email=email, title="", phone="", by=by, at=NOW)

    book(engagement, by=by)

    assert list(Message.objects.filter(path="/meetings/").values_list("to", flat=True)) == [by.email]


def test_the_same_booking_twice_is_one_meeting() -> None:
    engagement = engagement_in()

    first, second = book(engagement), book(engagement)

    assert first.pk == second.pk
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "kind", "is_possible"),
    [
        (Step.WELCOME_CALL, "welcome_call", True),
        (Step.WELCOME_CALL, "requirements_review", False),
        (Step.DATA_COLLECTION, "welcome_call", False),
        (Step.DATA_COLLECTION, "requirements_review", True),
        (Step.REQUIREMENTS_REVIEW, "requirements_review", True),
        (Step.ACTIVATION_TESTING, "training", True),
        (Step.GO_LIVE, "training", False),
        (Step.CONTINUOUS_SUPPORT, "check_in", True),
    ],
)
def test_each_kind_belongs_to_its_step(step: Step, kind: str, is_possible: bool) -> None:
    engagement = engagement_in(step)

    if is_possible:
        book(engagement, kind=kind)
    else:
        with pytest.raises(errors.WrongStep):
            book(engagement, kind=kind)

    assert Meeting.objects.count() == is_possible


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"kind": "party"}, "kind", "Choose what the meeting is for."),
        ({"channel": "pigeon"}, "channel", "Choose how you meet."),
        ({"starts_at": NOW}, "starts_at", "Choose a time that has not passed."),
        ({"minutes": 14}, "minutes", "Enter 15 to 480 minutes."),
    ],
)
def test_a_booking_that_cannot_be_is_refused_with_words(given: dict, field: str, words: str) -> None:
    engagement = engagement_in()

    with pytest.raises(errors.BadInput) as refusal:
        book(engagement, **given)

    assert refusal.value.fields == {field: words}
    assert (Meeting.objects.count(), Event.objects.count(), Message.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("minutes_later", "is_free"), [(0, False), (30, False), (-30, False), (45, True), (-45, True)],
    ids=["same time", "starts during", "ends during", "right after", "right before"],
)  # fmt: skip
def test_a_specialist_is_never_in_two_meetings_with_whichever_customers(minutes_later: int, is_free: bool) -> None:
    theirs = engagement_in()
    ours = engagement_in(specialist=theirs.specialist)
    book(theirs)
    us = owner(ours.company)

    with tenancy.acting(company_id=ours.company_id):
        if is_free:
            book(ours, TOMORROW + timedelta(minutes=minutes_later), by=us)
        else:
            with pytest.raises(errors.WrongState):
                book(ours, TOMORROW + timedelta(minutes=minutes_later), by=us)

    assert Meeting.objects.filter(engagement=ours).count() == is_free


@pytest.mark.parametrize(
    ("starts_at", "minutes", "is_taken"),
    [("2026-11-24T14:00", 45, True), ("2026-11-24T13:59", 45, False), ("2026-11-24T21:15", 45, True),
     ("2026-11-24T21:16", 45, False), ("2026-11-28T15:00", 45, False), ("2027-03-15T13:00", 45, True),
     ("2026-11-24T16:00", 480, False)],
    ids=["at nine", "before nine", "until five", "beyond five", "Saturday", "at nine in summer", "into the evening"],
)  # fmt: skip
def test_customers_book_while_the_specialist_works(starts_at: str, minutes: int, is_taken: bool) -> None:
    engagement = engagement_in(specialist=SpecialistFactory(time_zone="America/New_York"))
    by, moment = owner(engagement.company), datetime.fromisoformat(f"{starts_at}+00:00")

    if is_taken:
        assert book(engagement, moment, minutes=minutes, by=by).starts_at == moment
        return
    with pytest.raises(errors.BadInput) as refused:
        book(engagement, moment, minutes=minutes, by=by)
    assert refused.value.data["fields"] == {
        "starts_at": "Choose a time while your specialist works: Mon to Fri, 9:00 to 17:00 (America/New_York)."
    }
    assert not Meeting.objects.exists()
    assert book(engagement, moment, minutes=minutes, by=specialist()).starts_at == moment


def test_a_customer_moves_a_meeting_only_to_when_the_specialist_works() -> None:
    engagement = engagement_in()
    by = owner(engagement.company)
    meeting, night = book(engagement, by=by), TOMORROW.replace(hour=3)

    with pytest.raises(errors.BadInput) as refused:
        meetings.reschedule(meeting.pk, starts_at=night, by=by, at=NOW)
    meeting.refresh_from_db()
    assert (list(refused.value.data["fields"]), meeting.starts_at) == (["starts_at"], TOMORROW)
    assert meetings.reschedule(meeting.pk, starts_at=night, by=specialist(), at=NOW).starts_at == night


def test_a_meeting_held_cancelled_or_of_another_specialist_takes_no_time() -> None:
    engagement = engagement_in()
    held(engagement)
    meetings.cancel(book(engagement).pk, reason="Flu", by=specialist(), at=NOW)
    book(engagement_in())

    book(engagement_in(specialist=engagement.specialist))

    assert Meeting.objects.count() == 4


def test_an_engagement_without_specialist_can_be_booked_by_staff() -> None:
    engagement = engagement_in(specialist=None)

    book(engagement, by=specialist())

    assert Meeting.objects.count() == 1


def test_a_meeting_is_moved_to_another_free_time() -> None:
    engagement = engagement_in()
    by = owner(engagement.company)
    meeting = book(engagement, by=by)

    moved = meetings.reschedule(meeting.pk, starts_at=TOMORROW + timedelta(minutes=15), by=by, at=NOW)
    meetings.reschedule(meeting.pk, starts_at=TOMORROW + timedelta(minutes=15), by=by, at=NOW)

    assert moved.starts_at == TOMORROW + timedelta(minutes=15)
    event = Event.objects.get(kind="meeting.rescheduled")
    assert (event.data["before"], event.data["starts_at"]) == ("2026-11-24T15:00:00Z", "2026-11-24T15:15:00Z")


def test_a_meeting_is_not_moved_onto_another() -> None:
    engagement = engagement_in()
    book(engagement)
    meeting = book(engagement, TOMORROW + timedelta(hours=2))

    with pytest.raises(errors.WrongState):
        meetings.reschedule(meeting.pk, starts_at=TOMORROW, minutes=30, by=specialist(), at=NOW)

    assert Meeting.objects.get(pk=meeting.pk).starts_at == TOMORROW + timedelta(hours=2)


def test_a_meeting_is_cancelled_with_a_reason_both_sides_read() -> None:
    engagement = engagement_in()
    by = owner(engagement.company)
    meeting = book(engagement, by=by)

    with pytest.raises(errors.BadInput):
        meetings.cancel(meeting.pk, reason=" ", by=by, at=NOW)
    cancelled = meetings.cancel(meeting.pk, reason=" On a train ", by=by, at=NOW)

    assert cancelled.cancelled_at == NOW
    assert Event.objects.last().data["reason"] == "On a train"
    assert sorted(Message.objects.filter(kind="meeting.cancelled").values_list("to", "text")) == sorted(
        (to, f"{by.name} writes: On a train") for to in (by.email, engagement.specialist.user.email)
    )
    with pytest.raises(errors.WrongState):
        meetings.reschedule(meeting.pk, starts_at=TOMORROW, by=by, at=NOW)


def test_a_specialist_writes_down_that_it_was_held() -> None:
    meeting = held(engagement_in())

    assert (meeting.held_at, meeting.attendees, meeting.notes) == (NOW, ["Ann", "Priya"], "Agreed: June")
    assert Event.objects.last().data["attendees"] == ["Ann", "Priya"]
    with pytest.raises(errors.WrongState):
        meetings.cancel(meeting.pk, reason="No", by=specialist(), at=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"held_at": NOW + timedelta(seconds=1)}, "held_at"),
        ({"attendees": [" "]}, "attendees"),
        ({"notes": ""}, "notes"),
    ],
)
def test_a_meeting_without_people_notes_or_in_the_future_was_not_held(given: dict, field: str) -> None:
    meeting = book(engagement_in())
    details = {"held_at": NOW, "attendees": ["Ann"], "notes": "Hello"} | given

    with pytest.raises(errors.BadInput) as refusal:
        meetings.hold(meeting.pk, **details, by=specialist(), at=NOW)

    assert list(refusal.value.fields) == [field]
    meeting.refresh_from_db()
    assert (meeting.held_at, Event.objects.count()) == (None, 1)


def test_the_summary_goes_to_everyone_of_the_customer_once() -> None:
    engagement = engagement_in()
    people, reader = owner(engagement.company), viewer(engagement.company)
    contacts.save(engagement.pk, kind="main", name="Ann", email="ann@acme.example", title="", phone="", by=people,
                  at=NOW)  # fmt: skip
    meeting, by = held(engagement), specialist()

    shared = meetings.share_summary(meeting.pk, by=by, at=NOW)
    meetings.share_summary(meeting.pk, by=specialist(), at=NOW + timedelta(hours=1))

    assert (shared.shared_at, Meeting.objects.get().shared_by) == (NOW, by.name)
    mails = Message.objects.filter(kind="meeting.summary_shared")
    assert {people.email, reader.email, "ann@acme.example"} <= set(mails.values_list("to", flat=True))
    assert len(set(mails.values_list("to", flat=True))) == mails.count()
    assert {mail.text for mail in mails} == {"With Ann, Priya.\n\nAgreed: June"}


def test_a_summary_of_what_was_not_held_is_refused() -> None:
    meeting = book(engagement_in())

    with pytest.raises(errors.WrongState):
        meetings.share_summary(meeting.pk, by=specialist(), at=NOW)

    assert not Message.objects.filter(kind="meeting.summary_shared").exists()


def test_minutes_are_filed_with_a_held_meeting() -> None:
    engagement = engagement_in(Step.REQUIREMENTS_REVIEW)
    meeting = held(engagement, kind="requirements_review")
    document = minutes_of(engagement)

    meetings.file_record(meeting.pk, document_id=document.pk, by=specialist(), at=NOW)
    meetings.file_record(meeting.pk, document_id=document.pk, by=specialist(), at=NOW)

    assert Meeting.objects.get().record == document
    assert [event.data["sha256"] for event in Event.objects.filter(kind="meeting.record_filed")] == ["a" * 64]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"kind": "invoice"}, errors.BadInput),
        ({"withdrawn_at": NOW}, errors.BadInput),
        ({"scan": "quarantined"}, errors.WrongState),
        ({"sha256": ""}, errors.WrongState),
    ],
    ids=["another kind", "withdrawn", "quarantined", "not stored"],
)
def test_a_file_that_is_no_record_or_not_ready_is_refused(fields: dict, refusal: type[errors.Refused]) -> None:
    engagement = engagement_in()
    meeting = held(engagement)

    with pytest.raises(refusal):
        meetings.file_record(meeting.pk, document_id=minutes_of(engagement, **fields).pk, by=specialist(), at=NOW)

    assert Meeting.objects.get().record is None


def test_a_record_needs_a_held_meeting_of_the_same_engagement() -> None:
    engagement = engagement_in()
    meeting = book(engagement)

    with pytest.raises(errors.WrongState):
        meetings.file_record(meeting.pk, document_id=minutes_of(engagement).pk, by=specialist(), at=NOW)
    with pytest.raises(errors.BadInput):
        meetings.file_record(meeting.pk, document_id=minutes_of(engagement_in()).pk, by=specialist(), at=NOW)

    assert Meeting.objects.get().record is None


def test_customers_do_not_write_what_was_said_and_strangers_see_nothing() -> None:
    engagement = engagement_in()
    meeting, customer, other = book(engagement), owner(engagement.company), stranger()
    staff_acts = [
        lambda by: meetings.hold(meeting.pk, held_at=NOW, attendees=["Ann"], notes="Hi", by=by, at=NOW),
        lambda by: meetings.share_summary(meeting.pk, by=by, at=NOW),
        lambda by: meetings.file_record(meeting.pk, document_id=1, by=by, at=NOW),
    ]
    shared_acts = [
        lambda by: book(engagement, TOMORROW + timedelta(days=1), by=by),
        lambda by: meetings.reschedule(meeting.pk, starts_at=TOMORROW + timedelta(days=1), by=by, at=NOW),
        lambda by: meetings.cancel(meeting.pk, reason="No", by=by, at=NOW),
    ]

    for act in staff_acts:
        with pytest.raises(errors.NotYours):
            act(customer)
    for act in shared_acts:
        with pytest.raises(errors.NotYours):
            act(viewer(engagement.company))
    for act in [*staff_acts, *shared_acts]:
        with pytest.raises(errors.NotFound):
            act(other)

    assert list(Meeting.objects.values_list("starts_at", "held_at", "cancelled_at")) == [(TOMORROW, None, None)]
    assert Event.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_customers_never_get_the_same_half_hour() -> None:
    ours = engagement_in()
    theirs = engagement_in(specialist=ours.specialist)
    us, them = owner(ours.company), owner(theirs.company)

    outcomes = at_once(lambda: book(ours, by=us), lambda: book(theirs, by=them))

    assert outcomes == ["WrongState", "done"]
    assert Meeting.objects.count() == 1
