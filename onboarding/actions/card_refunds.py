"""What comes after a payment by card: money sent back of it, from here or at the service, and disputes.

The service tells of every refund itself, whoever started it, and its ids make each count once. Whoever typed such a
refund in by hand said the same thing a second time: that row counts no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import card_letters, checkouts, gates, payments, rows
from onboarding.actors import SYSTEM, Actor
from onboarding.models import Checkout, Engagement, Invoice, Payment
from onboarding.queries import bills

WON, LOST = "won", "lost"
# How the service says that a dispute is over; a warning that is closed cost nothing.
OUTCOMES = {"won": WON, "lost": LOST, "warning_closed": WON}


@dataclass(frozen=True, kw_only=True)
class RefundTold:
    """Money sent back of a payment."""

    id: str
    amount: Decimal
    currency: str
    has_failed: bool
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class DisputeTold:
    """The payer told the bank that the payment is not theirs, or not right."""

    id: str
    payment_intent: str
    amount: Decimal
    currency: str
    reason: str
    status: str
    opened_at: datetime


def refundable(
    payment_id: int, *, amount: Decimal, by: Actor, at: datetime, request_key: str = ""
) -> tuple[Checkout, str]:  # fmt: skip
    """The checkout of a card payment of which this much may be sent back now, and the key to ask for it under.

    The key is made of the request's own; without one it is the same for the same press twice, and another one once
    something more was sent back. BadInput when it is more than is left, WrongState while the payment is disputed, or
    when it takes two people.
    """
    found = rows.visible(Payment, payment_id, by)
    with transaction.atomic():
        gates.writable(
            found.invoice.engagement_id, by, roles=payments.FINANCE, words="Finance sends payments back."
        )  # fmt: skip
        checkout = Checkout.objects.select_related("payment").filter(payment=found).first()
        left = payments.sendable(found)
    if checkout is None or found.kind != Payment.Kind.PAYMENT:
        raise errors.WrongState("This payment did not come by card. Send it back by bank transfer and record that.")
    if found.disputed_at and not found.dispute_outcome:
        raise errors.WrongState("This payment is disputed. Answer the dispute in Stripe's dashboard first.")
    if amount >= settings.SECOND_PERSON_FROM:
        raise errors.WrongState(
            f"From {settings.SECOND_PERSON_FROM:,.2f} on it takes two people. Send it back in Stripe's dashboard, "
            "where another person approves it; it is recorded here by itself."
        )
    if not Decimal(0) < amount <= left:
        raise errors.BadInput(fields={"amount": f"Enter at most {left:.2f} {found.currency}."})
    return checkout, f"refund:{found.pk}:{request_key or f'{left}:{amount}'}"


@transaction.atomic
def refunded(payment_intent: str, told: tuple[RefundTold, ...], *, at: datetime) -> int:
    """Record every refund of a card payment that is not recorded yet; one that failed counts no more. How many changed.

    Whoever started it, here or at the service: the service's own ids make each count once. Refunds of this money that
    somebody typed in by hand are taken out: the service's word takes their place.
    """
    found = Checkout.objects.filter(payment_intent=payment_intent, payment__isnull=False).first()
    if found is None:
        return 0
    checkout, invoice, engagement = checkouts.locked(found)
    if not all(one.has_failed for one in told):
        _take_out_typed(invoice, engagement, at=at)
    return sum(_follow_refund(checkout, invoice, engagement, one, at=at) for one in told)


def _take_out_typed(invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    """Card refunds typed in by hand beyond what came by card elsewhere were refunds of the service's money."""
    typed = payments.typed_card_refunds(invoice)
    there = payments.by_card_elsewhere(invoice)
    for row in typed.order_by("-pk"):
        if there >= 0:
            return
        there += row.amount
        _counts_no_more(row, "Stripe told of this refund itself.", invoice, engagement, at=at)


def _counts_no_more(row: Payment, note: str, invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    row.state, row.decided_at, row.decided_by, row.decision_note = Payment.State.REJECTED, at, "Stripe", note
    row.save(update_fields=["state", "decided_at", "decided_by", "decision_note"])
    payments.settle(invoice, at=at)
    data = payments.facts(invoice, row) | {"note": note}
    outbox.record("payment.rejected", engagement, by=SYSTEM, at=at, data=data, is_internal=True)


def _follow_refund(
    checkout: Checkout, invoice: Invoice, engagement: Engagement, told: RefundTold, *, at: datetime
) -> bool:
    """The service's own row stays known after it failed, so that older news does not count it again."""
    same = invoice.payments.filter(kind=Payment.Kind.REFUND, reference=told.id)
    known = same.exclude(state=Payment.State.REJECTED, recorded_by_user__isnull=False).first()
    if known is None and not told.has_failed:
        payment = _refund_of(checkout, engagement, told.id, told.amount, at=at)
        payments.count(invoice, engagement, payment, by=SYSTEM, at=at, source="stripe")
        return True
    if known and told.has_failed and known.state == Payment.State.CONFIRMED:
        _counts_no_more(known, "The customer's bank sent this refund back.", invoice, engagement, at=at)
        card_letters.refund_came_back(known, invoice, engagement, at=at)
        return True
    return False


def _refund_of(checkout: Checkout, engagement: Engagement, reference: str, amount: Decimal, *, at: datetime) -> Payment:
    return Payment.objects.create(
        company_id=checkout.company_id, invoice_id=checkout.invoice_id, kind=Payment.Kind.REFUND, amount=amount,
        currency=checkout.currency, method=Payment.Method.CARD, reference=reference,
        received_on=bills.day(engagement.company, at), recorded_by="Stripe", recorded_at=at,
        refund_of_id=checkout.payment_id,
    )  # fmt: skip


@transaction.atomic
def disputed(told: DisputeTold, *, at: datetime) -> Payment | None:
    """Follow a dispute: opened (nobody is reminded meanwhile), won (all stays), or lost (the money is gone)."""
    found = Checkout.objects.filter(payment_intent=told.payment_intent, payment__isnull=False).first()
    if found is None:
        return None
    checkout, invoice, engagement = checkouts.locked(found)
    payment = Payment.objects.get(checkout=checkout)
    if payment.disputed_at is None:
        payment.disputed_at, payment.dispute_reason = told.opened_at, told.reason.replace("_", " ")[:100]
        payment.save(update_fields=["disputed_at", "dispute_reason"])
        data = payments.facts(invoice, payment) | {"why": payment.dispute_reason}
        outbox.record("payment.disputed", engagement, by=SYSTEM, at=at, data=data, is_internal=True)
        card_letters.disputed(payment, invoice, engagement, at=at)
    outcome = OUTCOMES.get(told.status, "")
    if outcome and not payment.dispute_outcome:
        _close_dispute(checkout, payment, told, outcome=outcome, invoice=invoice, engagement=engagement, at=at)
    return payment


def _close_dispute(
    checkout: Checkout, payment: Payment, told: DisputeTold, *, outcome: str, invoice: Invoice, engagement: Engagement,
    at: datetime,
) -> None:  # fmt: skip
    payment.dispute_outcome = outcome
    payment.save(update_fields=["dispute_outcome"])
    data = payments.facts(invoice, payment) | {"outcome": outcome}
    outbox.record("payment.dispute_closed", engagement, by=SYSTEM, at=at, data=data, is_internal=True)
    if outcome == LOST:
        taken = _refund_of(checkout, engagement, told.id, told.amount, at=at)
        payments.count(invoice, engagement, taken, by=SYSTEM, at=at, source="stripe")
    card_letters.dispute_closed(payment, invoice, engagement, at=at)
