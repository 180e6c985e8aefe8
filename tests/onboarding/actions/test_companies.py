"""Registering, deciding, approving records: once, by the right people, and one company only once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connections

from onboarding import errors, tenancy
from onboarding.actions import companies
from onboarding.actions.companies import AlreadyHere, Details
from onboarding.models import Company, Engagement, Event, JoinRequest, Member, Message, StepRecord, User
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    MemberFactory,
    SpecialistFactory,
    UserFactory,
    lead,
    member,
    owner,
    specialist,
    stranger,
)

pytestmark = pytest.mark.django_db
KINGFISHER = Details(
    name="Kingfisher",
    legal_name="Kingfisher Trading Inc",
    registration_number="C 4711-08",
    country="US",
    tax_id="04-2103594",
    time_zone="America/New_York",
)


def register(details: Details = KINGFISHER, *, email: str = "Olivia@kingfisher.example") -> Engagement:
    return companies.register(
        details, owner_name="Olivia Ortega", owner_email=email, password="seven brown geese",
        solution="salesforce_quickbooks_online", deployment="cloud", at=NOW,
    )  # fmt: skip


def test_registering_makes_company_owner_and_engagement_in_step_one() -> None:
    SpecialistFactory(role="lead", user=UserFactory(email="lena@interweave.example"))

    engagement = register()

    company = engagement.company
    assert (company.state, company.registration_key, company.tax_key) == ("pending", "C471108", "042103594")
    assert company.data_key
    assert engagement.step == Step.WELCOME_CALL
    assert StepRecord.objects.get().step == Step.WELCOME_CALL
    found = Member.objects.get()
    assert (found.user.email, found.roles) == ("olivia@kingfisher.example", ["owner", "signatory"])
    assert found.user.check_password("seven brown geese")
    assert [event.kind for event in Event.objects.all()] == ["engagement.opened"]
    assert Message.objects.get().to == "lena@interweave.example"


@pytest.mark.parametrize(
    ("other", "email", "by"),
    [
        ({"registration_number": "c4711 08"}, "otto@otter.example", "registration number"),
        ({"tax_id": "042103594"}, "otto@otter.example", "tax id"),
        ({}, "otto@kingfisher.example", "e-mail domain"),
    ],
)
def test_a_company_that_is_here_is_found_again(other: dict[str, str], email: str, by: str) -> None:
    there = register().company
    User.objects.update(last_login=NOW)
    details = replace(KINGFISHER, **({"registration_number": "D 1", "tax_id": ""} | other))

    with pytest.raises(AlreadyHere) as met:
        register(details, email=email)

    assert (met.value.company_id, met.value.data["matched_by"]) == (there.pk, by)
    assert (Company.objects.count(), User.objects.count(), Engagement.objects.count()) == (1, 1, 1)


def test_a_number_counts_within_its_country_and_a_common_mail_domain_counts_for_nothing() -> None:
    register(email="olivia@gmail.com")

    register(replace(KINGFISHER, country="CA"), email="otto@gmail.com")

    assert Company.objects.count() == 2


def test_a_mail_domain_counts_once_an_address_in_it_is_proven() -> None:
    squatted = register().company
    details = replace(KINGFISHER, registration_number="D 1", tax_id="")

    register(details, email="otto@kingfisher.example")

    companies.accept(squatted.pk, by=lead(), at=NOW)
    with pytest.raises(AlreadyHere):
        register(replace(details, registration_number="D 2"), email="third@kingfisher.example")


def test_a_declined_company_may_register_anew() -> None:
    first = register().company
    companies.decline(first.pk, note="Not the company's own number.", by=lead(), at=NOW)
    User.objects.filter(email="olivia@kingfisher.example").update(email="gone@kingfisher.example")

    assert register().company != first


@pytest.mark.parametrize("domain", ["dürr株شركة.example", "kingfisher", "a..example"])
def test_an_address_that_no_mail_can_reach_registers_nothing(domain: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        register(email=f"olivia@{domain}")

    assert set(refused.value.fields) == {"owner_email"}
    assert Engagement.objects.count() == 0
    assert register(email="olivia@dürr.example").company.mail_domain == "dürr.example"


def test_an_address_that_signs_in_already_registers_nothing() -> None:
    UserFactory(email="olivia@kingfisher.example")

    with pytest.raises(errors.BadInput) as refusal:
        register()

    assert list(refusal.value.fields) == ["owner_email"]
    assert Company.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_two_people_at_the_same_second_register_one_company() -> None:
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def attempt(email: str) -> None:
        start.wait()
        try:
            outcomes.append(register(replace(KINGFISHER, tax_id=""), email=email))
        except AlreadyHere as met:
            outcomes.append(met)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(f"olivia@{name}.example",)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    with tenancy.acting(staff=True):
        assert Company.objects.count() == Engagement.objects.count() == User.objects.count() == 1
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadyHere", "Engagement"]


def test_a_lead_accepts_and_everyone_is_told() -> None:
    company = register().company

    companies.accept(company.pk, by=lead(), at=NOW)

    company.refresh_from_db()
    assert (company.state, company.decided_at) == ("accepted", NOW)
    assert Message.objects.filter(kind="company.accepted").count() == 1
    with pytest.raises(errors.WrongState):
        companies.decline(company.pk, note="Too late", by=lead(), at=NOW)


def test_who_may_decide() -> None:
    company = register().company

    for by, refusal in (
        (specialist(), errors.NotYours), (owner(company), errors.NotYours), (stranger(), errors.NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            companies.accept(company.pk, by=by, at=NOW)
    with pytest.raises(errors.BadInput):
        companies.decline(company.pk, note=" ", by=lead(), at=NOW)
    company.refresh_from_db()
    assert company.state == "pending"


def test_asking_twice_is_asking_once_and_only_owners_read_it() -> None:
    company = CompanyFactory()
    boss = MemberFactory(company=company)
    member(company)
    user = UserFactory(name="Nina Novak")

    for _ in range(2):
        companies.ask_to_join(company.pk, user=user, message="I do the books.", at=NOW)

    assert JoinRequest.objects.get().message == "I do the books."
    assert [mail.to for mail in Message.objects.all()] == [boss.user.email]


def test_membership_is_seen_by_the_person_alone() -> None:
    here = MemberFactory()
    MemberFactory(company=here.company, user=UserFactory(), removed_at=NOW)

    assert companies.has_member(here.company_id, user=here.user)
    assert not companies.has_member(here.company_id, user=Member.objects.exclude(removed_at=None).get().user)
    assert not companies.has_member(CompanyFactory().pk, user=here.user)
