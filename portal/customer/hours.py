"""A specialist's working hours on the viewer's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from onboarding.models import Specialist
from onboarding.queries.meetings import working_hours

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def in_words(specialist: Specialist, *, at: datetime) -> str:
    """ "Mon to Fri, 15:00 to 23:00 your time", by this week's offset; as written when nobody can read it."""
    try:
        hours, zone = working_hours(specialist.working_hours), ZoneInfo(specialist.time_zone)
    except (ValueError, KeyError):
        return specialist.working_hours
    day = at.astimezone(zone).date()
    here = timezone.get_current_timezone()
    opens = datetime.combine(day, hours.opens, zone).astimezone(UTC).astimezone(here)
    closes = datetime.combine(day, hours.closes, zone).astimezone(UTC).astimezone(here)
    moved = (opens.date() - day) // timedelta(days=1)
    weekdays = sorted((number + moved) % 7 for number in hours.weekdays)
    return f"{_days(weekdays)}, {_clock(opens)} to {_clock(closes)} your time"


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment:%M}"


def _days(weekdays: list[int]) -> str:
    """Mon to Fri, or one by one when there are gaps; a week has no end, so Sun to Thu is a run too."""
    starts = [number for number in weekdays if (number - 1) % 7 not in weekdays]
    if len(weekdays) > 2 and len(starts) == 1:
        return f"{DAYS[starts[0]]} to {DAYS[(starts[0] + len(weekdays) - 1) % 7]}"
    return ", ".join(DAYS[number] for number in weekdays)
