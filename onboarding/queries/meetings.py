"""When a specialist is free: working hours in their own zone, daylight saving and all, without the meetings booked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from onboarding import tenancy
from onboarding.models import Engagement, Meeting, Specialist

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*(?:to|-|–)\s*(\d{1,2}):(\d{2})")
NAMES = re.compile("|".join(DAYS))
LONGEST = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class WorkingHours:
    """Which days of the week (0 is Monday), from when to when on the wall clock."""

    weekdays: frozenset[int]
    opens: time
    closes: time


def working_hours(text: str) -> WorkingHours:
    """Read "Mon to Fri, 9:00 to 17:00" or "Mon, Wed, 10:00 to 14:00"; ValueError when it says something else."""
    hours = HOURS.search(text)
    if hours is None:
        raise ValueError(f"No hours in {text!r}.")
    opens_hour, opens_minute, closes_hour, closes_minute = map(int, hours.groups())
    return WorkingHours(
        weekdays=_weekdays(text[: hours.start()].lower()),
        opens=time(opens_hour, opens_minute),
        closes=time(closes_hour, closes_minute),
    )


def _weekdays(text: str) -> frozenset[int]:
    days = [DAYS.index(name) for name in NAMES.findall(text)]
    if not days:
        raise ValueError(f"No days in {text!r}.")
    is_range = len(days) == 2 and re.search(r"\bto\b|-|–", text)
    return frozenset(range(days[0], days[1] + 1)) if is_range else frozenset(days)


def slots(
    engagement: Engagement, *, from_day: date, days: int, zone: tzinfo, minutes: int = 30, after: datetime | None = None,
    apart_from: int | None = None,
) -> list[datetime]:  # fmt: skip
    """When the specialist is free for a meeting of so many minutes, on `days` days from `from_day` in the viewer's zone.

    Starts in UTC, at the full and the half hour, in order; nothing up to `after`. Empty while nobody is assigned.
    `apart_from`: the id of a meeting that is to be moved, which stands in its own way no more.
    """
    specialist = engagement.specialist
    if specialist is None:
        return []
    first = datetime.combine(from_day, time(), zone).astimezone(UTC)
    end = datetime.combine(from_day + timedelta(days=days), time(), zone).astimezone(UTC)
    length = timedelta(minutes=minutes)
    taken = busy(specialist, since=first, until=end + length, apart_from=apart_from)
    return [
        start
        for start in _starts(specialist, first, end, length)
        if (after is None or start > after) and not _clashes(start, start + length, taken)
    ]


def _starts(specialist: Specialist, since: datetime, until: datetime, length: timedelta) -> Iterator[datetime]:
    zone, hours = ZoneInfo(specialist.time_zone), working_hours(specialist.working_hours)
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        if day.weekday() in hours.weekdays:
            start, closes = _working_day(hours, day, zone)
            while start + length <= closes:
                if since <= start < until:
                    yield start
                start += timedelta(minutes=30)
        day += timedelta(days=1)


def _working_day(hours: WorkingHours, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Counted in UTC: an hour the clocks skip or repeat is neither offered twice nor made up."""
    opens, closes = (datetime.combine(day, clock, zone).astimezone(UTC) for clock in (hours.opens, hours.closes))
    return opens, closes


def is_at_work(specialist: Specialist, starts_at: datetime, *, minutes: int) -> bool:
    """True when a meeting of so many minutes lies within one working day of the specialist, whoever else is met."""
    zone, hours = ZoneInfo(specialist.time_zone), working_hours(specialist.working_hours)
    day = starts_at.astimezone(zone).date()
    opens, closes = _working_day(hours, day, zone)
    return day.weekday() in hours.weekdays and opens <= starts_at and starts_at + timedelta(minutes=minutes) <= closes


def _clashes(start: datetime, end: datetime, taken: list[tuple[datetime, datetime]]) -> bool:
    return any(begins < end and start < ends for begins, ends in taken)


def busy(
    specialist: Specialist, *, since: datetime, until: datetime, apart_from: int | None = None
) -> list[tuple[datetime, datetime]]:
    """When the specialist has open meetings, with any customer: only the times leave this function.

    Read as staff: other companies' meetings take up the same person, and their rows stay hidden.
    """
    with tenancy.acting(staff=True):
        others = Meeting.objects.all() if apart_from is None else Meeting.objects.exclude(pk=apart_from)
        booked = others.filter(
            engagement__specialist=specialist,
            cancelled_at=None,
            held_at=None,
            starts_at__lt=until,
            starts_at__gt=since - LONGEST,
        )
        return [(one.starts_at, one.starts_at + timedelta(minutes=one.minutes)) for one in booked]
