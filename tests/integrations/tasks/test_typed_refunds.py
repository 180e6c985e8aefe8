"""A refund counts once, whoever says it first: Stripe by its events, in any order, or a person who types it in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.timezone import now

from integrations import card_payments
from integrations.tasks.webhooks import heed_webhook
from onboarding import errors
from onboarding.actions import card_refunds, payments
from onboarding.models import Checkout, Message, Payment, WebhookDelivery
from tests.at_once import at_once
from tests.factories import finance
from tests.integrations.tasks.till import Till, kinds, till

__all__ = ["till"]
pytestmark = pytest.mark.django_db(transaction=True)


def typed(till: Till, kind: str, amount: str, reference: str, method: str = "card") -> Payment:
    act = payments.refund if kind == "refund" else payments.record
    return act(
        till.invoice.pk, amount=Decimal(amount), currency="USD", method=method, reference=reference,
        received_on=now().date(), by=till.finance, at=now(),
    )  # fmt: skip


def paid_unheard(till: Till) -> str:
    """Paid on Stripe's page, while none of its events was heeded: the payment intent."""
    till.sandbox.pay(till.press())
    till.sandbox.deliveries(till.account, done=3)
    return str(card_payments.service().checkout(Checkout.objects.get().session_id).payment_intent)


def at_stripe(till: Till, amount: str, key: str = "a") -> None:
    """Sent back in Stripe's dashboard."""
    intent = till.sandbox.records("stripe", till.account, "intent")[-1]["id"]
    card_payments.service().refund(intent, amount=Decimal(amount), currency="USD", key=key)


def refunds() -> list[tuple[str, Decimal, str]]:
    found = Payment.objects.filter(kind="refund").order_by("pk")
    return [(one.recorded_by, one.amount, one.state) for one in found]


def heed_all(*, newest_first: bool = False) -> None:
    for row in WebhookDelivery.objects.order_by("-pk" if newest_first else "pk"):
        heed_webhook(delivery_id=row.pk)


@pytest.mark.parametrize("is_sent_back", [False, True])
def test_money_of_stripes_page_is_not_typed_in_as_sent_back_by_card(till: Till, is_sent_back: bool) -> None:
    till.sandbox.pay(till.press())
    till.look()
    if is_sent_back:
        at_stripe(till, "100")
        till.heed(5)

    with pytest.raises(errors.BadInput) as refusal:
        typed(till, "refund", "100", "re_typed")

    assert "send it back at the payment in the list" in refusal.value.fields["method"]
    assert len(refunds()) == is_sent_back
    typed(till, "refund", "40", "W-1", method="bank_transfer")  # the money went another way
    assert till.stands()[1] == 4888 - 40 - (100 if is_sent_back else 0)


@pytest.mark.parametrize("newest_first", [False, True])
def test_typed_in_before_stripe_is_heard_it_counts_once_in_stripes_words(till: Till, newest_first: bool) -> None:
    intent = paid_unheard(till)
    typed(till, "payment", "4888", intent)
    typed(till, "refund", "100", "my words for it")
    at_stripe(till, "60")
    at_stripe(till, "40", key="b")
    till.sandbox.deliveries(till.account, done=7)

    heed_all(newest_first=newest_first)
    heed_all()

    assert refunds() == [
        (till.finance.name, 100, "rejected"), ("Stripe", 60, "confirmed"), ("Stripe", 40, "confirmed"),
    ]  # fmt: skip
    assert till.stands() == ("part_paid", 4788, 0)
    assert "Stripe told of this refund itself" in Payment.objects.get(state="rejected").decision_note


def test_typed_in_under_stripes_own_reference_and_with_another_amount(till: Till) -> None:
    intent = paid_unheard(till)
    at_stripe(till, "60")
    reference = till.sandbox.records("stripe", till.account, "refund")[0]["id"]
    typed(till, "payment", "4888", intent)
    typed(till, "refund", "600", reference)
    till.sandbox.deliveries(till.account, done=5)

    heed_all()

    assert refunds() == [(till.finance.name, 600, "rejected"), ("Stripe", 60, "confirmed")]
    assert till.stands() == ("part_paid", 4828, 0)


def test_a_typed_one_that_waits_for_a_second_person_waits_no_more(till: Till, settings) -> None:
    intent = paid_unheard(till)
    typed(till, "payment", "4888", intent)
    settings.SECOND_PERSON_FROM = Decimal(100)
    waiting = typed(till, "refund", "100", "R-1")
    at_stripe(till, "100")
    till.sandbox.deliveries(till.account, done=5)

    heed_all()

    assert till.stands() == ("part_paid", 4788, 0)
    with pytest.raises(errors.WrongState, match="rejected already"):
        payments.confirm(waiting.pk, by=finance(), at=now())


def test_one_rejected_by_a_person_under_stripes_reference_is_told_again_by_stripe(till: Till, settings) -> None:
    intent = paid_unheard(till)
    at_stripe(till, "100")
    reference = till.sandbox.records("stripe", till.account, "refund")[0]["id"]
    typed(till, "payment", "4888", intent)
    settings.SECOND_PERSON_FROM = Decimal(100)
    payments.reject(typed(till, "refund", "100", reference).pk, note="Not seen.", by=finance(), at=now())
    till.sandbox.deliveries(till.account, done=5)

    heed_all()

    assert refunds() == [(till.finance.name, 100, "rejected"), ("Stripe", 100, "confirmed")]


def test_a_card_elsewhere_is_refunded_by_hand_beside_stripes_money(till: Till) -> None:
    typed(till, "payment", "888", "terminal 7")
    till.sandbox.pay(till.press())
    till.look()
    typed(till, "refund", "88", "terminal 7 back")
    at_stripe(till, "50")
    till.heed(5)

    assert refunds() == [(till.finance.name, 88, "confirmed"), ("Stripe", 50, "confirmed")]
    assert till.stands()[1] == 4888 - 88 - 50
    with pytest.raises(errors.BadInput) as refusal:
        typed(till, "refund", "800.01", "too much")
    assert set(refusal.value.fields) == {"method"}


def test_older_news_does_not_bring_a_failed_refund_back(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.look()
    at_stripe(till, "100")
    intent = Checkout.objects.get().payment_intent
    older = card_payments.service().refunds(intent)
    card_refunds.refunded(intent, older, at=now())
    till.sandbox.control.post(f"/stripe/accounts/{till.account}/refunds/{older[0].id}/fail").raise_for_status()

    card_payments.follow_refunds(card_payments.service(), intent, at=now())
    assert card_refunds.refunded(intent, older, at=now()) == 0

    assert (refunds(), till.stands()) == ([("Stripe", 100, "rejected")], ("paid", 4888, 0))


def test_of_two_card_payments_each_is_sent_back_on_its_own(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.look()
    at_stripe(till, "4888")
    till.heed(5)
    till.sandbox.pay(till.press())
    till.look()

    first, second = Payment.objects.filter(kind="payment").order_by("pk")

    assert [payments.sendable(one) for one in (first, second)] == [0, 4888]
    assert card_payments.send_back(second.pk, amount=Decimal(888), by=till.finance, at=now()) == 1
    assert [one.refund_of_id for one in Payment.objects.filter(kind="refund").order_by("pk")] == [first.pk, second.pk]
    assert till.stands() == ("part_paid", 4000, 0)


@pytest.mark.parametrize("again", [False, True])
def test_a_dispute_lost_after_a_part_went_back_takes_what_was_left(till: Till, again: bool) -> None:
    till.sandbox.pay(till.press())
    till.look()
    at_stripe(till, "888")
    opened = till.sandbox.dispute(till.account, till.charge())
    till.sandbox.close_dispute(till.account, opened["id"], "lost")
    till.sandbox.deliveries(till.account, done=7)

    heed_all(newest_first=True)
    if again:
        heed_all()
        card_refunds.disputed(card_payments.service().dispute(opened["id"]), at=now())

    assert till.stands() == ("issued", 0, 0)
    assert [one[1] for one in refunds()] == [4000, 888]
    assert kinds("payment.dispute") == ["payment.disputed", "payment.dispute_closed"]
    assert not Message.objects.filter(kind="payment.too_little").exists()


def test_finance_hears_of_it_when_more_went_back_than_came_in(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.look()
    opened = till.sandbox.dispute(till.account, till.charge())
    typed(till, "refund", "4888", "W-1", method="bank_transfer")
    till.sandbox.close_dispute(till.account, opened["id"], "lost")
    card_refunds.disputed(card_payments.service().dispute(opened["id"]), at=now())

    assert till.stands()[:2] == ("issued", -4888)
    assert "4,888.00 USD too much went back" in Message.objects.get(kind="payment.too_little").subject


@pytest.mark.postgresql
def test_the_press_and_the_event_at_the_same_moment_count_it_once(till: Till) -> None:
    till.sandbox.pay(till.press())
    till.look()
    intent, service = Checkout.objects.get().payment_intent, card_payments.service()

    at_once(
        lambda: till.send_back("100"),
        *[lambda: card_payments.follow_refunds(service, intent, at=now()) for _ in range(3)],
    )
    card_payments.follow_refunds(service, intent, at=now())

    assert (refunds(), till.stands()) == ([("Stripe", 100, "confirmed")], ("part_paid", 4788, 0))
