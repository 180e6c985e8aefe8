"""A specialist's free times, as the customer sees them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from onboarding import tenancy
from onboarding.models import Engagement, Meeting
from onboarding.queries import meetings
from onboarding.queries.meetings import WorkingHours, working_hours
from tests.factories import NOW, EngagementFactory, SpecialistFactory

BOSTON, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)


def assigned(**fields: Any) -> Engagement:
    return EngagementFactory(specialist=SpecialistFactory(**fields))


def book(engagement: Engagement, starts_at: datetime, minutes: int = 60, **fields: Any) -> Meeting:
    return Meeting.objects.create(
        company=engagement.company, engagement=engagement, kind="welcome_call", starts_at=starts_at, minutes=minutes,
        booked_by="Ann", booked_at=NOW, **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "weekdays", "opens", "closes"),
    [
        ("Mon to Fri, 9:00 to 17:00", {0, 1, 2, 3, 4}, time(9), time(17)),
        ("Tue–Sat, 8:30–12:00", {1, 2, 3, 4, 5}, time(8, 30), time(12)),
        ("Mon, Wed, 10:00 to 14:00", {0, 2}, time(10), time(14)),
        ("Mon, Tue, Thu 10:00 - 14:00", {0, 1, 3}, time(10), time(14)),
        ("Wednesday 9:00 to 11:00", {2}, time(9), time(11)),
    ],
)
def test_working_hours_are_read_from_their_words(text: str, weekdays: set, opens: time, closes: time) -> None:
    assert working_hours(text) == WorkingHours(weekdays=frozenset(weekdays), opens=opens, closes=closes)


@pytest.mark.parametrize("text", ["whenever", "Mon to Fri", "9:00 to 17:00"])
def test_words_without_days_or_hours_are_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="No "):
        working_hours(text)


@pytest.mark.django_db
def test_a_week_has_the_half_hours_of_its_working_days() -> None:
    engagement = assigned()

    found = meetings.slots(engagement, from_day=MONDAY, days=7, zone=BOSTON)

    assert len(found) == 5 * 16
    assert (found[0], found[15]) == (
        datetime(2026, 11, 23, 14, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 21, 30, tzinfo=UTC),
    )
    assert found == sorted(set(found))


@pytest.mark.django_db
def test_an_hour_long_meeting_starts_no_later_than_an_hour_before_closing() -> None:
    found = meetings.slots(assigned(), from_day=MONDAY, days=1, zone=BOSTON, minutes=60)

    assert (len(found), found[-1]) == (15, datetime(2026, 11, 23, 21, 0, tzinfo=UTC))


@pytest.mark.django_db
def test_days_are_the_viewers_days() -> None:
    engagement = assigned(time_zone="Asia/Tokyo")

    found = meetings.slots(engagement, from_day=MONDAY, days=1, zone=BOSTON)

    local = [start.astimezone(BOSTON) for start in found]
    assert {one.date() for one in local} == {MONDAY}
    assert (local[0].time(), local[-1].time(), len(local)) == (time(0), time(23, 30), 16)


@pytest.mark.django_db
def test_past_times_are_not_offered() -> None:
    found = meetings.slots(assigned(), from_day=MONDAY, days=1, zone=BOSTON, after=NOW)

    assert found[0] == datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_booked_times_of_any_customer_are_taken_and_only_open_ones() -> None:
    ours = assigned()
    theirs = EngagementFactory(specialist=ours.specialist)
    ten = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    book(theirs, ten)
    book(theirs, ten + timedelta(hours=2), cancelled_at=NOW)
    book(theirs, ten + timedelta(hours=3), held_at=NOW)
    book(assigned(), ten + timedelta(hours=4))

    with tenancy.acting(company_id=ours.company_id):
        halves = meetings.slots(ours, from_day=MONDAY, days=1, zone=BOSTON)
        hours = meetings.slots(ours, from_day=MONDAY, days=1, zone=BOSTON, minutes=60)

    assert {ten, ten + timedelta(minutes=30)}.isdisjoint(halves)
    assert len(halves) == 14
    assert ten - timedelta(minutes=30) in halves
    assert ten - timedelta(minutes=30) not in hours


@pytest.mark.django_db
def test_nobody_is_free_while_nobody_is_assigned() -> None:
    assert meetings.slots(EngagementFactory(), from_day=MONDAY, days=7, zone=BOSTON) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "utc_hour"), [(date(2027, 3, 12), 14), (date(2027, 3, 15), 13)], ids=["winter time", "summer time"]
)
def test_the_working_day_begins_at_nine_on_the_wall_before_and_after_the_clocks_change(
    day: date, utc_hour: int
) -> None:
    found = meetings.slots(assigned(), from_day=day, days=1, zone=BOSTON)

    assert found[0] == datetime(day.year, day.month, day.day, utc_hour, 0, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "count"), [(date(2027, 3, 27), 8), (date(2027, 3, 28), 6), (date(2027, 10, 31), 10)],
    ids=["four hours", "the skipped hour is not offered", "the repeated hour is offered twice"],
)  # fmt: skip
def test_nights_in_which_the_clocks_change(day: date, count: int) -> None:
    engagement = assigned(time_zone="Europe/Berlin", working_hours="Sat, Sun, 1:00 to 5:00")

    found = meetings.slots(engagement, from_day=day, days=1, zone=BERLIN)

    assert (len(found), len(set(found))) == (count, count)
