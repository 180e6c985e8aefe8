"""Contacts, requirements, records, agreement, invoice and plan at the browser."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from onboarding.actions import requirements
from onboarding.library import consent
from onboarding.models import Contact, Engagement, Message, Requirement, User
from onboarding.workflow.steps import Step
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
NAMED = {"name": "Tom Baker", "email": "tom@acme.example", "title": "Head of Accounting", "phone": ""}


def just_identified(client: Client) -> Client:
    """Signed in a moment ago: signing asks for no second proof."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


# --- Contacts -----------------------------------------------------------------------------------------------------------


def test_a_contact_is_named_and_changed(welcome: Cast) -> None:
    client = signed_in(welcome)

    named = client.post("/contacts/billing/", NAMED)
    client.post("/contacts/billing/", NAMED | {"name": "Bea Billing"})

    assert said(named) == "Billing contact: Tom Baker."
    assert Contact.objects.get().name == "Bea Billing"
    assert "You have completed 1 of 4" in client.get("/contacts/").content.decode()


def test_a_contact_without_address_keeps_the_rest(welcome: Cast) -> None:
    reply = signed_in(welcome).post("/contacts/billing/", NAMED | {"email": "tom"})

    page = reply.content.decode()
    assert reply.status_code == 422
    assert ('value="Tom Baker"' in page, 'value="tom"' in page) == (True, True)
    assert "Enter an e-mail address like name@company.com" in page
    assert signed_in(welcome).get("/contacts/astrologer/").status_code == 404


def test_the_main_contact_is_proposed(welcome: Cast) -> None:
    assert f'value="{welcome.owner.email}"' in signed_in(welcome).get("/contacts/main/").content.decode()


# --- Requirements ----------------------------------------------------------------------------------------------------------


def test_requirements_are_signed_off_as_shown() -> None:
    cast = journey(Step.REQUIREMENTS_REVIEW)
    phase_one.listed(cast)
    client = signed_in(cast)
    shown = client.get("/requirements/").context["sha256"]
    client.post("/requirements/", {"text": "Nothing runs at night.", "kind": "constraint"})

    stale = client.post("/requirements/sign-off/", {"sha256": shown})
    fresh = client.post("/requirements/sign-off/", {"sha256": client.get("/requirements/").context["sha256"]})

    assert (stale.status_code, "The list changed since you opened it." in stale.content.decode()) == (409, True)
    assert said(fresh) == "Requirements signed off."
    assert "Sign off this list" not in client.get("/requirements/").content.decode()


def test_a_flow_is_proposed_by_its_name(collecting: Cast) -> None:
    client = signed_in(collecting)
    proposed = {"text": "Invoices within the hour.", "kind": "flow"}

    unnamed = client.post("/requirements/", proposed)
    done = client.post("/requirements/", proposed | {"flow": "account_to_customer"})

    assert unnamed.status_code == 422
    assert '<a href="#id_flow">Choose the flow this requirement is about.</a>' in unnamed.content.decode()
    assert said(done) == "Added. Your specialist reads it and gives it a priority."
    assert "Flow: Account to Customer" in client.get("/requirements/").content.decode()


def test_the_requirements_cost_the_same_for_one_and_for_three(collecting: Cast, django_assert_num_queries) -> None:
    client = signed_in(collecting)

    def add(text: str) -> None:
        requirements.add(
            collecting.engagement.pk, text=text, kind="mapping", priority="", flow="", source="", by=collecting.owner,
            at=collecting.at,
        )  # fmt: skip

    add("One")
    client.get("/requirements/")
    with django_assert_num_queries(20):
        client.get("/requirements/")
    add("Two")
    add("Three")
    with django_assert_num_queries(20):
        client.get("/requirements/")


def test_an_empty_proposal_says_what_to_write(collecting: Cast) -> None:
    reply = signed_in(collecting).post("/requirements/", {"text": " ", "kind": "mapping"})

    assert (reply.status_code, Requirement.objects.exists()) == (422, False)


# --- Step V -------------------------------------------------------------------------------------------------------------------


def test_records_are_approved_once_and_opened_by_a_correction() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = signed_in(cast)

    seen = {"seen_sha256": client.get("/records/").context["seen_sha256"]}

    unread = client.post("/records/approve/", {"seen_sha256": "0" * 64})
    approved = client.post("/records/approve/", seen)
    again = client.post("/records/approve/", seen)
    corrected = client.post(
        "/records/correct/", {"legal_name": "Acme Trading Ltd", "registration_number": cast.company.registration_number}
    )

    assert (unread.status_code, said(approved), again.status_code) == (409, "Records approved. Thank you.", 302)
    assert said(corrected) == "Saved. What rests on a changed detail is checked again."
    assert "Approve these records" in client.get("/records/").content.decode()
    assert client.post("/records/correct/", {"legal_name": "", "registration_number": "1"}).status_code == 422


def test_the_agreement_is_signed_under_ones_own_name() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    asked = signed_in(cast).get("/agreement/sign/")
    client = just_identified(signed_in(cast))
    seen = client.get("/agreement/sign/").context["form"].initial["seen_sha256"]
    signature = {
        "typed_name": "Maria Fernández",
        "title": "Managing Director",
        "consent": "on",
        "consent_sha256": consent.digest(),
        "seen_sha256": seen,
    }

    wrong = client.post("/agreement/sign/", signature | {"typed_name": "M. F."})
    unread = client.post("/agreement/sign/", signature | {"seen_sha256": "0" * 64})
    right = client.post("/agreement/sign/", signature)
    twice = client.post("/agreement/sign/", signature)

    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Type your name as it stands in the agreement: Maria Fernández." in page
    assert 'value="Managing Director"' in page
    assert unread.status_code == 409
    assert said(right) == "Signed. InterWeave countersigns next; you get your copy by e-mail."
    assert twice.status_code == 409


def test_only_who_can_sign_is_led_to_the_signature() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    viewer, signatory = just_identified(signed_in(cast, cast.viewer)), just_identified(signed_in(cast))
    offered = [client.get("/agreement/").content.decode() for client in (viewer, signatory)]

    turned_away, asked = viewer.get("/agreement/sign/"), signatory.get("/agreement/sign/")
    signatory.post("/records/correct/", {"legal_name": "Acme Trading Ltd", "registration_number": "1"})
    corrected = signatory.get("/agreement/").content.decode()

    assert ["Sign the agreement" in page for page in offered] == [False, True]
    assert (turned_away.status_code, turned_away.headers["Location"], asked.status_code) == (302, "/agreement/", 200)
    assert ("Sign the agreement" in corrected, "It can&#x27;t be signed as it is" in corrected) == (False, True)


def test_declining_asks_why() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = signed_in(cast)

    silent, told = (client.post("/agreement/decline/", {"reason": words}) for words in ("", "The cap is too low."))

    assert (silent.status_code, "Say what you can&#x27;t agree to." in silent.content.decode()) == (422, True)
    assert said(told) == "Declined. Your specialist reads your reason and answers."
    assert "The cap is too low." in client.get("/agreement/").content.decode()


def test_an_invoice_shows_what_is_open() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    phase_one.part_paid(cast)

    page = signed_in(cast, cast.viewer).get("/invoice/").content.decode()

    assert "Part paid" in page
    assert "$888.00" in page
    assert "<strong>$4,000.00</strong> is still open, due on" in page


def test_a_plan_is_agreed_as_shown() -> None:
    cast = journey(Step.PLAN_TIMELINE)
    phase_one.proposed(cast)
    client, plan = signed_in(cast), cast.engagement.plans.last()

    nothing, agreed = client.post("/plan/agree/"), client.post("/plan/agree/", {"plan": plan.pk})

    assert nothing.status_code == 404
    assert said(agreed) == "Plan agreed. Technical work begins."
    assert client.post("/plan/agree/", {"plan": plan.pk}).status_code == 302
    assert "Agree the plan" not in client.get("/plan/").content.decode()


def test_closing_step_five_says_that_the_engagement_is_active_and_what_is_next() -> None:
    cast = journey(Step.PLAN_TIMELINE)

    [mail] = Message.objects.filter(kind="engagement.activate", to=User.objects.get(pk=cast.owner.user_id).email)

    assert mail.subject == "Your engagement is active"
    assert "the agreement is signed and the invoice is paid" in mail.text
    assert "Next is step VI, Plan & Timeline." in mail.text
    assert Engagement.objects.get(pk=cast.engagement.pk).activated_at is not None
