"""The payments on the invoice's page of staff: confirmed by another person, rejected with words, sent back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.timezone import now

from integrations import card_payments
from onboarding.actors import Role
from onboarding.models import Checkout, Invoice, Payment
from onboarding.workflow.steps import Step
from tests.factories import owner
from tests.integrations.sandbox_fixture import sandbox
from tests.portal.specialist.conftest import signed_in
from tests.portal.specialist.test_first_phase import at

__all__ = ["sandbox"]
URL = "http://localhost:8000/invoice/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def here(standing_at, specialist) -> str:
    """The page of an issued invoice of 9,000."""
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    page = at("invoice", engagement)
    specialist.post(page, {"act": "issue", "invoice_id": Invoice.objects.get().pk})
    Invoice.objects.update(gross=Decimal(9000), net=Decimal(9000))
    return page


def money(act: str = "record_payment", amount: str = "9000.00", **changed: str) -> dict:
    values = {"act": act, "invoice_id": Invoice.objects.get().pk, "amount": amount, "currency": "USD",
              "method": "bank_transfer", "reference": f"{act} {amount}", "received_on": now().date().isoformat()}  # fmt: skip
    return values | changed


def test_much_money_waits_for_another_person(here) -> None:
    first, second = signed_in(Role.FINANCE), signed_in(Role.LEAD)
    first.post(here, money())
    row = Payment.objects.get()
    own, other = first.get(here).content.decode(), second.get(here).content.decode()
    assert ("another person of finance or a lead confirms it" in own, "Confirm it" in own) == (True, False)
    assert ("Waits for a second person" in other, "Confirm it" in other) == (True, True)

    refused = first.post(here, {"act": "confirm_payment", "payment_id": row.pk})
    done = second.post(here, {"act": "confirm_payment", "payment_id": row.pk})
    again = second.post(here, {"act": "confirm_payment", "payment_id": row.pk})

    assert [one.status_code for one in (refused, done, again)] == [403, 302, 409]
    assert "You recorded it yourself" in refused.content.decode()
    assert Invoice.objects.get().state == "paid"


def test_rejecting_needs_words_and_says_them(here) -> None:
    first, second = signed_in(Role.FINANCE), signed_in(Role.FINANCE)
    first.post(here, money())
    row = Payment.objects.get()

    empty = second.post(here, {"act": "reject_payment", "payment_id": row.pk, "note": ""})
    done = second.post(here, {"act": "reject_payment", "payment_id": row.pk, "note": "It is 900.00"})

    assert (empty.status_code, done.status_code) == (422, 302)
    assert "It is 900.00" in first.get(here).content.decode()
    assert Invoice.objects.get().state == "issued"


def test_too_much_is_said_and_sent_back(here) -> None:
    finance = signed_in(Role.FINANCE)
    Invoice.objects.update(gross=Decimal(1000))
    finance.post(here, money(amount="1000.00"))
    finance.post(here, money(amount="1000.01"))
    page = finance.get(here).content.decode()
    assert "$1,000.01 must go back" in page

    too_much = finance.post(here, money("record_refund", "3000.00"))
    done = finance.post(here, money("record_refund", "1000.01"))

    assert (too_much.status_code, done.status_code) == (422, 302)
    assert "Only 2000.01 USD is here to send back." in too_much.content.decode()
    page = finance.get(here).content.decode()
    assert ("must go back" in page, "Sent back: $1,000.01" in page) == (False, True)
    assert Invoice.objects.get().state == "paid"


@pytest.mark.parametrize(("changed", "words"), [
    ({"currency": "EUR"}, "This invoice is in USD."),
    ({"amount": "0"}, "Enter an amount above zero"),
    ({"reference": ""}, "Enter reference"),
    ({"received_on": "2999-01-01"}, "not one to come"),
])  # fmt: skip
def test_wrong_input_comes_back_with_what_was_typed(here, changed, words) -> None:
    finance = signed_in(Role.FINANCE)

    answer = finance.post(here, money(amount="77.77") | changed)

    page = answer.content.decode()
    assert (answer.status_code, words in page, Payment.objects.count()) == (422, True, 0)
    assert ("amount" in changed or "77.77" in page) is True


def test_money_for_a_void_invoice_is_seen_and_sent_back(here) -> None:
    finance = signed_in(Role.FINANCE)
    Invoice.objects.update(gross=Decimal(1000))
    finance.post(here, money(amount="1000.00"))
    Invoice.objects.update(state="void", voided_at=now(), void_reason="Twice")

    page = finance.get(here).content.decode()
    done = finance.post(here, money("record_refund", "1000.00"))

    assert "$1,000.00 must go back" in page
    assert "Money is here for a void invoice" in page
    assert done.status_code == 302
    assert "must go back" not in finance.get(here).content.decode()


def test_a_specialist_reads_and_records_nothing(here, specialist) -> None:
    page = specialist.get(here).content.decode()

    assert ("Finance records payments." in page, 'value="record_payment"' in page) == (True, False)
    assert specialist.post(here, money()).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_card_payment_is_sent_back_from_its_line(here, sandbox, settings) -> None:
    finance = signed_in(Role.FINANCE)
    made = sandbox.new_stripe("Ours")
    settings.OUTBOUND_CA_BUNDLE = sandbox.ca_path
    settings.STRIPE_API_KEY, settings.STRIPE_API_URL = made["secret_key"], sandbox.stripe_url
    Invoice.objects.update(gross=Decimal(1000))
    invoice = Invoice.objects.get()
    sandbox.pay(card_payments.start(invoice.pk, back_url=URL, by=owner(invoice.company), at=now()))
    card_payments.look(Checkout.objects.get(), at=now())
    row = Payment.objects.get()
    assert "Send it back to the card" in finance.get(here).content.decode()

    too_much = finance.post(f"{here}card-refund/", {"payment_id": row.pk, "amount": "1000.01"})
    wrong = finance.post(f"{here}card-refund/", {"payment_id": row.pk, "amount": "some"})
    nobody = finance.post(f"{here}card-refund/", {"payment_id": row.pk + 999, "amount": "1"})
    done = finance.post(f"{here}card-refund/", {"payment_id": row.pk, "amount": "250.00"})

    assert [one.status_code for one in (too_much, wrong, nobody, done)] == [422, 422, 404, 302]
    assert "Enter at most 1000.00 USD." in too_much.content.decode()
    page = finance.get(here).content.decode()
    assert ("Sent back: $250.00" in page, 'value="750.00"' in page) == (True, True)
    assert Invoice.objects.get().state == "part_paid"
