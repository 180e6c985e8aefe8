"""Meetings: a time is picked once, kept when something else is wrong, cancelled with a reason."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now
from icalendar import Calendar

from onboarding.actions import meetings
from onboarding.models import Meeting
from tests.journey import phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
SLOT = re.compile(r'name="starts_at" value="([^"]+)"')


@pytest.fixture
def offered(welcome: Cast) -> tuple[Cast, list[str]]:
    """A specialist is assigned and free."""
    phase_one.assigned(welcome)
    return welcome, SLOT.findall(signed_in(welcome).get("/meetings/").content.decode())


def booking(starts_at: str, **more: str) -> dict[str, str]:
    return {"starts_at": starts_at, "channel": "zoom", "place": ""} | more


def test_without_a_specialist_the_page_says_when(welcome: Cast) -> None:
    page = signed_in(welcome).get("/meetings/").content.decode()

    assert "You can pick a time as soon as your Technical Specialist is assigned." in page
    assert SLOT.findall(page) == []


def test_only_times_to_come_are_offered(offered: tuple[Cast, list[str]]) -> None:
    _, slots = offered

    assert slots
    assert min(slots) > (now() + timedelta(minutes=55)).isoformat()


def test_a_time_is_booked_once(offered: tuple[Cast, list[str]]) -> None:
    cast, slots = offered
    client = signed_in(cast)

    replies = [client.post("/meetings/", booking(slots[0])) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [302, 302]
    assert said(replies[0]) == "Booked. The invitation is on its way to you."
    meeting = Meeting.objects.get()
    assert (meeting.kind, meeting.minutes, meeting.channel) == ("welcome_call", 45, "zoom")
    assert SLOT.findall(client.get("/meetings/").content.decode()) == []


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        ("", "Pick a time."),
        ("soon", "Pick one of the times."),
        ("2030-01-07T15:00", "Pick one of the times."),
        ("2020-01-06T15:00:00+00:00", "Choose a time that has not passed."),
    ],
)
def test_what_is_no_time_is_said(offered: tuple[Cast, list[str]], starts_at: str, words: str) -> None:
    reply = signed_in(offered[0]).post("/meetings/", booking(starts_at))

    assert (reply.status_code, words in reply.content.decode()) == (422, True)
    assert not Meeting.objects.exists()


def test_a_picked_time_stays_picked(offered: tuple[Cast, list[str]]) -> None:
    cast, slots = offered

    reply = signed_in(cast).post("/meetings/", booking(slots[1], channel="telepathy"))

    page = reply.content.decode()
    assert reply.status_code == 422
    assert re.search(rf'value="{re.escape(slots[1])}" checked', page)


def test_cancelling_asks_why_and_opens_the_picker_again(offered: tuple[Cast, list[str]]) -> None:
    cast, slots = offered
    client = signed_in(cast)
    client.post("/meetings/", booking(slots[0]))
    path = f"/meetings/{Meeting.objects.get().pk}/cancel/"

    refused = client.post(path, {"reason": ""})
    done = client.post(path, {"reason": "We are ill."})

    assert (refused.status_code, "Say why the meeting is cancelled." in refused.content.decode()) == (422, True)
    assert said(done) == "Cancelled. Pick another time when it suits you."
    assert client.post(path, {"reason": "Again."}).status_code == 409
    assert slots[0] in client.get("/meetings/").content.decode()


def test_a_viewer_books_nothing(offered: tuple[Cast, list[str]]) -> None:
    cast, slots = offered
    client = signed_in(cast, cast.viewer)

    assert SLOT.findall(client.get("/meetings/").content.decode()) == []
    assert client.post("/meetings/", booking(slots[0])).status_code == 403


def test_what_was_said_is_read_once_it_was_shared(welcome: Cast) -> None:
    phase_one.assigned(welcome)
    phase_one.met(welcome, "welcome_call", notes="Closing days stay quiet.")

    page = signed_in(welcome, welcome.viewer).get("/meetings/").content.decode()

    assert "Closing days stay quiet." in page
    assert "Maria Fernández, Priya Patel" in page


@pytest.fixture
def booked(offered: tuple[Cast, list[str]]) -> tuple[Cast, Meeting]:
    """The first time is taken by a booking of ours."""
    cast, slots = offered
    signed_in(cast).post("/meetings/", booking(slots[0]))
    return cast, Meeting.objects.get()


def test_a_meeting_is_moved_to_another_time(booked: tuple[Cast, Meeting]) -> None:
    cast, meeting = booked
    client = signed_in(cast)
    picked = SLOT.findall(client.get(f"/meetings/{meeting.pk}/move/").content.decode())[-1]

    reply = client.post(f"/meetings/{meeting.pk}/move/", {"starts_at": picked})

    meeting.refresh_from_db()
    assert said(reply) == "Moved. A new invitation is on its way to you."
    assert (meeting.starts_at.isoformat(), meeting.sequence) == (picked, 1)


def test_a_meeting_to_move_stands_in_its_own_way_no_more(booked: tuple[Cast, Meeting]) -> None:
    cast, meeting = booked
    half_an_hour_later = (meeting.starts_at + timedelta(minutes=30)).isoformat()

    offered = SLOT.findall(signed_in(cast).get(f"/meetings/{meeting.pk}/move/").content.decode())

    assert (meeting.starts_at.isoformat() in offered, half_an_hour_later in offered) == (False, True)


def test_moving_without_a_time_keeps_the_old_one(booked: tuple[Cast, Meeting]) -> None:
    cast, meeting = booked

    reply = signed_in(cast).post(f"/meetings/{meeting.pk}/move/", {})

    assert (reply.status_code, "Pick a time." in reply.content.decode()) == (422, True)
    assert Meeting.objects.get().sequence == 0


def test_what_is_over_offers_no_other_time(booked: tuple[Cast, Meeting]) -> None:
    cast, meeting = booked
    meetings.cancel(meeting.pk, reason="Ill.", by=cast.owner, at=now())

    page = signed_in(cast).get(f"/meetings/{meeting.pk}/move/").content.decode()

    assert "It was cancelled." in page
    assert SLOT.findall(page) == []


def test_a_calendar_takes_the_meeting_as_a_file(booked: tuple[Cast, Meeting]) -> None:
    cast, meeting = booked

    reply = signed_in(cast).get(f"/meetings/{meeting.pk}/calendar/")

    assert reply["Content-Type"] == "text/calendar; charset=utf-8"
    assert reply["Content-Disposition"] == f'attachment; filename="{cast.engagement.reference}-welcome-call.ics"'
    event = Calendar.from_ical(reply.content).events[0]
    assert (event.start, str(event.uid)) == (meeting.starts_at, str(meeting.uid))
