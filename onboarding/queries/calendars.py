"""Working days of a country: weekdays without its public holidays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import holidays

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """Counts in working days; a country the calendar does not know has weekdays only."""

    closed: Any = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """True on a weekday that is no public holiday."""
        return day.weekday() < SATURDAY and day not in self.closed

    def before(self, day: date, count: int) -> date:
        """The working day `count` working days before `day`; 0 gives `day` itself."""
        return self._walk(day, count, -DAY)

    def after(self, day: date, count: int) -> date:
        """The working day `count` working days after `day`; 0 gives `day` itself."""
        return self._walk(day, count, DAY)

    def _walk(self, day: date, count: int, stride: timedelta) -> date:
        while count > 0:
            day += stride
            if self.is_working(day):
                count -= 1
        return day


def working_days(country: str) -> WorkingDays:
    """The calendar of a country (ISO 3166-1 alpha-2)."""
    try:
        return WorkingDays(closed=holidays.country_holidays(country))
    except NotImplementedError:
        return WorkingDays()
