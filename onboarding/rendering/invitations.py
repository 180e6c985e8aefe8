"""A meeting as calendars take it (RFC 5545, sent as RFC 5546 says): asked for, moved, called off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress
from icalendar.enums import STATUS

PRODUCT = "-//InterWeave//Onboarding//EN"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a calendar."""

    email: str
    name: str = ""

    def address(self, **about: object) -> vCalAddress:
        """As calendars write it, the name beside the address."""
        return vCalAddress.new(self.email, cn=_plain(self.name) or None, **about)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What a calendar is told. `sequence` rises with every change of time or state: an older message never wins."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    title: str
    place: str  # link, phone number or address
    text: str
    organizer: Person
    attendees: Sequence[Person]
    is_cancelled: bool = False


def calendar(invitation: Invitation, *, at: datetime, asks: bool = True) -> str:
    """The iCalendar text: METHOD REQUEST or CANCEL for a mail that `asks`, PUBLISH for a file to download.

    Times are written in UTC, which needs no zone table and shows as local time in every calendar.
    """
    event = Event.new(
        uid=invitation.uid,
        sequence=invitation.sequence,
        stamp=at,
        start=invitation.starts_at,
        end=invitation.starts_at + timedelta(minutes=invitation.minutes),
        summary=_plain(invitation.title),
        description=invitation.text or None,
        location=_plain(invitation.place) or None,
        url=invitation.place if invitation.place.startswith("https://") else None,
        organizer=invitation.organizer.address(),
        attendees=[_guest(person, asks=asks) for person in invitation.attendees],
        status=STATUS.CANCELLED if invitation.is_cancelled else STATUS.CONFIRMED,
    )
    method = ("CANCEL" if invitation.is_cancelled else "REQUEST") if asks else "PUBLISH"
    whole = Calendar.new(uid=invitation.uid, prodid=PRODUCT, method=method, subcomponents=[event])
    return whole.to_ical().decode()


def _guest(person: Person, *, asks: bool) -> vCalAddress:
    return person.address(rsvp=asks, role="REQ-PARTICIPANT", partstat="NEEDS-ACTION" if asks else "ACCEPTED")


def _plain(words: str) -> str:
    """One line: a line end in a name would start a property of its own."""
    return " ".join(words.split())
