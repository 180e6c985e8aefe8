"""Working days of a country: weekdays without its public holidays, and without what a customer wants left alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import holidays

from onboarding.models import Engagement
from onboarding.queries import questionnaires

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_PERIOD = 366


@dataclass(frozen=True)
class WorkingDays:
    """Counts in working days; a country the calendar does not know has weekdays only."""

    closed: Any = field(default_factory=dict)
    quiet: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """True on a weekday that is no public holiday and not among the days the customer wants left alone."""
        return day.weekday() < SATURDAY and day not in self.closed and day not in self.quiet

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


def working_days(country: str, *, quiet: frozenset[date] = frozenset()) -> WorkingDays:
    """The calendar of a country (ISO 3166-1 alpha-2), without the quiet days."""
    try:
        return WorkingDays(closed=holidays.country_holidays(country), quiet=quiet)
    except NotImplementedError:
        return WorkingDays(quiet=quiet)


def of(engagement: Engagement) -> WorkingDays:
    """The customer's working days: its country's, without the days on which nothing may change (its answers say)."""
    periods = questionnaires.submitted(engagement).get("quiet_dates") or ()
    return working_days(engagement.company.country, quiet=frozenset(day for one in periods for day in _days(one)))


def _days(period: dict[str, Any]) -> list[date]:
    """From the first to the last day; at most a year, none while an end is missing."""
    if "from" not in period or "until" not in period:
        return []
    first, last = date.fromisoformat(period["from"]), date.fromisoformat(period["until"])
    return [first + number * DAY for number in range(min((last - first).days + 1, LONGEST_PERIOD))]
