"""Companies like one another: found by the database, whatever the spelling, by two queries however many there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from onboarding import tenancy
from onboarding.library.company_keys import keys_of
from onboarding.models import Company
from onboarding.queries import duplicates
from tests.factories import NOW, CompanyFactory, EngagementFactory

pytestmark = pytest.mark.django_db
ELSEWHERE = {"street": "9 Dock Street", "postal_code": "SW1A 1AA", "city": "London"}


def company(**details: Any) -> Company:
    return CompanyFactory(**details)


def shared(one: Company) -> list[tuple[str, ...]]:
    return [twin.shared for twin in duplicates.like(one)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fabrikam GmbH", "FABRIKAM"),
        ("Fabrikam GmbH & Co. KG", "Fabrikam Ltd."),
        ("Fabrikam S.A.", "Fabrikam S. A."),
        ("Fabrikam S. A. de C. V.", "Fabrikam SA de CV"),
        ("Fabrikam Sp. z o.o.", "FABRIKAM SPÓŁKA Z O O"),
        ("Łódź Ørsted Æther", "Lodz Orsted Aether Inc"),
        ("Café Crème SARL", "CAFE CREME"),
        ("Straße & Söhne AG", "Strasse und Sohne"),
        ("Blue Ridge Outfitters, Inc.", "BlueRidge-Outfitters"),
        ("O’Neill “Trading”", "ONeill Trading"),
        ("Ｆａｂｒｉｋａｍ", "fabrikam"),
        ("ООО Ромашка", "Ромашка"),
    ],
)
def test_a_name_is_one_whatever_its_form_accents_blanks_and_signs(one: str, other: str) -> None:
    mine, theirs = company(legal_name=one, name=one), company(legal_name=other, name="Other", **ELSEWHERE)

    assert (shared(mine), shared(theirs)) == ([("name",)], [("name",)])


@pytest.mark.parametrize(
    ("one", "other"), [("Fabrikam", "Fabrikant"), ("Blue Ridge", "Blue"), ("!!!", "???"), ("Acme 1", "Acme 2")]
)
def test_other_names_are_others(one: str, other: str) -> None:
    assert shared(company(legal_name=one, name=one)) == []
    company(legal_name=other, name=other, **ELSEWHERE)

    assert shared(Company.objects.get(legal_name=one)) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "word"),
    [
        ({"tax_id": "04-2103594"}, {"tax_id": "04 210 3594"}, "tax id"),
        ({"registration_number": "HRB 778899"}, {"registration_number": "hrb-778899", "country": "DE"},
         "registration number"),
        ({"mail_domain": "fabrikam.example"}, {"mail_domain": "fabrikam.example", "country": "DE"}, "e-mail domain"),
        ({"website": "https://www.fabrikam.example/us"}, {"website": "http://fabrikam.example", "country": "FR"},
         "website"),
        ({"street": "1, Harbour Road", "postal_code": "02110"}, {"street": "1 HARBOUR ROAD", "postal_code": "02110"},
         "address"),
        ({"name": "Fabrikam"}, {"legal_name": "Fabrikam Inc"}, "name"),
    ],
)  # fmt: skip
def test_each_ground_is_named(mine: dict[str, str], theirs: dict[str, str], word: str) -> None:
    one, other = company(**mine), company(**(ELSEWHERE | theirs))

    assert (shared(one), shared(other)) == ([(word,)], [(word,)])


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"tax_id": "04-2103594"}, {"tax_id": "04-2103594", "country": "DE"}),
        ({"legal_name": "Fabrikam Inc"}, {"legal_name": "Fabrikam Inc", "country": "DE"}),
        ({"registration_number": "12345"}, {"registration_number": "12345", "country": "DE"}),
        ({"mail_domain": "", "website": ""}, {"mail_domain": "", "website": ""}),
        ({"mail_domain": "fabrikam.example"}, {"mail_domain": "fabrikam.example", "state": "declined"}),
    ],
    ids=["tax id abroad", "name abroad", "short number abroad", "nothing is not shared", "declined"],
)
def test_what_says_nothing_is_not_shared(mine: dict[str, str], theirs: dict[str, str]) -> None:
    one = company(**mine)
    company(**(ELSEWHERE | theirs))

    assert shared(one) == []


def test_who_shares_most_comes_first_with_its_newest_engagement() -> None:
    one = company(legal_name="Fabrikam Inc", mail_domain="fabrikam.example", tax_id="04-2103594")
    company(legal_name="Fabrikam", **ELSEWHERE)
    twin = company(legal_name="Fabrikam", tax_id="042103594", mail_domain="fabrikam.example", **ELSEWHERE)
    engagement = EngagementFactory(company=twin)

    first, second = duplicates.like(one)

    assert (first.company_id, first.shared) == (twin.pk, ("tax id", "name", "e-mail domain"))
    assert (first.reference, second.reference, second.shared) == (engagement.reference, "", ("name",))


@pytest.mark.parametrize("count", [3, 300])
def test_two_queries_whether_few_or_many(count: int, django_assert_num_queries: Any) -> None:
    one = company(legal_name="Fabrikam Inc", website="https://fabrikam.example/")
    many = [
        Company(name=f"Other {number}", legal_name=f"Fabrikam{'' if number % 2 else number} Ltd", country="US",
                registration_number=f"X {number}", created_at=NOW, **ELSEWHERE)
        for number in range(count)
    ]  # fmt: skip
    for other in many:
        for column, key in keys_of(other).items():
            setattr(other, column, key)
    Company.objects.bulk_create(many)

    with django_assert_num_queries(2):
        found = duplicates.like(one)

    assert [twin.shared for twin in found] == [("name",)] * min(count // 2, duplicates.MOST)


def test_a_company_finds_nobody_and_nothing_of_others() -> None:
    one = company(legal_name="Fabrikam Inc")
    company(legal_name="Fabrikam", **ELSEWHERE)

    with tenancy.acting(company_id=one.pk):
        mine = duplicates.like(one)
    with tenancy.acting(staff=True):
        staffs = duplicates.like(one)

    assert len(staffs) == 1
    assert len(mine) == (0 if connection.vendor == "postgresql" else 1)  # the second wall stands on PostgreSQL alone


def test_long_letters_written_out_do_not_break_a_key() -> None:
    spread = "ﷺ" * 60  # one sign, eighteen letters

    one = company(legal_name=spread * 3, registration_number=spread, tax_id=spread, street=spread, city=spread)

    one.refresh_from_db()
    assert (len(one.registration_key), len(one.tax_key), len(one.legal_name_key)) == (70, 70, 200)
