"""Payments: money that came in for an invoice or went back, counted once, by two people when it is much."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from onboarding import errors, outbox
from onboarding.actions import gates, invoices, letters, payer_letters, rows
from onboarding.actors import Actor, Role
from onboarding.models import BankEntry, Engagement, Invoice, Payment
from onboarding.queries import bills
from onboarding.workflow.invoice_machine import OWED

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")
FINANCE = frozenset({Role.FINANCE, Role.LEAD})
PAYERS = payer_letters.PAYERS
COUNTED = Q(state=Payment.State.CONFIRMED)
STANDING = ~Q(state=Payment.State.REJECTED)


def paid_so_far(invoice: Invoice) -> Decimal:
    """What came in for this invoice and stayed, in its currency: confirmed payments minus confirmed refunds."""
    return _sum(invoice, COUNTED)


def overpaid(invoice: Invoice) -> Decimal:
    """What must go back: above the invoice's sum, and everything when the invoice is void."""
    owed = Decimal(0) if invoice.state == Invoice.State.VOID else invoice.gross
    return max(paid_so_far(invoice) - owed, Decimal(0))


def is_disputed(invoice: Invoice) -> bool:
    """A payment of this invoice is disputed and the dispute is not over: nobody is reminded meanwhile."""
    return invoice.payments.filter(disputed_at__isnull=False, dispute_outcome="").exists()


def sendable(payment: Payment) -> Decimal:
    """What of a card payment was not sent back yet."""
    return payment.amount - _total(payment.refunds.filter(COUNTED))


def typed_card_refunds(invoice: Invoice) -> QuerySet[Payment]:
    """Refunds by card that a person typed in: of money that came by card, but not on the payment service's page."""
    rows = invoice.payments.filter(STANDING, kind=Payment.Kind.REFUND, method=Payment.Method.CARD)
    return rows.filter(recorded_by_user__isnull=False)


def by_card_elsewhere(invoice: Invoice) -> Decimal:
    """What came by card without the payment service, less what was typed in as sent back of it; below zero: more."""
    rows = invoice.payments.filter(STANDING, kind=Payment.Kind.PAYMENT, method=Payment.Method.CARD)
    return _total(rows.filter(checkout=None)) - _total(typed_card_refunds(invoice))


def _total(rows: QuerySet[Payment]) -> Decimal:
    return Decimal(rows.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"])


def _sum(invoice: Invoice, which: Q) -> Decimal:
    kinds = {
        kind: Sum("amount", filter=Q(kind=kind) & which, default=Decimal(0)) for kind in Payment.Kind.values
    }  # fmt: skip
    sums = invoice.payments.aggregate(**kinds)
    return Decimal(sums[Payment.Kind.PAYMENT] - sums[Payment.Kind.REFUND])


@transaction.atomic
def record(
    invoice_id: int, *, amount: Decimal, currency: str, method: str, reference: str, received_on: date, by: Actor,
    at: datetime, source: str = "manual",
) -> Payment:  # fmt: skip
    """Finance records money received, whole, also when it is too little or too much.

    From settings.SECOND_PERSON_FROM on it is proposed and counts once another person confirmed it. The same reference
    twice, another currency, and money for a draft or void invoice are refused.
    """
    invoice, engagement = _open(invoice_id, by, words="Finance records payments.")
    if invoice.state not in {*OWED, Invoice.State.PAID}:
        raise errors.WrongState(_not_payable(invoice))
    payment = _checked(
        invoice, kind=Payment.Kind.PAYMENT, amount=amount, currency=currency, method=method, reference=reference,
        day=received_on, by=by, at=at,
    )  # fmt: skip
    _keep(invoice, engagement, payment, by=by, at=at, source=source)
    return payment


def _not_payable(invoice: Invoice) -> str:
    if invoice.state == Invoice.State.DRAFT:
        return "This invoice is a draft; no payment can be recorded. Issue it first."
    return (
        f"Invoice {invoice.number} is void; no payment can be recorded. Record the money for the invoice that took its "
        "place, or send it back."
    )


@transaction.atomic
def refund(
    invoice_id: int, *, amount: Decimal, currency: str, method: str, reference: str, received_on: date, by: Actor,
    at: datetime,
) -> Payment:  # fmt: skip
    """Finance records money that was sent back; `received_on` is the day it left. A second person as for payments.

    BadInput for a refund by card of money that was paid on the payment service's page: that goes back there
    (`card_payments.send_back`, or the service's dashboard), and the service tells of it.
    """
    invoice, engagement = _open(invoice_id, by, words="Finance records refunds.")
    payment = _checked(
        invoice, kind=Payment.Kind.REFUND, amount=amount, currency=currency, method=method, reference=reference,
        day=received_on, by=by, at=at,
    )  # fmt: skip
    there = paid_so_far(invoice) - _waiting_to_leave(invoice)
    if amount > there:
        words = f"Only {there:.2f} {invoice.currency} is here to send back."
        raise errors.BadInput(fields={"amount": words if there else "No money is here to send back."})
    _require_told_elsewhere(invoice, payment)
    _keep(invoice, engagement, payment, by=by, at=at, source="manual")
    return payment


def _require_told_elsewhere(invoice: Invoice, refund: Payment) -> None:
    if refund.method != Payment.Method.CARD or not invoice.checkouts.filter(payment__isnull=False).exists():
        return
    if refund.amount > by_card_elsewhere(invoice):
        words = "It was paid on Stripe's page, and goes back there: send it back at the payment in the list, or in "
        raise errors.BadInput(fields={"method": f"{words}Stripe's dashboard. Either is recorded here by itself."})


def _waiting_to_leave(invoice: Invoice) -> Decimal:
    return _total(invoice.payments.filter(kind=Payment.Kind.REFUND, state=Payment.State.PROPOSED))


def _checked(
    invoice: Invoice, *, kind: str, amount: Decimal, currency: str, method: str, reference: str, day: date, by: Actor,
    at: datetime,
) -> Payment:  # fmt: skip
    """The payment or refund as it will be kept, not saved. BadInput with every field that is wrong."""
    noun, reference = Payment.Kind(kind).label, reference.strip()
    wrong = {}
    if not _fits(amount):
        wrong["amount"] = "Enter an amount above zero, with at most two decimals."
    if currency.strip().upper() != invoice.currency:
        wrong["currency"] = f"This invoice is in {invoice.currency}."
    if method not in Payment.Method.values:
        wrong["method"] = "Choose how it was paid."
    if not reference:
        wrong["reference"] = f"Enter the bank's reference of this {noun}."
    elif len(reference) > 140:
        wrong["reference"] = "Enter at most 140 characters."
    elif invoice.payments.filter(STANDING, kind=kind, reference=reference).exists():
        wrong["reference"] = f"A {noun} with this reference is recorded already."
    if day > bills.latest_day(invoice.company, at):
        wrong["received_on"] = "Enter the day it arrived, not one to come."
    if wrong:
        raise errors.BadInput(fields=wrong)
    needs_second = amount >= settings.SECOND_PERSON_FROM
    return Payment(
        company_id=invoice.company_id, invoice=invoice, kind=kind, amount=amount, currency=invoice.currency,
        method=method, reference=reference, received_on=day, recorded_by=by.name, recorded_by_user=by.user_id,
        recorded_at=at, state=Payment.State.PROPOSED if needs_second else Payment.State.CONFIRMED,
    )  # fmt: skip


def _fits(amount: Decimal) -> bool:
    return amount.is_finite() and CENT <= amount <= MOST and amount == amount.quantize(CENT)


def _keep(invoice: Invoice, engagement: Engagement, payment: Payment, *, by: Actor, at: datetime, source: str) -> None:
    payment.save(force_insert=True)
    if payment.state == Payment.State.PROPOSED:
        data = facts(invoice, payment) | {"source": source}
        outbox.record("payment.proposed", engagement, by=by, at=at, data=data, is_internal=True)
        _ask_second(invoice, engagement, payment, at=at)
    else:
        count(invoice, engagement, payment, by=by, at=at, source=source)


def count(invoice: Invoice, engagement: Engagement, payment: Payment, *, by: Actor, at: datetime, source: str) -> None:
    """A confirmed payment or refund takes effect: the invoice's state, the event, whoever has to know.

    For callers that hold the invoice's lock and saved the payment; within their transaction.
    """
    was_paid = invoice.state == Invoice.State.PAID
    settle(invoice, at=at)
    data = facts(invoice, payment) | {"source": source}
    if payment.kind == Payment.Kind.REFUND:
        outbox.record("payment.refunded", engagement, by=by, at=at, data=data)
        if (there := paid_so_far(invoice)) < 0:
            _tell_too_little(invoice, engagement, payment, -there, at=at)
    else:
        outbox.record("payment.recorded", engagement, by=by, at=at, data=data)
    if invoice.state == Invoice.State.PAID and not was_paid:
        invoice.engagement = engagement
        document = invoices.order_receipt(invoice, by=by, at=at)
        payer_letters.receipt(invoice, engagement, document, at=at)
    if payment.kind == Payment.Kind.PAYMENT and (too_much := overpaid(invoice)):
        _tell_too_much(invoice, engagement, payment, too_much, at=at)


def settle(invoice: Invoice, *, at: datetime) -> Invoice:
    """Bring the state of a locked invoice up to the money that is there; a draft or void one stays as it is."""
    there, state = paid_so_far(invoice), invoice.state
    if state == Invoice.State.PAID and there < invoice.gross:
        invoice.reopen_in_part() if there > 0 else invoice.reopen()
    elif state in OWED and there >= invoice.gross:
        invoice.pay(at=at)
    elif state == Invoice.State.ISSUED and there > 0:
        invoice.pay_part()
    elif state == Invoice.State.PART_PAID and there <= 0:
        invoice.reopen()
    if invoice.state != state:
        invoice.save(update_fields=["state", "paid_at"])
    return invoice


@transaction.atomic
def confirm(payment_id: int, *, by: Actor, at: datetime) -> Payment:
    """Another person than who recorded it has seen the money as well: now it counts."""
    payment, invoice, engagement = _second(payment_id, by)
    if payment.kind == Payment.Kind.PAYMENT and invoice.state == Invoice.State.VOID:
        raise errors.WrongState(f"Invoice {invoice.number} is void by now. Reject this payment and say where it goes.")
    if payment.kind == Payment.Kind.REFUND and payment.amount > (there := paid_so_far(invoice)):
        raise errors.WrongState(f"Only {there:.2f} {invoice.currency} is here to send back by now. Reject this refund.")
    _decide(payment, Payment.State.CONFIRMED, note="", by=by, at=at)
    outbox.record("payment.confirmed", engagement, by=by, at=at, data=facts(invoice, payment), is_internal=True)
    count(invoice, engagement, payment, by=by, at=at, source="manual")
    return payment


@transaction.atomic
def reject(payment_id: int, *, note: str, by: Actor, at: datetime) -> Payment:
    """Another person than who recorded it found that it is wrong, and says why. Its reference is free again."""
    payment, invoice, engagement = _second(payment_id, by)
    note = gates.said(note, field="note", words="Say what is wrong with it.", longest=300)
    _decide(payment, Payment.State.REJECTED, note=note, by=by, at=at)
    _open_entry_again(payment, why=f"Recorded for {invoice}; {by.name} rejected that: {note}")
    data = facts(invoice, payment) | {"note": note}
    outbox.record("payment.rejected", engagement, by=by, at=at, data=data, is_internal=True)
    letters.to_finance(
        engagement, kind="payment.rejected", subject=f"{_sum_words(payment)} for {invoice} was rejected",
        text=f"{by.name} rejected the {payment.get_kind_display()} {payment.reference}, which {payment.recorded_by} "
             f"recorded: {note}",
        key=f"payment-rejected:{payment.pk}", at=at, button="See the invoice",
    )  # fmt: skip
    return payment


def _open_entry_again(payment: Payment, *, why: str) -> None:
    """The entry of our bank's statement it was recorded from, if any, waits again for somebody to say what it pays."""
    recorded = BankEntry.objects.filter(payment_id=payment.pk)
    recorded.update(state=BankEntry.State.OPEN, payment_id=None, invoice_number="", matched_by="", note=why[:300])


def _second(payment_id: int, by: Actor) -> tuple[Payment, Invoice, Engagement]:
    """The payment that waits for a second person, its invoice locked; NotYours for who recorded it."""
    found = rows.visible(Payment, payment_id, by)
    invoice, engagement = _open(found.invoice_id, by, words="Finance confirms payments.")
    payment = Payment.objects.get(pk=found.pk)
    if payment.state != Payment.State.PROPOSED:
        raise errors.WrongState(f"This {payment.get_kind_display()} is {payment.get_state_display()} already.")
    if by.user_id == payment.recorded_by_user:
        raise errors.NotYours("You recorded it yourself. Ask another person of finance or a lead to look at it.")
    return payment, invoice, engagement


def _decide(payment: Payment, state: str, *, note: str, by: Actor, at: datetime) -> None:
    payment.state, payment.decided_by, payment.decided_at, payment.decision_note = state, by.name, at, note
    payment.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def facts(invoice: Invoice, payment: Payment) -> dict[str, Any]:
    """What an event keeps of a payment and of the invoice as it stands afterwards."""
    paid = paid_so_far(invoice)
    return {
        "invoice": invoice.number or f"draft {invoice.pk}",
        "state": invoice.state,
        "gross": f"{invoice.gross:.2f}",
        "currency": payment.currency,
        "payment": payment.pk,
        "noun": payment.get_kind_display().capitalize(),
        "amount": f"{payment.amount:.2f}",
        "method": payment.method,
        "reference": payment.reference,
        "open": f"{max(invoice.gross - paid, Decimal(0)):.2f}",
        "overpaid": f"{overpaid(invoice):.2f}",
    }


def _sum_words(payment: Payment) -> str:
    return f"{payment.amount:,.2f} {payment.currency}"


def _ask_second(invoice: Invoice, engagement: Engagement, payment: Payment, *, at: datetime) -> None:
    letters.to_finance(
        engagement, kind="payment.proposed", subject=f"confirm {_sum_words(payment)} for {invoice.number}",
        text=f"{payment.recorded_by} recorded a {payment.get_kind_display()} of {_sum_words(payment)}, reference "
             f"{payment.reference}. It counts once a second person has compared it with the bank account.",
        key=f"payment-proposed:{payment.pk}", at=at, button="Look at it", but=payment.recorded_by_user,
    )  # fmt: skip


def _tell_too_much(
    invoice: Invoice, engagement: Engagement, payment: Payment, too_much: Decimal, *, at: datetime
) -> None:
    why = "is void" if invoice.state == Invoice.State.VOID else f"is over {invoice.gross:,.2f} {invoice.currency}"
    letters.to_finance(
        engagement, kind="payment.too_much", subject=f"{too_much:,.2f} {invoice.currency} must go back",
        text=f"{_sum_words(payment)} came in, reference {payment.reference}, but invoice {invoice.number} {why}. Send "
             f"{too_much:,.2f} {invoice.currency} back and record the refund.",
        key=f"payment-too-much:{payment.pk}", at=at, button="See the invoice",
    )  # fmt: skip


def _tell_too_little(
    invoice: Invoice, engagement: Engagement, refund: Payment, missing: Decimal, *, at: datetime
) -> None:
    letters.to_finance(
        engagement, kind="payment.too_little", subject=f"{missing:,.2f} {invoice.currency} too much went back",
        text=f"{_sum_words(refund)} left for invoice {invoice.number}, reference {refund.reference}: now more went "
             f"back than came in, by {missing:,.2f} {invoice.currency}. Ask the customer for it, or find out what went "
             "wrong.",
        key=f"payment-too-little:{refund.pk}", at=at, button="See the invoice",
    )  # fmt: skip


def _open(invoice_id: int, by: Actor, *, words: str) -> tuple[Invoice, Engagement]:
    found = rows.visible(Invoice, invoice_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=FINANCE, words=words)
    return Invoice.objects.select_for_update().get(pk=found.pk), engagement
