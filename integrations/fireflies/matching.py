"""Which of Fireflies' recordings is our meeting? By its link, else by the calendar's id, else by organiser and time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from integrations.fireflies.transcripts import Recording

BY_LINK, BY_CALENDAR, BY_TIME = "link", "calendar", "organiser and time"
CLOSE = timedelta(minutes=30)  # people begin early and late
SAME_DAY = timedelta(hours=12)  # one link may serve for several days; a recording of another day is another meeting


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What we know of our meeting; empty texts for what we don't."""

    starts_at: datetime
    meeting_link: str = ""
    calendar_id: str = ""
    organizer: str = ""


@dataclass(frozen=True)
class Match:
    """The recording, and by what it was recognised."""

    recording: Recording
    by: str


def match(wanted: Wanted, recordings: Iterable[Recording]) -> Match | None:
    """The recording of our meeting: the surest sign first, the nearest in time among equals; None when none fits."""
    found = tuple(recordings)
    for by, fits, within in (
        (BY_LINK, _same_link, SAME_DAY),
        (BY_CALENDAR, _same_event, SAME_DAY),
        (BY_TIME, _same_organizer, CLOSE),
    ):
        if best := _nearest(wanted, found, fits, within):
            return Match(best, by)
    return None


def _nearest(
    wanted: Wanted, found: Iterable[Recording], fits: Callable[[Wanted, Recording], bool], within: timedelta
) -> Recording | None:
    def distance(one: Recording) -> timedelta:
        return abs(one.started_at - wanted.starts_at)

    return min((one for one in found if fits(wanted, one) and distance(one) <= within), key=distance, default=None)


def _same_link(wanted: Wanted, one: Recording) -> bool:
    ours = _plain(wanted.meeting_link)
    return bool(ours) and ours == _plain(one.meeting_link)


def _same_event(wanted: Wanted, one: Recording) -> bool:
    """Fireflies has the event's id, or the one for other calendars, which goes on with a host or an occurrence."""
    ours = wanted.calendar_id.partition("@")[0]
    return bool(ours) and any(theirs.partition("@")[0].partition("_")[0] == ours for theirs in one.calendar_ids)


def _same_organizer(wanted: Wanted, one: Recording) -> bool:
    return bool(wanted.organizer) and wanted.organizer.lower() == one.organizer


def _plain(link: str) -> str:
    """Host's last two names and path: passcodes, regional hosts and capitals don't tell meetings apart."""
    try:
        parts = urlsplit(link.strip() if "://" in link else f"https://{link.strip()}")
    except ValueError:  # typed by a person; "[" is enough
        return ""
    host = ".".join((parts.hostname or "").split(".")[-2:])
    return f"{host}{parts.path.rstrip('/').lower()}" if parts.path.strip("/") else ""
