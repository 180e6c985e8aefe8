"""When reminders go out: at nine where the company is, through changes of the clock, missed ones as one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from onboarding.library import dunning

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("zone", "due_on", "moments"),
    [
        (BERLIN, date(2026, 10, 24), ["21 07:00", "27 08:00"]),
        (BERLIN, date(2026, 3, 28), ["25 08:00", "31 07:00"]),
        (NEW_YORK, date(2026, 10, 31), ["28 13:00", "03 14:00"]),
    ],
    ids=["winter time comes", "summer time comes", "New York"],
)
def test_mails_go_out_at_nine_there_on_both_sides_of_a_change_of_the_clock(
    zone: ZoneInfo, due_on: date, moments: list[str]
) -> None:
    found = [dunning.moment(stage, due_on=due_on, zone=zone) for stage in dunning.STAGES[:2]]

    assert [f"{moment:%d %H:%M}" for moment in found] == moments
    assert all(moment.astimezone(zone).hour == 9 for moment in found)


@pytest.mark.parametrize(
    ("at", "count"),
    [("2026-12-04T07:59", 0), ("2026-12-04T08:00", 1), ("2026-12-10T08:00", 2), ("2026-12-17T07:59", 2),
     ("2026-12-28T08:00", 4), ("2026-12-31T08:00", 5), ("2027-06-01T00:00", 5)],
)  # fmt: skip
def test_stages_are_reached_one_after_the_other(at: str, count: int) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert dunning.reached(due_on=date(2026, 12, 7), zone=BERLIN, at=moment) == count


@pytest.mark.parametrize(
    ("told", "reached", "days"),
    [(0, 0, []), (0, 1, [-3]), (0, 3, [10]), (1, 2, [3]), (0, 5, [21, 24]), (4, 5, [24]), (5, 5, [])],
)
def test_of_several_missed_mails_each_side_gets_the_last(told: int, reached: int, days: list[int]) -> None:
    assert [one.days for one in dunning.collapsed(told=told, reached=reached)] == days


def test_every_stage_has_words_that_name_the_invoice() -> None:
    said = {"number": "INV-1", "due": "1 May 2026", "open": "1.00 EUR", "reference": "RF1"}

    for stage in dunning.STAGES:
        assert "INV-1" in stage.subject.format(**said)
        assert "1.00 EUR" in stage.text.format(**said)
