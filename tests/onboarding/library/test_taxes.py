"""Tax by the countries of both sides, and VAT ids as electronic invoices want them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from onboarding.library import tax_ids, taxes


@pytest.mark.parametrize(
    ("seller", "buyer", "ids", "category", "rate", "words"),
    [
        ("US", "US", "", "O", "0", "No sales tax is charged"),
        ("US", "DE", "buyer", "O", "0", "tax is due by the recipient"),
        ("DE", "DE", "both", "S", "19", ""),
        ("FI", "FI", "", "S", "25.5", ""),
        ("DE", "FR", "both", "AE", "0", "Reverse charge"),
        ("DE", "FR", "seller", "S", "19", "gave no VAT id that could be checked, so VAT of Germany is charged"),
        ("DE", "FR", "buyer", "S", "19", "VAT of Germany is charged"),
        ("DE", "US", "seller", "O", "0", "Outside the scope of EU VAT"),
        ("DE", "GB", "both", "O", "0", "Outside the scope of EU VAT"),
        ("GB", "GB", "both", "S", "20", ""),
        ("GB", "DE", "both", "O", "0", "tax is due by the recipient"),
        ("CH", "CH", "", "S", "8.1", ""),
    ],
)
def test_each_pair_of_countries_has_its_treatment(
    seller: str, buyer: str, ids: str, category: str, rate: str, words: str
) -> None:
    given = taxes.of(
        seller=seller, buyer=buyer, seller_vat_id="X1" if ids in {"seller", "both"} else "",
        buyer_vat_id="X2" if ids in {"buyer", "both"} else "", on=date(2026, 11, 29),
    )  # fmt: skip

    assert (given.category, given.rate) == (category, Decimal(rate))
    assert words in given.note
    assert bool(given.note) == bool(words)
    assert taxes.is_ours(given.note)


def test_every_country_of_the_union_has_its_rate_and_numbers_that_are_recognised() -> None:
    assert len(taxes.EU) == 27
    for country in taxes.EU:
        found = taxes.vat_id(tax_ids.example(country), country)
        assert found.startswith(taxes.PREFIXES.get(country, country)), country
        assert taxes.vat_id(found, country) == found


@pytest.mark.parametrize(
    ("number", "country", "found"),
    [
        ("DE 123 456 788", "DE", "DE123456788"),
        ("123456783", "GR", "EL123456783"),
        ("DE123456789", "DE", ""),
        ("", "FR", ""),
        ("04-1234567", "US", ""),
        ("CHE-123.456.788 MWST", "CH", "CHE123456788MWST"),
        ("CHE-123.456.788", "CH", ""),
    ],
    ids=[
        "blanks",
        "Greece has a prefix of its own",
        "wrong check digit",
        "none",
        "no VAT there",
        "Swiss",
        "Swiss, no VAT",
    ],
)
def test_a_vat_id_carries_its_country_or_is_none(number: str, country: str, found: str) -> None:
    assert taxes.vat_id(number, country) == found


def test_words_a_person_wrote_are_not_ours() -> None:
    assert not taxes.is_ours("Exempt under section 4 no. 21.")
