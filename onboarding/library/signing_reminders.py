"""When a signer is reminded: so many days after being asked and before the last day, in the morning where they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AFTER_ASKING = (3, 7, 14)  # days
BEFORE_LAST_DAY = (2,)
CLOCK = time(9, 0)  # in the company's time zone, also on the days its clocks change


def moments(*, asked_at: datetime, last_day: date | None, zone: ZoneInfo) -> list[datetime]:
    """Every moment of the policy for one signer, in UTC, each day once: after they were asked, not past the last day."""
    asked_on = asked_at.astimezone(zone).date()
    days = {asked_on + timedelta(days=after) for after in AFTER_ASKING}
    if last_day is not None:
        days |= {last_day - timedelta(days=before) for before in BEFORE_LAST_DAY}
        days = {day for day in days if day <= last_day}
    mornings = (datetime.combine(day, CLOCK, zone).astimezone(UTC) for day in sorted(days))
    return [moment for moment in mornings if moment > asked_at]
