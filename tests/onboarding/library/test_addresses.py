"""Addresses as each country writes them: nothing a customer gave goes missing, no separator is left over."""

from __future__ import annotations

import pytest

from onboarding.library import addresses

GIVEN = {"street": "Hauptstr. 1", "city": "Town", "region": "", "postal_code": "12345"}


def lines(country: str, **given: str) -> list[str]:
    return addresses.lines(country=country, **GIVEN | given)


@pytest.mark.parametrize(
    ("country", "given", "written"),
    [
        ("DE", {"city": "München", "region": "Bayern", "postal_code": "80331"}, ["Hauptstr. 1", "80331 München"]),
        ("US", {"city": "Portland", "region": "OR", "postal_code": "97201"}, ["Hauptstr. 1", "Portland, OR 97201"]),
        ("US", {"city": "Portland", "postal_code": "97201"}, ["Hauptstr. 1", "Portland, 97201"]),
        ("US", {"city": "Portland", "region": "OR", "postal_code": ""}, ["Hauptstr. 1", "Portland, OR"]),
        ("US", {"postal_code": ""}, ["Hauptstr. 1", "Town"]),
        ("DE", {"city": "Berlin", "region": "Berlin"}, ["Hauptstr. 1", "12345 Berlin"]),
        ("GB", {"city": "London", "postal_code": "SW1A 1AA"}, ["Hauptstr. 1", "London", "SW1A 1AA"]),
        ("CH", {"city": "Zürich", "postal_code": "8001"}, ["Hauptstr. 1", "8001 Zürich"]),
        ("SE", {"city": "Stockholm", "postal_code": "SE-111 22"}, ["Hauptstr. 1", "SE-111 22 Stockholm"]),
        ("SG", {"city": "Singapore", "postal_code": "018956"}, ["Hauptstr. 1", "018956", "Singapore"]),
        ("AE", {"city": "Dubai", "region": "Dubai", "postal_code": ""}, ["Hauptstr. 1", "Dubai"]),
        ("AE", {"city": "Dubai", "postal_code": "PO 7"}, ["Hauptstr. 1", "Dubai", "PO 7"]),
        ("JP", {"street": "1-1", "city": "千代田区", "region": "東京都", "postal_code": "100-0001"},
         ["100-0001", "東京都 千代田区", "1-1"]),
        ("JP", {"street": "1-1 Marunouchi", "city": "Chiyoda", "region": "Tokyo", "postal_code": "100-0001"},
         ["1-1 Marunouchi, Chiyoda, Tokyo", "100-0001"]),
        ("XX", {}, ["Hauptstr. 1", "12345 Town"]),
        ("", {"street": "", "city": "", "postal_code": ""}, []),
    ],
)  # fmt: skip
def test_each_country_writes_its_own(country: str, given: dict[str, str], written: list[str]) -> None:
    assert lines(country, **given) == written


@pytest.mark.parametrize(
    "country", ["BR", "CA", "CN", "FR", "HK", "IE", "IN", "IT", "KR", "MX", "NL", "NZ", "PL", "TW"]
)
def test_street_city_and_code_are_always_there(country: str) -> None:
    written = " ".join(lines(country, region="Region"))

    assert all(part in written for part in ("Hauptstr. 1", "Town", "12345"))
