"""A company's details corrected: which checks are open again, what follows, and what is refused."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import agreements
from onboarding.actors import Role
from onboarding.models import Agreement, Company, Engagement, Event, Message
from onboarding.queries import signing
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    member,
    specialist,
    stranger,
    viewer,
)
from tests.verifications import correct, decide, opened, outcomes

pytestmark = pytest.mark.django_db


def test_a_corrected_detail_opens_its_check_again_and_runs_its_rule() -> None:
    engagement = opened(step=Step.CUSTOMER_APPROVAL)
    decide(engagement)
    decide(engagement, check_code="signatory")
    Engagement.objects.filter(pk=engagement.pk).update(records_approved_at=NOW, records_approved_by="Ann")

    company = correct(engagement, legal_name=" Acme Ltd (UK) ", street="", city="Boston")

    assert (company.legal_name, company.street) == ("Acme Ltd (UK)", "")
    found = outcomes(engagement)
    assert (found["legal_name"], found["address"], found["signatory"]) == ("open", "failed", "passed")
    assert Event.objects.get(kind="company.corrected").data == {"fields": ["legal_name", "street"]}
    reopened = Event.objects.get(kind="verification.reopened", is_internal=False)
    because = (
        f"Legal name: “{engagement.company.legal_name}” is now “Acme Ltd (UK)”. Street: “1 Main Street” is now “”."
    )
    assert reopened.data == {"checks": ["legal_name", "address"], "because": because}
    check = engagement.verifications.get(check_code="legal_name")
    assert (check.reopened_at, check.reopened_because) == (NOW, because)
    told = Message.objects.get(kind="verification.reopened")
    assert told.to == engagement.specialist.user.email
    assert because in told.text
    assert "To be checked again: Legal name, Postal address" in told.text
    assert "approval of its records is withdrawn" in told.text
    engagement = Engagement.objects.get()
    assert (engagement.records_approved_at, engagement.records_approved_by) == (None, "")


def test_the_same_details_change_nothing_and_another_website_only_what_was_approved() -> None:
    engagement = opened(step=Step.CUSTOMER_APPROVAL)
    decide(engagement)
    Engagement.objects.filter(pk=engagement.pk).update(records_approved_at=NOW, records_approved_by="Ann")
    before = Event.objects.count()

    correct(engagement, city="Boston")
    assert Event.objects.count() == before
    correct(engagement, website="https://acme.example")

    engagement = Engagement.objects.get()
    assert (outcomes(engagement)["legal_name"], engagement.records_approved_by) == ("passed", "")


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
    assert signing.is_true(agreement)
    Agreement.objects.update(state="issued")
    correct(engagement, legal_name="Acme Again Ltd")
    assert not signing.is_true(Agreement.objects.get())
