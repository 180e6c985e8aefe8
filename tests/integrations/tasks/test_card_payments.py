"""Paying an invoice at Stripe from end to end: the button, the page, the events, the rows; whoever tells first."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from integrations import card_payments
from integrations.stripe.client import Wish
from integrations.tasks.card_payments import sweep_checkouts
from integrations.tasks.webhooks import heed_webhook
from onboarding import errors, tenancy
from onboarding.actions import invoices, payments
from onboarding.models import Checkout, Document, Invoice, Message, Payment, WebhookDelivery
from tests.at_once import at_once
from tests.doors import entered, payers_door
from tests.factories import stranger, viewer
from tests.integrations.tasks.till import BACK_URL, FAILING, GOOD, Till, kinds, till

__all__ = ["till"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_paid_by_card_and_told_by_the_event(till: Till) -> None:
    url = till.press()
    row = Checkout.objects.get()
    assert (row.state, row.url, row.amount, row.currency) == ("open", url, 4888, "USD")

    till.sandbox.pay(url)
    outcomes = till.heed(3)

    row.refresh_from_db()
    payment = Payment.objects.get()
    assert till.stands() == ("paid", 4888, 0)
    assert (row.state, row.payment_id, row.url) == ("paid", payment.pk, "")
    assert (payment.method, payment.reference, payment.state, payment.recorded_by) == (
        "card", row.payment_intent, "confirmed", "Stripe",
    )  # fmt: skip
    assert sorted(outcomes) == ["It is paid.", "Nothing follows from this event.", "Nothing follows from this event."]
    assert Message.objects.filter(kind="invoice.paid").count() == 1
    assert kinds("checkout") == ["checkout.opened"]
    kept = WebhookDelivery.objects.filter(event="checkout.session.completed").get()
    assert kept.object_id == row.session_id


def test_pressing_twice_leads_to_the_same_page(till: Till) -> None:
    assert till.press() == till.press()
    assert Checkout.objects.count() == 1
    assert till.sandbox.state("stripe", till.account)["records"]["session"] == 1


def test_the_return_page_first_and_the_event_afterwards_is_once(till: Till) -> None:
    till.sandbox.pay(till.press())

    assert till.look().state == "paid"
    till.heed(3)

    assert till.stands() == ("paid", 4888, 0)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("fault", ["webhook_twice", "webhook_out_of_order"])
def test_events_twice_or_out_of_order_end_in_the_same(till: Till, fault: str) -> None:
    url = till.press()
    till.sandbox.fault("stripe", till.account, fault, value=1)
    till.sandbox.pay(url)

    till.heed(3)

    assert till.stands() == ("paid", 4888, 0)
    assert (Payment.objects.count(), WebhookDelivery.objects.count()) == (1, 3)


@pytest.mark.parametrize("fault", ["webhook_forged", "webhook_old"])
def test_a_forged_or_old_event_changes_nothing_and_the_return_page_still_finds_out(till: Till, fault: str) -> None:
    url = till.press()
    till.sandbox.fault("stripe", till.account, fault)
    till.sandbox.pay(url)
    till.heed(3)
    assert till.stands() == ("issued", 0, 0)
    refused = [row for row in till.sandbox.deliveries(till.account) if row["state"] == "given up"]
    assert [row["content"]["type"] for row in refused] == ["checkout.session.completed"]

    assert till.look().state == "paid"


def test_a_replayed_event_is_answered_the_same_and_heeded_once(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.heed(3)
    [sent] = [row for row in till.sandbox.deliveries(till.account) if row["content"]["type"].endswith("completed")]

    reply = Client().post(
        "/webhooks/stripe/", sent["body"], content_type="application/json", headers=sent["headers"]
    )  # fmt: skip

    assert reply.status_code == 204
    assert WebhookDelivery.objects.filter(state="queued").count() == 0
    assert Payment.objects.count() == 1


def test_a_declined_card_leaves_the_page_open(till: Till) -> None:
    url = till.press()

    declined = till.sandbox.pay(url, number="4000 0000 0000 0002")

    assert (declined.status_code, "Your card was declined." in declined.text) == (402, True)
    assert till.look().state == "open"
    assert till.press() == url


def test_given_up_and_expired(till: Till) -> None:
    url = till.press()
    back = till.sandbox.pay(url, way="cancel")
    assert back.headers["location"] == BACK_URL

    till.sandbox.advance(24 * 3600)
    row = till.look()
    till.sandbox.advance(-24 * 3600)

    assert (row.state, row.url) == ("expired", "")
    assert till.press() != url
    assert list(Checkout.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "open"]


def test_a_direct_debit_that_pays_days_later(till: Till) -> None:
    Invoice.objects.update(currency="EUR")
    url = till.press()
    till.sandbox.pay(url, **GOOD)
    till.heed(1)
    assert (Checkout.objects.get().state, till.stands()) == ("processing", ("issued", 0, 0))
    with pytest.raises(errors.WrongState, match="direct debit for this invoice is on its way"):
        till.press()

    till.sandbox.advance(10)
    till.heed(4)
    till.sandbox.advance(-10)

    assert (Checkout.objects.get().state, till.stands()) == ("paid", ("paid", 4888, 0))
    assert kinds("checkout") == ["checkout.opened", "checkout.processing"]


def test_a_direct_debit_that_the_bank_refuses(till: Till) -> None:
    Invoice.objects.update(currency="EUR")
    till.sandbox.pay(till.press(), **FAILING)
    till.sandbox.advance(10)
    till.heed(3)
    till.sandbox.advance(-10)

    assert (Checkout.objects.get().state, till.stands()) == ("failed", ("issued", 0, 0))
    assert [mail.to for mail in Message.objects.filter(kind="checkout.failed")] == [till.owner.email]
    assert till.press()


def test_the_amount_changed_meanwhile_so_the_old_page_is_closed(till: Till) -> None:
    old = till.press()
    payments.record(
        till.invoice.pk, amount=Decimal(888), currency="USD", method="bank_transfer", reference="W1",
        received_on=now().date(), by=till.finance, at=now(),
    )  # fmt: skip

    fresh = till.press()

    assert fresh != old
    assert list(Checkout.objects.order_by("pk").values_list("state", "amount")) == [("expired", 4888), ("open", 4000)]
    assert "expired" in till.sandbox.pay(old).text
    till.sandbox.pay(fresh)
    assert (till.look().state, till.stands()) == ("paid", ("paid", 4888, 0))


def test_the_old_page_was_paid_meanwhile_so_too_much_is_said(till: Till) -> None:
    till.sandbox.pay(till.press())
    payments.record(
        till.invoice.pk, amount=Decimal(888), currency="USD", method="bank_transfer", reference="W1",
        received_on=now().date(), by=till.finance, at=now(),
    )  # fmt: skip

    with pytest.raises(errors.WrongState, match="there is nothing to pay"):
        till.press()

    assert till.stands() == ("paid", 5776, 888)
    assert "888.00 USD must go back" in Message.objects.get(kind="payment.too_much").subject


def test_money_for_an_invoice_voided_meanwhile_is_kept_and_goes_back(till: Till) -> None:
    url = till.press()
    invoices.void(till.invoice.pk, reason="Wrong", by=till.finance, at=now())

    till.sandbox.pay(url)
    till.heed(3)

    assert till.stands() == ("void", 4888, 4888)
    assert "is void" in Message.objects.get(kind="payment.too_much").text
    till.send_back("4888")
    assert till.stands() == ("void", 0, 0)


def test_stripe_down_when_the_button_is_pressed_loses_nothing(till: Till) -> None:
    till.sandbox.fault("stripe", till.account, "server_error_once", count=9)
    with pytest.raises(errors.WrongState) as refusal:
        till.press()
    till.sandbox.clear_faults()

    assert refusal.value.words.startswith("Payment by card is not possible just now. Nothing was charged.")
    [row] = Checkout.objects.all()
    assert (row.state, row.problem["class"]) == ("new", "vendor_error")
    assert till.press()
    row.refresh_from_db()
    assert (row.state, row.problem, Checkout.objects.count()) == ("open", None, 1)


def test_the_answer_was_lost_and_the_next_press_finds_the_page(till: Till) -> None:
    till.sandbox.fault("stripe", till.account, "lost_answer", count=9)
    with pytest.raises(errors.WrongState):
        till.press()
    till.sandbox.clear_faults()

    till.press()

    assert till.sandbox.state("stripe", till.account)["records"]["session"] == 1


def test_an_amount_stripe_does_not_take_ends_the_row_and_the_next_one_is_new(till: Till) -> None:
    Invoice.objects.update(gross=Decimal("1000000.00"))

    for _ in range(2):
        with pytest.raises(errors.WrongState, match="does not take this amount"):
            till.press()

    assert list(Checkout.objects.values_list("state", flat=True)) == ["failed", "failed"]


def test_events_about_what_is_not_ours(till: Till) -> None:
    wish = Wish(
        key=str(uuid4()), amount=Decimal(5), currency="USD", title="Other", success_url=BACK_URL, cancel_url=BACK_URL,
        expires_at=now() + timedelta(hours=2),
    )  # fmt: skip
    till.sandbox.pay(card_payments.service().open_checkout(wish).url)
    till.sandbox.dispute(till.account, till.charge())
    card_payments.service().refund(
        till.sandbox.records("stripe", till.account, "intent")[0]["id"], amount=Decimal(1), currency="USD", key="a"
    )

    outcomes = till.heed(6)

    assert sorted(set(outcomes)) == [
        "Known already, or no payment of ours.", "No payment page of ours.", "Nothing follows from this event.",
    ]  # fmt: skip
    assert Payment.objects.count() == 0


def test_money_in_another_currency_is_not_taken_for_the_invoices(till: Till) -> None:
    url = till.press()
    Invoice.objects.update(currency="EUR")
    till.sandbox.pay(url)

    row = till.look()

    assert (row.state, till.stands(), Payment.objects.count()) == ("failed", ("issued", 0, 0), 0)
    assert row.problem == {"words": "The money came in USD, the invoice is in EUR."}
    assert "4,888.00 USD must go back" in Message.objects.get(kind="checkout.wrong_currency").subject


def test_finance_had_typed_it_in_before(till: Till) -> None:
    till.sandbox.pay(till.press())
    intent = card_payments.service().checkout(Checkout.objects.get().session_id).payment_intent
    payments.record(
        till.invoice.pk, amount=Decimal(4888), currency="USD", method="card", reference=intent,
        received_on=now().date(), by=till.finance, at=now(),
    )  # fmt: skip

    assert till.look().state == "paid"
    assert (Payment.objects.count(), till.stands()) == (1, ("paid", 4888, 0))


def test_who_may_press(till: Till) -> None:
    company = till.invoice.company
    for by, refusal in (
        (viewer(company), errors.NotYours),
        (stranger(), errors.NotFound),
        (till.finance, errors.NotYours),
    ):
        with pytest.raises(refusal):
            card_payments.start(till.invoice.pk, back_url=BACK_URL, by=by, at=now())
    assert Checkout.objects.count() == 0


def test_without_an_account_nothing_is_offered(till: Till, settings) -> None:
    settings.STRIPE_API_KEY = ""

    assert not card_payments.is_offered()
    with pytest.raises(errors.WrongState, match="not offered here"):
        till.press()


@pytest.mark.postgresql
def test_event_and_return_page_at_once_fulfil_once(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.sandbox.deliveries(till.account, done=3)
    [event] = WebhookDelivery.objects.filter(event="checkout.session.completed")
    row = Checkout.objects.get()

    outcomes = at_once(
        lambda: heed_webhook(delivery_id=event.pk),
        lambda: _as_member(till, lambda: card_payments.look(row, at=now())),
    )

    assert outcomes == ["done", "done"]
    assert till.stands() == ("paid", 4888, 0)
    assert (Payment.objects.count(), Message.objects.filter(kind="invoice.paid").count()) == (1, 1)


@pytest.mark.postgresql
def test_event_sweep_and_both_returns_at_once_fulfil_once_and_tell_each_payer_once(till: Till) -> None:
    door = payers_door(till.invoice, at=now())
    entered(door, at=now())
    till.sandbox.pay(till.press())
    till.sandbox.deliveries(till.account, done=3)
    [event] = WebhookDelivery.objects.filter(event="checkout.session.completed")
    row = Checkout.objects.get()
    Checkout.objects.update(created_at=now() - timedelta(hours=1))

    def look() -> None:
        _as_member(till, lambda: card_payments.look(row, at=now()))

    outcomes = at_once(lambda: heed_webhook(delivery_id=event.pk), look, look, sweep_checkouts)

    assert outcomes == ["done"] * 4
    assert (till.stands(), Payment.objects.count()) == (("paid", 4888, 0), 1)
    told = Message.objects.filter(kind="invoice.paid").values_list("to", flat=True)
    assert sorted(told) == sorted([till.owner.email, door.email])
    assert Document.objects.filter(kind="receipt").count() == 1


@pytest.mark.postgresql
def test_two_tabs_at_once_open_one_page(till: Till) -> None:
    outcomes = at_once(till.press, till.press)

    assert outcomes == ["done", "done"]
    assert Checkout.objects.count() == 1
    assert till.sandbox.state("stripe", till.account)["records"]["session"] == 1


def _as_member(till: Till, call: Any) -> None:
    with tenancy.acting(company_id=till.invoice.company_id):
        call()
