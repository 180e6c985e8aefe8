"""A meeting in a calendar file, read back by the library that mail programs' makers test against."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar, Component

from onboarding.rendering.invitations import Invitation, Person, calendar

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MEETING = Invitation(
    uid="6a828e4c-ce81-4f2f-b8fb-b6a0ba1e44d6@interweave",
    sequence=0,
    starts_at=datetime(2027, 3, 28, 0, 30, tzinfo=UTC),  # the night Europe's clocks skip an hour
    minutes=45,
    title="Welcome call: Håkonsen & Søn",
    place="https://zoom.example/j/1",
    text="Who is who\nCosts; terms, taxes",
    organizer=Person(email="priya@interweave.example", name='Priya "P" Nair'),
    attendees=[Person(email="ann@acme.example", name="Ann; Bee")],
)


def event_of(text: str) -> tuple[Calendar, Component]:
    whole = Calendar.from_ical(text)
    assert isinstance(whole, Calendar)
    return whole, whole.events[0]


def test_it_says_when_where_with_whom_and_about_what() -> None:
    whole, event = event_of(calendar(MEETING, at=AT))

    assert (whole["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("REQUEST", "CONFIRMED", 0)
    assert (event.uid, event.start, event.end, event.stamp) == (
        MEETING.uid, MEETING.starts_at, datetime(2027, 3, 28, 1, 15, tzinfo=UTC), AT,
    )  # fmt: skip
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == (MEETING.title, MEETING.text)
    assert (str(event["LOCATION"]), str(event["URL"])) == (MEETING.place, MEETING.place)
    assert str(event["ORGANIZER"]) == "mailto:priya@interweave.example"
    guest = event["ATTENDEE"]
    assert (str(guest), guest.params["CN"], guest.params["RSVP"]) == ("mailto:ann@acme.example", "Ann; Bee", "TRUE")


def test_a_cancelled_one_is_taken_out_of_the_calendar() -> None:
    whole, event = event_of(calendar(replace(MEETING, sequence=2, is_cancelled=True), at=AT))

    assert (whole["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)


def test_a_downloaded_one_asks_nobody() -> None:
    whole, event = event_of(calendar(MEETING, at=AT, asks=False))

    assert (whole["METHOD"], event["ATTENDEE"].params["RSVP"]) == ("PUBLISH", "FALSE")


@pytest.mark.parametrize("place", ["+1 617 555 0142", "javascript:alert(1)", ""])
def test_only_a_safe_link_becomes_one(place: str) -> None:
    assert "URL" not in event_of(calendar(replace(MEETING, place=place), at=AT))[1]


def test_no_name_starts_a_property_of_its_own() -> None:
    forged = replace(
        MEETING,
        title="Call\r\nATTENDEE:mailto:eve@example.org",
        place="Room 1\nURL:https://evil.example",
        organizer=Person(email="p@interweave.example", name="Priya\r\nX-EVIL:1"),
    )

    lines = calendar(forged, at=AT).split("\r\n")

    assert sum(line.startswith("ATTENDEE") for line in lines) == 1
    assert not [line for line in lines if line.startswith(("URL", "X-EVIL"))]


def test_the_same_meeting_gives_the_same_file() -> None:
    assert calendar(MEETING, at=AT) == calendar(MEETING, at=AT)
