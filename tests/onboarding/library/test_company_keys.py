"""When two numbers are one."""

from importlib import import_module
from types import SimpleNamespace

import pytest

from onboarding.library.company_keys import key_of, keys_of


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("HRB 12 345", "HRB12345"),
        ("hrb-12345", "HRB12345"),
        ("ＨＲＢ １２３４５", "HRB12345"),
        ("ΓΕΜΗ 000123", "ΓΕΜΗ000123"),
        ("京 0101-01-999", "京010101999"),
        (" – ", ""),
    ],
    ids=["spaces", "small letters", "full width", "Greek", "Chinese", "nothing"],
)
def test_a_number_is_compared_by_its_letters_and_digits(number: str, key: str) -> None:
    assert key_of(number) == key


@pytest.mark.parametrize(
    "name", ["Fabrikam Sp. z o.o.", "O’Neill & Søn A/S", "S. A. de C. V.", "Łódź", "ﷺ" * 40, "", "!"]
)
def test_the_keys_kept_by_the_last_migration_are_those_made_now(name: str) -> None:
    """Whoever changes what makes a key writes the kept ones anew, by another migration, and names it here."""
    migration = import_module("onboarding.migrations.0007_company_keys")
    details = {"street": name, "postal_code": "", "city": "Köln", "website": "https://www.Fabrikam.example/x"}
    company = SimpleNamespace(name=name, legal_name=name, registration_number=name, tax_id=name, **details)

    keys = keys_of(company)

    assert (keys["legal_name_key"], keys["address_key"], keys["registration_key"]) == (
        migration.name_key(name)[:200], migration.address_key(company)[:300], migration.number_key(name)[:70],
    )  # fmt: skip
