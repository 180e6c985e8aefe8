"""Working days: weekdays without the country's holidays."""

from __future__ import annotations

from datetime import date

import pytest

from onboarding.queries.calendars import working_days

CHRISTMAS_EVE, CHRISTMAS = date(2026, 12, 24), date(2026, 12, 25)


@pytest.mark.parametrize(
    ("country", "day", "is_working"),
    [
        ("US", CHRISTMAS_EVE, True),
        ("US", CHRISTMAS, False),
        ("US", date(2026, 12, 26), False),
        ("GB", date(2026, 12, 28), False),
        ("US", date(2026, 12, 28), True),
        ("XX", CHRISTMAS, True),
    ],
)
def test_each_country_has_its_own_days(country: str, day: date, is_working: bool) -> None:
    assert working_days(country).is_working(day) is is_working


def test_counting_skips_what_is_closed_both_ways() -> None:
    days = working_days("US")

    assert days.after(CHRISTMAS_EVE, 2) == date(2026, 12, 29)
    assert days.before(date(2026, 12, 29), 2) == CHRISTMAS_EVE
    assert days.before(CHRISTMAS, 0) == CHRISTMAS
