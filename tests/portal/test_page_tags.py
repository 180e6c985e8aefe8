"""Numerals, times, money and marks as the templates write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from portal.templatetags import page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("number", "numeral"), [(1, "I"), (4, "IV"), (9, "IX"), (12, "XII"), (49, "XLIX")])
def test_steps_are_numbered_in_roman(number, numeral):
    assert page.roman(number) == numeral


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW - timedelta(seconds=20), "just now"),
        (NOW + timedelta(seconds=20), "in a moment"),
        (NOW - timedelta(minutes=1), "1 minute ago"),
        (NOW - timedelta(hours=5), "5 hours ago"),
        (NOW - timedelta(days=3, hours=2), "3 days ago"),
        (NOW + timedelta(days=1), "in 1 day"),
    ],
)
def test_a_time_says_how_long_ago(moment, words):
    with time_machine.travel(NOW, tick=False):
        drawn = page.when(moment, "relative")

    assert 'data-style="relative"' in drawn
    assert f">{words}</time>" in drawn


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("exact", "21 Nov 2026, 08:05 UTC"),
        ("both", "21 Nov 2026, 08:05 UTC (1 day ago)"),
        ("date", "Sat 21 Nov 2026"),
        ("clock", "08:05 UTC"),
    ],
)
def test_a_time_carries_its_instant(style, words):
    with time_machine.travel(NOW, tick=False):
        drawn = page.when(datetime(2026, 11, 21, 8, 5, tzinfo=UTC), style)

    assert drawn == (
        f'<time datetime="2026-11-21T08:05:00+00:00" data-style="{style}" title="21 Nov 2026, 08:05 UTC">{words}</time>'
    )


def test_a_date_has_no_zone_to_change():
    assert page.when(date(2026, 12, 3)) == '<time datetime="2026-12-03">Thu 3 Dec 2026</time>'


def test_no_time_draws_nothing():
    assert page.when(None) == ""


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [(Decimal("1234.5"), "USD", "$1,234.50"), ("0.1", "EUR", "€0.10"), (1000, "JPY", "¥1,000"), (None, "USD", "")],
)
def test_money_is_written_with_its_currency(amount, currency, words):
    assert page.money(amount, currency) == words


@pytest.mark.parametrize(
    ("since", "count"),
    [
        (NOW - timedelta(days=9, hours=3), 9),
        (NOW + timedelta(days=2), 0),
        (date(2026, 11, 20), 2),
        (None, 0),
    ],
)
def test_days_since_counts_whole_days(since, count):
    with time_machine.travel(NOW, tick=False):
        assert page.days_since(since) == count


@pytest.mark.parametrize(
    ("value", "short"), [("a" * 64, "aaaaaaaa…aaaaaaaa"), ("realm-4821", "realm-4821"), (None, "")]
)
def test_a_hash_is_shortened_in_the_middle(value, short):
    assert page.short_hash(value) == short


@pytest.mark.parametrize(
    ("name", "letters"), [("Priya Raman", "PR"), ("Ana Maria de Souza", "AS"), ("Cher", "C"), (None, "")]
)
def test_initials_stand_for_a_missing_photo(name, letters):
    assert page.initials(name) == letters


@pytest.mark.parametrize(
    ("holder", "key", "value"), [({"a": 1}, "a", 1), ([7, 8], 1, 8), ([7], 3, ""), (None, "a", "")]
)
def test_lookup_is_empty_where_nothing_is(holder, key, value):
    assert page.lookup(holder, key) == value


def test_an_icon_is_silent_unless_it_means_something():
    assert 'aria-hidden="true"' in page.icon("check")
    assert 'role="img" aria-label="Passed &lt;b&gt;"' in page.icon("check", "Passed <b>")
