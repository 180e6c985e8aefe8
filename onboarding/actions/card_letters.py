"""Mails about payment by card, to finance: somebody has to act. What payers hear stands in payer_letters.py."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from onboarding.actions import letters
from onboarding.models import Checkout, Engagement, Invoice, Payment


def wrong_currency(
    checkout: Checkout, invoice: Invoice, engagement: Engagement, amount: Decimal, currency: str, *, at: datetime
) -> None:
    """Money came in another currency than the invoice's: it is not recorded, and finance sends it back."""
    letters.to_finance(
        engagement, kind="checkout.wrong_currency", subject=f"{amount:,.2f} {currency} must go back",
        text=f"{amount:,.2f} {currency} came in by card for invoice {invoice.number}, which is in {invoice.currency}. "
             f"It is not recorded. Send it back in Stripe's dashboard: payment {checkout.payment_intent}.",
        key=f"checkout-currency:{checkout.pk}", at=at, button="See the invoice",
    )  # fmt: skip


def refund_came_back(refund: Payment, invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    """A refund did not reach the customer: the money is with us again."""
    letters.to_finance(
        engagement, kind="payment.refund_failed",
        subject=f"a refund of {refund.amount:,.2f} {refund.currency} came back",
        text=f"The customer's bank sent refund {refund.reference} for invoice {invoice.number} back. Send the money "
             "another way and record it.",
        key=f"refund-failed:{refund.pk}", at=at, button="See the invoice",
    )  # fmt: skip


def disputed(payment: Payment, invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    """Finance answers a dispute in Stripe's dashboard, in time."""
    letters.to_finance(
        engagement, kind="payment.disputed", subject=f"{payment.amount:,.2f} {payment.currency} is disputed",
        text=f"The payer disputes the card payment {payment.reference} for invoice {invoice.number} "
             f"({payment.dispute_reason}). Answer it in Stripe's dashboard before its date; no reminder goes out "
             "meanwhile.",
        key=f"payment-disputed:{payment.pk}", at=at, button="See the invoice",
    )  # fmt: skip


def dispute_closed(payment: Payment, invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    """How a dispute ended, and what it means for the invoice."""
    meaning = (
        "The money stays." if payment.dispute_outcome == "won" else "The money is gone: the invoice is open again."
    )
    letters.to_finance(
        engagement, kind="payment.dispute_closed",
        subject=f"the dispute about {invoice.number} was {payment.dispute_outcome}",
        text=f"{meaning} Payment {payment.reference}, {payment.amount:,.2f} {payment.currency}.",
        key=f"dispute-closed:{payment.pk}", at=at, button="See the invoice",
    )  # fmt: skip
