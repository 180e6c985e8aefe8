"""Step IV's checks: decided by rule where a rule can, by people elsewhere, open again when their ground moves."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import agreements, contacts, verifications
from onboarding.actors import Role
from onboarding.models import Agreement, Company, Engagement, Event, Verification
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    SpecialistFactory,
    finance,
    lead,
    member,
    owner,
    specialist,
    stranger,
    viewer,
)

pytestmark = pytest.mark.django_db


def opened(step: Step = Step.CUSTOMER_VERIFICATION, **company: Any) -> Engagement:
    details = {"tax_id": "04-2103594", "mail_domain": "acme.example"} | company
    engagement = EngagementFactory(
        company=CompanyFactory(**details), step=step.value, specialist=SpecialistFactory()
    )  # fmt: skip
    contacts.save(
        engagement.pk, kind="main", name="Ann", email="ann@acme.example", title="", phone="", by=specialist(), at=NOW
    )
    verifications.open_for(engagement, by=specialist(), at=NOW)
    return engagement


def outcomes(engagement: Engagement) -> dict[str, str]:
    return dict(engagement.verifications.values_list("check_code", "outcome"))


def decide(engagement: Engagement, by: Any = None, **given: Any) -> Verification:
    details = {"check_code": "legal_name", "outcome": "passed", "evidence": "Register, page 2"} | given
    return verifications.decide(engagement.pk, **details, by=by or specialist(), at=NOW)


def correct(engagement: Engagement, by: Any = None, **details: Any) -> Company:
    return verifications.correct_company(engagement.pk, **details, by=by or owner(engagement.company), at=NOW)


def test_rules_decide_what_they_can_and_leave_the_rest_to_people() -> None:
    engagement = opened()

    verifications.open_for(engagement, by=specialist(), at=NOW)

    assert outcomes(engagement) == {
        "legal_name": "open", "registration_number": "open", "tax_id": "passed", "address": "passed",
        "mail_domain": "passed", "signatory": "open",
    }  # fmt: skip
    tax_id = engagement.verifications.get(check_code="tax_id")
    assert (tax_id.value, tax_id.evidence, tax_id.by) == ("04-2103594", "Valid as EIN: 042103594", "InterWeave")


@pytest.mark.parametrize(
    ("company", "check", "outcome"),
    [
        ({"tax_id": "07-1234567"}, "tax_id", "failed"),
        ({"tax_id": ""}, "tax_id", "open"),
        ({"tax_id": "1234", "country": "AE"}, "tax_id", "open"),
        ({"tax_id": "DE136695976", "country": "DE"}, "tax_id", "passed"),
        ({"tax_id": "DE136695970", "country": "DE"}, "tax_id", "failed"),
        ({"street": ""}, "address", "failed"),
        ({"mail_domain": "other.example"}, "mail_domain", "open"),
        ({"mail_domain": ""}, "mail_domain", "open"),
    ],
)
def test_each_rule_says_what_it_found(company: dict[str, str], check: str, outcome: str) -> None:
    assert outcomes(opened(**company))[check] == outcome


def test_a_specialist_decides_with_evidence() -> None:
    engagement, by = opened(), specialist()

    check = decide(engagement, by=by, evidence=" Register, page 2 ")

    assert (check.outcome, check.evidence, check.by, check.value) == (
        "passed", "Register, page 2", by.name, engagement.company.legal_name,
    )  # fmt: skip
    assert Event.objects.last().data == {"check": "legal_name", "outcome": "passed"}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"outcome": "open"}, "outcome"), ({"outcome": "x"}, "outcome"), ({"evidence": " "}, "evidence")],
)
def test_a_decision_without_outcome_or_evidence_is_refused(given: dict[str, str], field: str) -> None:
    engagement = opened()
    before = Event.objects.count()

    with pytest.raises(errors.BadInput) as refusal:
        decide(engagement, **given)

    assert list(refusal.value.fields) == [field]
    assert (outcomes(engagement)["legal_name"], Event.objects.count()) == ("open", before)


def test_only_a_lead_waives_and_only_specialists_decide() -> None:
    engagement = opened()

    for by in (specialist(), owner(engagement.company), finance()):
        with pytest.raises(errors.NotYours):
            decide(engagement, by=by, outcome="waived")
    with pytest.raises(errors.NotFound):
        decide(engagement, by=stranger())
    with pytest.raises(errors.NotFound):
        decide(engagement, check_code="horoscope")
    assert outcomes(engagement)["legal_name"] == "open"

    assert decide(engagement, by=lead(), outcome="waived").outcome == "waived"


def test_details_are_verified_from_step_four_on() -> None:
    engagement = opened(Step.REQUIREMENTS_REVIEW)

    with pytest.raises(errors.WrongStep):
        decide(engagement)


def test_a_corrected_detail_opens_its_check_again_and_runs_its_rule() -> None:
    engagement = opened(step=Step.CUSTOMER_APPROVAL)
    decide(engagement)
    decide(engagement, check_code="signatory")
    Engagement.objects.filter(pk=engagement.pk).update(records_approved_at=NOW, records_approved_by="Ann")

    company = correct(engagement, legal_name=" Acme Ltd (UK) ", street="", city="Boston")

    assert (company.legal_name, company.street) == ("Acme Ltd (UK)", "")
    found = outcomes(engagement)
    assert (found["legal_name"], found["address"], found["signatory"]) == ("open", "failed", "passed")
    assert Event.objects.last().data == {"fields": ["legal_name", "street"]}
    engagement = Engagement.objects.get()
    assert (engagement.records_approved_at, engagement.records_approved_by) == (None, "")


def test_the_same_details_and_ones_no_check_rests_on_reopen_nothing() -> None:
    engagement = opened(step=Step.CUSTOMER_APPROVAL)
    decide(engagement)
    Engagement.objects.filter(pk=engagement.pk).update(records_approved_at=NOW, records_approved_by="Ann")
    before = Event.objects.count()

    correct(engagement, city="Boston")
    assert Event.objects.count() == before
    correct(engagement, website="https://acme.example")

    engagement = Engagement.objects.get()
    assert (outcomes(engagement)["legal_name"], engagement.records_approved_by) == ("passed", "Ann")


def test_keys_follow_their_numbers() -> None:
    engagement = opened()

    correct(engagement, registration_number="HRB 77-66", tax_id="12 3456789")

    company = Company.objects.get(pk=engagement.company_id)
    assert (company.registration_key, company.tax_key) == ("HRB7766", "123456789")


def test_another_companys_number_is_refused_and_nothing_changes() -> None:
    other, engagement = CompanyFactory(registration_number="HRB 1", registration_key="HRB1"), opened()
    before = engagement.company.registration_number

    with pytest.raises(errors.BadInput) as refusal:
        correct(engagement, registration_number="HRB-1", city="Elsewhere")

    assert refusal.value.fields == {
        "registration_number": "Another company is registered with this number in this country."
    }
    company = Company.objects.get(pk=engagement.company_id)
    assert (company.registration_number, company.city, other.name != company.name) == (before, "Boston", True)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"legal_name": " "}, "This can't be empty."),
        ({"state": "accepted"}, "This detail can't be changed here."),
        ({"country": "XX"}, "Choose a country."),
        ({"country": "USA"}, "Ensure this value has at most 2 characters (it has 3)."),
        ({"website": "nowhere"}, "Enter a valid URL."),
    ],
)
def test_details_that_cannot_be_are_refused_with_words(details: dict[str, str], words: str) -> None:
    engagement = opened()

    with pytest.raises(errors.BadInput) as refusal:
        correct(engagement, **details)

    assert list(refusal.value.fields.values()) == [words]
    assert not Event.objects.filter(kind="company.corrected").exists()


def test_only_owner_and_specialists_correct() -> None:
    engagement = opened()

    for by in (viewer(engagement.company), member(engagement.company, Role.BILLING)):
        with pytest.raises(errors.NotYours):
            correct(engagement, by=by, city="Elsewhere")
    with pytest.raises(errors.NotFound):
        correct(engagement, by=stranger(), city="Elsewhere")
    assert Company.objects.get(pk=engagement.company_id).city == "Boston"

    assert correct(engagement, by=specialist(), city="Cambridge").city == "Cambridge"


def test_a_draft_agreement_follows_a_correction_an_issued_one_can_no_longer_be_signed() -> None:
    engagement = opened()
    agreements.draft(engagement, by=specialist(), at=NOW)

    correct(engagement, legal_name="Acme Holding Ltd")

    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.terms["company"]["legal_name"]) == ("draft", "Acme Holding Ltd")
    assert agreements.is_true(agreement)
    Agreement.objects.update(state="issued")
    correct(engagement, legal_name="Acme Again Ltd")
    assert not agreements.is_true(Agreement.objects.get())
