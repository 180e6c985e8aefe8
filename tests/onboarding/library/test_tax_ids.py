"""Tax numbers: every country the library of numbers knows has its words, an example that passes, and a check."""

from __future__ import annotations

import pytest

from onboarding.library import tax_ids

COUNTRIES = tax_ids.countries()


def test_every_country_of_the_number_library_is_known_and_none_besides() -> None:
    assert sorted(tax_ids.KNOWN) == COUNTRIES
    assert len(COUNTRIES) > 80


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_countrys_example_passes_its_own_check_and_a_spoilt_one_does_not(country: str) -> None:
    example = tax_ids.example(country)

    passed, words = tax_ids.check(example, country)

    assert passed is True
    assert words.startswith(f"Valid as {tax_ids.name(country)}: ")
    assert tax_ids.hint(country) == f"{tax_ids.name(country)}, such as {example}"
    for spoilt in ("?", "Our number"):
        refused, why = tax_ids.check(spoilt, country)
        assert refused is (None if tax_ids.KNOWN[country].is_personal else False), spoilt
        assert why
        assert "Our number" not in why


@pytest.mark.parametrize(
    ("country", "number"),
    [("DE", "DE123456789"), ("IT", "IT12345678888"), ("BR", "12.345.678/9012-31"), ("PL", "PL1234567803"),
     ("ES", "B12345675"), ("FR", "FR12123456782"), ("FR", "123456783"), ("GB", "GB 123 4567 83"),
     ("NL", "NL123456783B01"), ("CH", "CHE-123.456.789"), ("AU", "12 345 678 013"), ("US", "07-1234567")],
)  # fmt: skip
def test_a_wrong_check_digit_is_found_and_an_example_is_shown(country: str, number: str) -> None:
    passed, words = tax_ids.check(number, country)

    assert (passed, words.endswith(f"one looks like {tax_ids.example(country)}")) == (False, True)


def test_a_country_without_a_rule_waits_for_a_person() -> None:
    assert tax_ids.check("1234", "AE") == (None, "No rule is known for AE")
    assert (tax_ids.name("AE"), tax_ids.example("AE")) == ("VAT or tax number", "")
    assert tax_ids.hint("AE") == "As the country's tax office gave it"
