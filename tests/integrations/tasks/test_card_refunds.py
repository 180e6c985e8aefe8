"""After the payment: refunds from either side, disputes, and pages whose events were lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import now

from integrations import card_payments
from integrations.tasks.card_payments import sweep_checkouts
from integrations.tasks.webhooks import heed_webhook
from onboarding import errors
from onboarding.actions import payments
from onboarding.models import Checkout, Message, Payment, WebhookDelivery
from tests.integrations.tasks.till import SECRET, Till, kinds, till

__all__ = ["till"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_refunds_started_at_stripe_in_two_parts(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.heed(3)
    intent = Checkout.objects.get().payment_intent
    stripe = card_payments.service()

    stripe.refund(intent, amount=Decimal(888), currency="USD", key="a")
    till.heed(5)
    assert till.stands() == ("part_paid", 4000, 0)
    stripe.refund(intent, amount=Decimal(4000), currency="USD", key="b")
    outcomes = till.heed(7)

    assert till.stands() == ("issued", 0, 0)
    assert Payment.objects.filter(kind="refund", state="confirmed").count() == 2
    assert sorted(outcomes) == ["1 recorded.", "Known already, or no payment of ours."]


def test_the_refund_is_told_before_the_payment(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.sandbox.deliveries(till.account, done=3)
    intent = card_payments.service().checkout(Checkout.objects.get().session_id).payment_intent
    card_payments.service().refund(intent, amount=Decimal(88), currency="USD", key="a")
    till.sandbox.deliveries(till.account, done=5)

    for row in WebhookDelivery.objects.order_by("-pk"):
        heed_webhook(delivery_id=row.pk)

    assert till.stands() == ("part_paid", 4800, 0)
    assert Payment.objects.count() == 2


def test_a_refund_that_comes_back_counts_no_more(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.look()
    till.send_back("88")
    assert till.stands() == ("part_paid", 4800, 0)
    refund = Payment.objects.get(kind="refund")

    till.sandbox.control.post(f"/stripe/accounts/{till.account}/refunds/{refund.reference}/fail").raise_for_status()
    till.heed(6)

    refund.refresh_from_db()
    assert (refund.state, till.stands()) == ("rejected", ("paid", 4888, 0))
    assert "another way" in Message.objects.get(kind="payment.refund_failed").text


def test_finance_sends_back_in_parts_and_a_second_press_sends_nothing_more(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.look()

    counts = [till.send_back("40"), till.send_back("40")]

    assert (counts, till.stands()) == ([1, 1], ("part_paid", 4808, 0))
    assert len(till.sandbox.records("stripe", till.account, "refund")) == 2
    with pytest.raises(errors.BadInput) as refusal:
        till.send_back("4808.01")
    assert refusal.value.fields == {"amount": "Enter at most 4808.00 USD."}


def test_a_refund_whose_answer_was_lost_is_sent_once(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.look()
    till.sandbox.fault("stripe", till.account, "lost_answer", count=2)
    with pytest.raises(errors.WrongState, match="could not be sent back just now"):
        till.send_back("40")
    till.sandbox.clear_faults()

    assert till.send_back("40") == 1
    assert len(till.sandbox.records("stripe", till.account, "refund")) == 1
    assert till.stands() == ("part_paid", 4848, 0)


def test_what_cannot_be_sent_back_here_is_said(till: Till, settings) -> None:
    till.sandbox.pay(till.press())
    till.look()
    settings.SECOND_PERSON_FROM = Decimal(1000)
    with pytest.raises(errors.WrongState, match=r"From 1,000\.00 on it takes two people"):
        till.send_back("1000")
    till.sandbox.dispute(till.account, till.charge())
    till.heed(4)
    with pytest.raises(errors.WrongState, match="This payment is disputed"):
        till.send_back("10")
    wire = payments.record(
        till.invoice.pk, amount=Decimal(8), currency="USD", method="bank_transfer", reference="W1",
        received_on=now().date(), by=till.finance, at=now(),
    )  # fmt: skip
    with pytest.raises(errors.WrongState, match="did not come by card"):
        card_payments.send_back(wire.pk, amount=Decimal(8), by=till.finance, at=now())
    with pytest.raises(errors.NotYours):
        card_payments.send_back(wire.pk, amount=Decimal(8), by=till.owner, at=now())

    assert till.sandbox.records("stripe", till.account, "refund") == []


def test_a_lost_event_and_a_closed_browser_are_made_up_for(till: Till) -> None:
    till.sandbox.webhook(f"/stripe/accounts/{till.account}", url="http://localhost:1/", secret=SECRET)
    till.sandbox.pay(till.press())
    assert sweep_checkouts() == 0  # its event may still come
    Checkout.objects.update(created_at=now() - timedelta(minutes=20))

    assert (sweep_checkouts(), sweep_checkouts()) == (1, 0)
    assert till.stands() == ("paid", 4888, 0)


def test_the_sweep_waits_while_stripe_does_not_answer(till: Till) -> None:
    till.press()
    Checkout.objects.update(created_at=now() - timedelta(minutes=20))
    till.sandbox.fault("stripe", till.account, "throttle", count=5)

    assert sweep_checkouts() == 0
    assert Checkout.objects.get().state == "open"


@pytest.mark.parametrize(
    ("ending", "outcome", "stands"),
    [
        ("won", "won", ("paid", 4888, 0)),
        ("lost", "lost", ("issued", 0, 0)),
        ("warning_closed", "won", ("paid", 4888, 0)),
    ],
)
def test_a_dispute_is_told_and_only_a_lost_one_takes_the_money(till: Till, ending: str, outcome: str, stands) -> None:
    till.sandbox.pay(till.press())
    till.heed(3)

    opened = till.sandbox.dispute(till.account, till.charge(), reason="product_not_received")
    till.heed(4)
    payment = Payment.objects.get(kind="payment")
    assert (payment.dispute_reason, payments.is_disputed(till.invoice)) == ("product not received", True)
    assert till.stands() == ("paid", 4888, 0)
    till.sandbox.close_dispute(till.account, opened["id"], ending)
    till.heed(5)

    payment.refresh_from_db()
    assert (payment.dispute_outcome, payments.is_disputed(till.invoice), till.stands()) == (outcome, False, stands)
    assert kinds("payment.dispute") == ["payment.disputed", "payment.dispute_closed"]
