"""What calendars are told of a meeting's life."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import now
from icalendar import Calendar

from onboarding import errors
from onboarding.actions import invitations, meetings
from onboarding.models import Event, Meeting, Message
from onboarding.tasks.mail import send_message
from onboarding.workflow.steps import Step
from tests.factories import NOW, owner, specialist
from tests.journey import journey, phase_one
from tests.onboarding.actions.test_meetings import TOMORROW, book, engagement_in

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, int]]:
    """What each invitation of the specialist's says: method and sequence, in the order they were written."""
    found = []
    for message in Message.objects.filter(path__startswith="/staff/").exclude(calendar="").order_by("pk"):
        whole = Calendar.from_ical(message.calendar)
        found.append((str(whole["METHOD"]), int(whole.events[0]["SEQUENCE"])))
    return found


def test_a_meeting_keeps_its_place_in_calendars_through_every_change() -> None:
    engagement = engagement_in()
    by = owner(engagement.company)
    meeting = book(engagement, by=by)
    meetings.reschedule(meeting.pk, starts_at=TOMORROW + timedelta(days=1), by=by, at=NOW)
    meetings.cancel(meeting.pk, reason="Ill.", by=by, at=NOW)

    assert told() == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    uids = {str(Calendar.from_ical(one.calendar).events[0].uid) for one in Message.objects.exclude(calendar="")}
    assert uids == {str(meeting.uid)}


def test_the_mail_carries_the_invitation_as_mail_programs_expect_it() -> None:
    engagement = engagement_in()
    book(engagement)

    message = Message.objects.get(path="/meetings/")
    Message.objects.update(not_before=now())
    send_message(message_id=message.pk)

    name, content, kind = mail.outbox[0].attachments[0]
    assert (name, kind) == ("invitation.ics", "text/calendar; method=REQUEST")
    guest = Calendar.from_ical(content).events[0]["ATTENDEE"]
    assert str(guest) == f"mailto:{mail.outbox[0].to[0]}"


def test_the_agenda_of_the_review_is_what_the_documents_leave_open() -> None:
    cast = journey(Step.DATA_COLLECTION)
    phase_one.answered(cast, "solutions_definition", most=2)

    meeting = book(
        cast.fresh(), kind="requirements_review", by=cast.specialist, at=cast.at, starts_at=cast.at + timedelta(1)
    )

    text = Message.objects.filter(path="/meetings/").latest("pk").text
    assert text.count("(not answered yet)") == invitations.POINTS_IN_A_MAIL
    assert "more, in the portal" in text
    assert text.splitlines()[0].endswith("UTC, 45 minutes, Zoom.")
    assert meeting.sequence == 0


def test_who_did_not_come_is_written_down_and_another_time_asked_for() -> None:
    engagement = engagement_in()
    meeting = book(engagement)
    late = TOMORROW + timedelta(minutes=20)

    missed = meetings.miss(meeting.pk, missed_by="customer", note="I waited 20 minutes.", by=specialist(), at=late)

    assert (missed.cancelled_at, missed.missed_by, missed.held_at) == (late, "customer", None)
    event = Event.objects.latest("pk")
    assert (event.kind, event.data["absent"], event.data["note"]) == (
        "meeting.missed", "the customer", "I waited 20 minutes.",
    )  # fmt: skip
    letter = Message.objects.filter(path="/meetings/", kind="meeting.cancelled").get()
    assert letter.text == "We missed you; pick another time that suits you.\nI waited 20 minutes."
    assert told()[-1] == ("CANCEL", 1)
    book(engagement, starts_at=late + timedelta(days=1), at=late)  # the welcome call can be booked again


@pytest.mark.parametrize(
    ("missed_by", "minutes_after", "refusal"),
    [("customer", -1, errors.WrongState), ("nobody", 5, errors.BadInput), ("", 5, errors.BadInput)],
    ids=["not begun", "unknown side", "no side"],
)
def test_a_no_show_that_cannot_be_is_refused(missed_by: str, minutes_after: int, refusal: type[errors.Refused]) -> None:
    meeting = book(engagement_in())
    at = TOMORROW + timedelta(minutes=minutes_after)

    with pytest.raises(refusal):
        meetings.miss(meeting.pk, missed_by=missed_by, note="", by=specialist(), at=at)

    assert (Meeting.objects.get().cancelled_at, Event.objects.count()) == (None, 1)


def test_a_meeting_off_already_is_not_missed_too() -> None:
    meeting = book(engagement_in())
    meetings.cancel(meeting.pk, reason="Ill.", by=specialist(), at=NOW)

    with pytest.raises(errors.WrongState, match="was cancelled"):
        meetings.miss(meeting.pk, missed_by="customer", note="", by=specialist(), at=TOMORROW)


def test_customers_do_not_say_who_was_missing() -> None:
    engagement = engagement_in()
    meeting = book(engagement)

    with pytest.raises(errors.NotYours):
        meetings.miss(meeting.pk, missed_by="interweave", note="", by=owner(engagement.company), at=TOMORROW)
