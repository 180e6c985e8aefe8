"""What Stripe told us, heeded: the event names an object, the object is fetched, the rows follow it."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import card_payments
from integrations.engine.errors import Failure
from integrations.stripe.client import Stripe
from onboarding.actions import card_refunds, checkouts
from onboarding.models import Checkout, WebhookDelivery

logger = logging.getLogger(__name__)
NOT_OURS = "No payment page of ours."
STANDS = {
    Checkout.State.PAID: "It is paid.",
    Checkout.State.PROCESSING: "It is on its way.",
    Checkout.State.FAILED: "It failed.",
    Checkout.State.EXPIRED: "It expired.",
    Checkout.State.OPEN: "It is open.",
    Checkout.State.NEW: "It is being opened.",
}


def heed(delivery: WebhookDelivery) -> str:
    """Do what follows from one event of Stripe; in words, what became of it. Raises Failure."""
    stripe = card_payments.service()
    if stripe is None:
        return "This installation has no account at Stripe."
    event, about = delivery.event, delivery.object_id
    if event.startswith("checkout.session."):
        return _checkout(stripe, about)
    if event.startswith("charge.dispute."):
        return _dispute(stripe, about)
    if event.startswith(("charge.refund", "refund.")):
        return _refunds(stripe, event, about)
    return "Nothing follows from this event."


def _checkout(stripe: Stripe, session_id: str) -> str:
    row = checkouts.fulfil(stripe.checkout(session_id), at=now())
    return STANDS[Checkout.State(row.state)] if row else NOT_OURS


def _refunds(stripe: Stripe, event: str, about: str) -> str:
    """charge.refunded is about a charge; refund.* and charge.refund.updated about a refund."""
    intent = stripe.intent_of(about) if event == "charge.refunded" else stripe.intent_of_refund(about)
    count = card_payments.follow_refunds(stripe, intent, at=now())
    return f"{count} recorded." if count else "Known already, or no payment of ours."


def _dispute(stripe: Stripe, dispute_id: str) -> str:
    told = stripe.dispute(dispute_id)
    session = stripe.checkout_of(told.payment_intent)
    if session is None or checkouts.fulfil(session, at=now()) is None:
        return NOT_OURS
    payment = card_refunds.disputed(told, at=now())
    if payment is None:
        return NOT_OURS
    return f"The dispute was {payment.dispute_outcome}." if payment.dispute_outcome else "The payment is disputed."


@shared_task(name="integrations.sweep_checkouts", ignore_result=True, tenant_free=True)
def sweep_checkouts(**_: Any) -> int:
    """Ask how the open payment pages stand, whose events may have been lost. Returns how many went on."""
    if not card_payments.is_offered():
        return 0
    return sum(1 for row in checkouts.unsettled(at=now()) if _went_on(row))


def _went_on(row: Checkout) -> bool:
    """One page's trouble is not the others'; the next sweep asks again."""
    try:
        return card_payments.look(row, at=now()).state != row.state
    except Failure as trouble:
        logger.warning("checkout %s not looked at: %s", row.pk, trouble.code)
        return False
