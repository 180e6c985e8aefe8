"""Rates by their day: what changed when, and what a rate of another day is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from onboarding.library import tax_rates, taxes


@pytest.mark.parametrize(
    ("country", "day", "rate"),
    [
        ("EE", "2023-12-31", "20"),
        ("EE", "2024-01-01", "22"),
        ("EE", "2025-06-30", "22"),
        ("EE", "2025-07-01", "24"),
        ("FI", "2024-08-31", "24"),
        ("FI", "2024-09-01", "25.5"),
        ("SK", "2024-12-31", "20"),
        ("SK", "2025-01-01", "23"),
        ("RO", "2025-07-31", "19"),
        ("RO", "2025-08-01", "21"),
        ("LU", "2023-06-01", "16"),
        ("LU", "2024-01-01", "17"),
        ("CH", "2023-12-31", "7.7"),
        ("CH", "2024-01-01", "8.1"),
        ("SG", "2023-12-31", "8"),
        ("SG", "2024-01-01", "9"),
        ("ZA", "2025-05-01", "15"),
        ("NO", "1999-01-01", "25"),
    ],
)
def test_a_rate_counts_from_its_first_day_on(country: str, day: str, rate: str) -> None:
    assert tax_rates.rate(country, on=date.fromisoformat(day)) == Decimal(rate)


def test_the_table_is_whole_and_in_order() -> None:
    assert len(tax_rates.EU) == 27
    assert not set(tax_rates.EU) & set(tax_rates.ELSEWHERE)
    for country, periods in tax_rates.STANDARD.items():
        days = [day for day, _ in periods]
        assert days == sorted(set(days)), country
        assert all(Decimal(5) <= rate <= Decimal(27) for _, rate in periods), country
    with pytest.raises(KeyError):
        tax_rates.rate("US", on=date(2026, 1, 1))


def of(seller: str, buyer: str, *, day: str = "2026-11-29", ids: bool = False) -> taxes.Treatment:
    given = {"seller_vat_id": "X1", "buyer_vat_id": "X2"} if ids else {"seller_vat_id": "", "buyer_vat_id": ""}
    return taxes.of(seller=seller, buyer=buyer, on=date.fromisoformat(day), **given)


def test_the_sellers_rate_of_the_day_is_charged_across_the_border_as_well() -> None:
    assert [of("EE", "DE", day=day).rate for day in ("2025-06-30", "2025-07-01")] == [22, 24]
    assert [of("EE", "EE", day=day).rate for day in ("2025-06-30", "2025-07-01")] == [22, 24]


@pytest.mark.parametrize(
    ("seller", "buyer", "category"), [("FR", "MC", "S"), ("DE", "MC", "AE"), ("GB", "IM", "S"), ("IM", "DE", "O")]
)
def test_monaco_and_the_isle_of_man_count_as_their_neighbours(seller: str, buyer: str, category: str) -> None:
    assert of(seller, buyer, ids=True).category == category
    assert taxes.vat_id("40303265045", "MC") == taxes.vat_id("40303265045", "FR") == "FR40303265045"


@pytest.mark.parametrize(("country", "note"), [("US", taxes.UNTAXED), ("HK", taxes.UNTAXED), ("CA", ""), ("JP", "")])
def test_where_no_rate_is_known_a_person_says_how_it_is_taxed(country: str, note: str) -> None:
    assert of(country, country) == taxes.Treatment(category="O", rate=Decimal(0), note=note)


@pytest.mark.parametrize(
    ("seller", "rate", "words"),
    [
        ("EE", "22", "22% is not the rate of Estonia on 1 July 2025: 24% is."),
        ("EE", "24.00", ""),
        ("EE", "9", ""),  # a reduced one: somebody's decision
        ("FI", "24", "24% is not the rate of Finland on 1 July 2025: 25.5% is."),
        ("US", "22", ""),
        ("IM", "20", ""),
    ],
)
def test_a_rate_of_another_day_is_told(seller: str, rate: str, words: str) -> None:
    assert taxes.outdated(seller, Decimal(rate), on=date(2025, 7, 1)) == words
