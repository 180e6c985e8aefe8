"""An engagement's account: invoices, credit notes and what was paid, in the order of their days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from onboarding.models import CreditNote, Engagement, Invoice, Payment
from onboarding.queries import bills, parties
from onboarding.workflow.status import iso


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One thing on the account: `amount` above zero is owed, below zero was paid or taken back."""

    currency: str
    on: date
    order: int  # among those of one day: billed, taken back, paid, sent back
    what: str
    number: str
    note: str
    amount: Decimal


def postings(engagement: Engagement) -> list[Posting]:
    """Everything on the account, by currency and day; drafts and payments that are not confirmed are not on it."""
    found = [*_invoices(engagement), *_credit_notes(engagement), *_payments(engagement)]
    return sorted(found, key=lambda one: (one.currency, one.on, one.order, one.number))


def _invoices(engagement: Engagement) -> list[Posting]:
    return [
        Posting(
            currency=one.currency, on=bills.day(engagement.company, one.issued_at), order=0, what="Invoice",
            number=one.number or "", note=f"Due on {one.due_on:%-d %B %Y}", amount=one.gross,
        )
        for one in engagement.invoices.filter(issued_at__isnull=False)
        if one.issued_at
    ]  # fmt: skip


def _credit_notes(engagement: Engagement) -> list[Posting]:
    return [
        Posting(
            currency=one.invoice.currency, on=bills.day(engagement.company, one.issued_at), order=1,
            what="Credit note", number=one.number, note=f"Takes back {one.invoice.number}", amount=-one.invoice.gross,
        )
        for one in CreditNote.objects.filter(engagement=engagement).select_related("invoice")
    ]  # fmt: skip


def _payments(engagement: Engagement) -> list[Posting]:
    payments = Payment.objects.filter(invoice__engagement=engagement, state=Payment.State.CONFIRMED)
    return [
        Posting(
            currency=one.currency, on=one.received_on, order=3 if one.kind == Payment.Kind.REFUND else 2,
            what="Sent back" if one.kind == Payment.Kind.REFUND else one.get_method_display(), number=one.reference,
            note=f"For {one.invoice.number}",
            amount=one.amount if one.kind == Payment.Kind.REFUND else -one.amount,
        )
        for one in payments.select_related("invoice")
    ]  # fmt: skip


def statement_context(engagement: Engagement, *, at: datetime) -> dict[str, Any]:
    """The context of a statement of account up to now."""
    grouped = groupby(postings(engagement), key=lambda one: one.currency)
    return {
        "reference": engagement.reference,
        "made_at": iso(at),
        "seller": parties.biller(),
        "buyer": parties.billed(engagement.company),
        "accounts": [_account(engagement, currency, list(entries)) for currency, entries in grouped],
    }


def _account(engagement: Engagement, currency: str, entries: list[Posting]) -> dict[str, Any]:
    balance, drawn = Decimal(0), []
    for one in entries:
        balance += one.amount
        drawn.append({
            "on": one.on.isoformat(), "what": one.what, "number": one.number, "note": one.note,
            "amount": f"{one.amount:.2f}", "balance": f"{balance:.2f}",
        })  # fmt: skip
    billed = sum((one.amount for one in entries if one.order < 2), Decimal(0))
    return {
        "currency": currency,
        "entries": drawn,
        "billed": f"{billed:.2f}",
        "paid": f"{billed - balance:.2f}",
        "balance": f"{balance:.2f}",
        "overdue": f"{_overdue(engagement, currency):.2f}",
    }


def _overdue(engagement: Engagement, currency: str) -> Decimal:
    late = engagement.invoices.filter(state=Invoice.State.OVERDUE, currency=currency)
    return sum((one.gross - bills.received(one) for one in late), Decimal(0))
