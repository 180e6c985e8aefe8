"""Numbers without gaps or doubles, whoever takes them at once and whatever is taken back."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from django.db import transaction

from onboarding import errors
from onboarding.actions import series
from onboarding.models import ReferenceSeries
from tests.at_once import at_once
from tests.factories import NOW

THREADS, EACH = 8, 25


class _TakenBack(Exception):
    """Something failed after the number was taken."""


def test_a_year_begins_anew_and_a_series_is_its_own(db) -> None:
    in_2027 = datetime(2027, 1, 1, tzinfo=UTC)

    taken = [
        series.take_next(prefix, at=at) for prefix, at in (("INV", NOW), ("INV", NOW), ("CN", NOW), ("INV", in_2027))
    ]

    assert taken == ["INV-2026-0001", "INV-2026-0002", "CN-2026-0001", "INV-2027-0001"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_some_taken_back_leave_no_gap_and_no_double() -> None:
    """Also the very first number: nobody made the row of the series before."""
    kept: list[str] = []

    def take_many(seed: int) -> None:
        chance = random.Random(seed)  # the same ones in every run
        for _ in range(EACH):
            try:
                with transaction.atomic():
                    number = series.take_next(chance.choice(("INV", "INV", "CN")), at=NOW)
                    if chance.random() < 0.4:
                        raise _TakenBack
                kept.append(number)
            except _TakenBack:
                continue

    outcomes = at_once(*(lambda seed=seed: take_many(seed) for seed in range(THREADS)))

    assert outcomes == ["done"] * THREADS
    assert 0 < len(kept) < THREADS * EACH
    for prefix in ("INV", "CN"):
        mine = sorted(one for one in kept if one.startswith(f"{prefix}-"))
        assert mine == [f"{prefix}-2026-{number:04d}" for number in range(1, len(mine) + 1)]
        assert ReferenceSeries.objects.get(name=prefix).last == len(mine)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_refusal_gives_the_number_back_before_the_next_one_takes_it() -> None:
    def refused() -> None:
        with transaction.atomic():
            series.take_next("INV", at=NOW)
            raise errors.WrongState("No.")

    outcomes = at_once(refused, lambda: series.take_next("INV", at=NOW), refused)

    assert outcomes == ["WrongState", "WrongState", "done"]
    assert series.take_next("INV", at=NOW) == "INV-2026-0002"
