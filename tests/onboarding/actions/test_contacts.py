"""The four contacts: named, changed, refused."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import contacts, verifications
from onboarding.models import Contact, Engagement, Event
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    MemberFactory,
    UserFactory,
    owner,
    specialist,
    stranger,
    viewer,
)

pytestmark = pytest.mark.django_db
ANN = {"kind": "main", "name": " Ann Archer ", "email": "ann@acme.example", "title": "CFO", "phone": "+1 555 0100"}


def save(engagement: Engagement, by: Any = None, **changes: Any) -> Contact:
    return contacts.save(engagement.pk, **(ANN | changes), by=by or owner(engagement.company), at=NOW)


@pytest.mark.parametrize("is_staff", [False, True], ids=["by the customer", "by a specialist"])
def test_a_contact_is_named(is_staff: bool) -> None:
    engagement = EngagementFactory()

    save(engagement, by=specialist() if is_staff else None)

    contact = Contact.objects.get()
    assert (contact.kind, contact.name, contact.title, contact.company) == (
        "main", "Ann Archer", "CFO", engagement.company,
    )  # fmt: skip
    assert [(event.kind, event.data["kind"]) for event in Event.objects.all()] == [("contact.saved", "main")]


def test_the_same_details_twice_are_saved_once() -> None:
    engagement = EngagementFactory()
    save(engagement)

    save(engagement)

    assert (Contact.objects.count(), Event.objects.count()) == (1, 1)


def test_another_signatory_must_be_verified_again_another_phone_number_not() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value)
    save(engagement, kind="executive_sponsor")
    verifications.open_for(engagement, by=specialist(), at=NOW)
    verifications.decide(
        engagement.pk, check_code="signatory", outcome="passed", evidence="Passport seen", by=specialist(), at=NOW
    )
    check = engagement.verifications.get(check_code="signatory")

    save(engagement, kind="executive_sponsor", phone="+1 555 0199")
    check.refresh_from_db()
    assert (check.outcome, check.evidence) == ("passed", "Passport seen")

    save(engagement, kind="executive_sponsor", name="Bea Baker")
    check.refresh_from_db()
    assert (check.outcome, check.evidence) == ("open", "")


def test_another_main_contact_is_held_against_the_companys_domain_again() -> None:
    company = CompanyFactory(mail_domain="acme.example")
    engagement = EngagementFactory(company=company, step=Step.CUSTOMER_VERIFICATION.value)
    MemberFactory(company=company, user=UserFactory(email="ann@acme.example", last_login=NOW))
    save(engagement)
    verifications.open_for(engagement, by=specialist(), at=NOW)
    assert engagement.verifications.get(check_code="mail_domain").outcome == "passed"

    save(engagement, email="ann@elsewhere.example")

    assert engagement.verifications.get(check_code="mail_domain").outcome == "open"


def test_another_billing_contact_reopens_nothing() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value)
    save(engagement, kind="billing")

    save(engagement, kind="billing", name="Bea Baker")

    assert Contact.objects.get().name == "Bea Baker"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": "friend"}, "kind", "Choose which contact this is."),
        ({"name": "  "}, "name", "Enter the person's full name."),
        ({"name": "n" * 151}, "name", "Enter at most 150 characters."),
        ({"email": "ann"}, "email", "Enter an e-mail address like name@company.com."),
        (
            {"kind": "executive_sponsor", "title": ""}, "title",
            "Enter the job title: it is printed beside the signature.",
        ),
    ],
)  # fmt: skip
def test_details_that_cannot_be_taken_are_refused_with_words(changes: dict, field: str, words: str) -> None:
    engagement = EngagementFactory()

    with pytest.raises(errors.BadInput) as refusal:
        save(engagement, **changes)

    assert refusal.value.fields == {field: words}
    assert (Contact.objects.count(), Event.objects.count()) == (0, 0)


def test_a_viewer_and_a_stranger_change_nothing() -> None:
    engagement = EngagementFactory()

    with pytest.raises(errors.NotYours):
        save(engagement, by=viewer(engagement.company))
    with pytest.raises(errors.NotFound):
        save(engagement, by=stranger())

    assert (Contact.objects.count(), Event.objects.count()) == (0, 0)
