"""Payment by card: one open payment page an invoice, fulfilled once by whoever brings the news first.

The payment service is asked elsewhere; what it told comes here as facts. Facts may come twice, late, and in any order:
they are always those of now, so the row only ever follows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import card_letters, gates, payer_letters, payments, rows
from onboarding.actors import SYSTEM, Actor
from onboarding.models import Checkout, Engagement, Invoice, Payment
from onboarding.queries import bills
from onboarding.workflow.invoice_machine import OWED

State = Checkout.State
OPEN_FOR = timedelta(hours=23)  # the service takes 24 hours at most, counted by its own clock
HEARD_BY_THEN = timedelta(minutes=15)  # events come within seconds
MOST_LOOKED_AT = 200
OPEN = (State.NEW, State.OPEN, State.PROCESSING)


@dataclass(frozen=True, kw_only=True)
class CheckoutTold:
    """A payment page as the service tells of it. `key` is ours: the checkout's uuid."""

    session_id: str
    key: str
    status: str  # open, complete, expired
    is_paid: bool
    has_failed: bool  # complete, but the bank said no
    amount: Decimal
    currency: str
    payment_intent: str
    url: str
    expires_at: datetime


def in_the_way(invoice_id: int, *, by: Actor, at: datetime) -> Checkout | None:
    """The invoice's open payment page that does not fit any more: another amount is open, or its time is up.

    Whoever wants a new one asks the service to close it first. Checks all that `begin` checks.
    """
    with transaction.atomic():
        invoice, _ = _payable(invoice_id, by)
        found = _in_hand(invoice)
        return found if found and not _fits(found, invoice, at=at) else None


@transaction.atomic
def begin(invoice_id: int, *, by: Actor, at: datetime) -> Checkout:
    """The row of the invoice's one open payment page, for all that is open; made now unless it is there.

    WrongState while another one is in the way, a debit is on its way, or nothing is open.
    """
    invoice, engagement = _payable(invoice_id, by)
    if found := _in_hand(invoice):
        if not _fits(found, invoice, at=at):
            raise errors.WrongState("Another amount is open by now. Press the button again.")
        return found
    return Checkout.objects.create(
        company_id=invoice.company_id, engagement=engagement, invoice=invoice, amount=_left(invoice),
        currency=invoice.currency, created_at=at, created_by=by.name, expires_at=at + OPEN_FOR,
    )  # fmt: skip


def _payable(invoice_id: int, by: Actor) -> tuple[Invoice, Engagement]:
    """The invoice, locked, with money open that this person may pay."""
    found = rows.visible(Invoice, invoice_id, by)
    words = "An owner or whoever is responsible for billing pays by card."
    engagement = gates.writable(found.engagement_id, by, roles=payments.PAYERS, words=words)
    invoice = Invoice.objects.select_for_update().get(pk=found.pk)
    if invoice.state not in OWED:
        raise errors.WrongState(f"This invoice is {invoice.get_state_display()}; there is nothing to pay.")
    if invoice.checkouts.filter(state=State.PROCESSING).exists():
        raise errors.WrongState("A direct debit for this invoice is on its way. The bank's answer takes a few days.")
    if waiting := being_checked(invoice):
        raise errors.WrongState(f"A payment of {waiting:,.2f} {invoice.currency} arrived and is being checked.")
    return invoice, engagement


def being_checked(invoice: Invoice) -> Decimal:
    """What arrived and waits for a second person: until then nobody pays by card, or it might be paid twice."""
    waiting = invoice.payments.filter(kind=Payment.Kind.PAYMENT, state=Payment.State.PROPOSED)
    return sum((one.amount for one in waiting), Decimal(0))


def _left(invoice: Invoice) -> Decimal:
    return invoice.gross - payments.paid_so_far(invoice)


def _in_hand(invoice: Invoice) -> Checkout | None:
    return invoice.checkouts.filter(state__in=OPEN).first()


def _fits(checkout: Checkout, invoice: Invoice, *, at: datetime) -> bool:
    in_time = checkout.expires_at is None or checkout.expires_at > at
    return in_time and checkout.amount == _left(invoice) and checkout.currency == invoice.currency


@transaction.atomic
def opened(checkout_id: int, *, told: CheckoutTold, at: datetime) -> Checkout:
    """The service made the page: its address is kept. Twice is once."""
    checkout, _, engagement = locked(Checkout.objects.get(pk=checkout_id))
    if checkout.state == State.NEW and told.status == "open":
        checkout.state, checkout.session_id, checkout.url = State.OPEN, told.session_id, told.url
        checkout.expires_at, checkout.problem = told.expires_at, None
        checkout.save(update_fields=["state", "session_id", "url", "expires_at", "problem"])
        outbox.record("checkout.opened", engagement, by=SYSTEM, at=at, data=_facts(checkout))
    return checkout


@transaction.atomic
def not_opened(checkout_id: int, *, problem: dict[str, Any], is_over: bool, at: datetime) -> Checkout:
    """The service did not make the page. `is_over`: it never will under this key, so the next try starts anew."""
    checkout, _, engagement = locked(Checkout.objects.get(pk=checkout_id))
    if checkout.state == State.NEW:
        checkout.problem = problem
        if is_over:
            checkout.state, checkout.settled_at = State.FAILED, at
            data = _facts(checkout) | {"why": str(problem.get("words", ""))}
            outbox.record("checkout.failed", engagement, by=SYSTEM, at=at, data=data, is_internal=True)
        checkout.save(update_fields=["state", "settled_at", "problem"])
    return checkout


@transaction.atomic
def fulfil(told: CheckoutTold, *, at: datetime) -> Checkout | None:
    """Follow what the service tells of a payment page: paid, on its way, failed or expired. None: no page of ours.

    Money that came is always recorded, also for an invoice that was voided or paid otherwise meanwhile: then it is too
    much, and finance is told to send it back.
    """
    found = _known(told)
    if found is None:
        return None
    checkout, invoice, engagement = locked(found)
    if checkout.state == State.PAID:
        return checkout
    checkout.session_id, checkout.payment_intent = told.session_id, told.payment_intent
    if told.is_paid:
        _paid(checkout, invoice, engagement, told, at=at)
    elif told.has_failed:
        _failed(checkout, invoice, engagement, at=at)
    elif told.status == "complete":
        _on_its_way(checkout, engagement, at=at)
    elif told.status == "expired":
        _expired(checkout, engagement, at=at)
    checkout.save(update_fields=["state", "session_id", "payment_intent", "payment", "url", "settled_at", "problem"])
    return checkout


def _known(told: CheckoutTold) -> Checkout | None:
    found = Checkout.objects.filter(session_id=told.session_id).first()
    if found is None and _is_uuid(told.key):  # the news came before the page's own address was kept
        found = Checkout.objects.filter(uuid=told.key, session_id="").first()
    return found


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and set(text) <= set("0123456789abcdef-")


def locked(found: Checkout) -> tuple[Checkout, Invoice, Engagement]:
    """Engagement, invoice and checkout, locked in this order as everywhere; within a transaction."""
    engagement = gates.locked(found.engagement_id, SYSTEM)
    invoice = Invoice.objects.select_for_update().get(pk=found.invoice_id)
    return Checkout.objects.select_for_update().get(pk=found.pk), invoice, engagement


def _paid(checkout: Checkout, invoice: Invoice, engagement: Engagement, told: CheckoutTold, *, at: datetime) -> None:
    if told.currency != invoice.currency:
        checkout.state, checkout.settled_at = State.FAILED, at
        checkout.problem = {"words": f"The money came in {told.currency}, the invoice is in {invoice.currency}."}
        card_letters.wrong_currency(checkout, invoice, engagement, told.amount, told.currency, at=at)
        return
    reference = told.payment_intent or told.session_id
    known = invoice.payments.filter(payments.STANDING, kind=Payment.Kind.PAYMENT, reference=reference).first()
    payment = known or Payment.objects.create(
        company_id=invoice.company_id, invoice=invoice, amount=told.amount, currency=told.currency,
        method=Payment.Method.CARD, reference=reference, received_on=bills.day(engagement.company, at),
        recorded_by="Stripe", recorded_at=at,
    )  # fmt: skip
    checkout.state, checkout.payment, checkout.settled_at, checkout.url = State.PAID, payment, at, ""
    if known is None:  # else somebody of finance typed it in before
        payments.count(invoice, engagement, payment, by=SYSTEM, at=at, source="stripe")


def _on_its_way(checkout: Checkout, engagement: Engagement, *, at: datetime) -> None:
    if checkout.state in (State.NEW, State.OPEN):  # not after the bank's answer: this may be older news
        checkout.state, checkout.url = State.PROCESSING, ""
        outbox.record("checkout.processing", engagement, by=SYSTEM, at=at, data=_facts(checkout))


def _failed(checkout: Checkout, invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    if checkout.state != State.FAILED:
        checkout.state, checkout.settled_at, checkout.url = State.FAILED, at, ""
        data = _facts(checkout) | {"why": "The bank refused the debit."}
        outbox.record("checkout.failed", engagement, by=SYSTEM, at=at, data=data)
        payer_letters.refused(checkout, invoice, engagement, at=at)


def _expired(checkout: Checkout, engagement: Engagement, *, at: datetime) -> None:
    if checkout.state in OPEN:
        checkout.state, checkout.settled_at, checkout.url = State.EXPIRED, at, ""
        outbox.record("checkout.expired", engagement, by=SYSTEM, at=at, data=_facts(checkout), is_internal=True)


def unsettled(*, at: datetime) -> list[Checkout]:
    """Pages that the service knows and that may have gone on without our hearing of it."""
    found = Checkout.objects.filter(state__in=(State.OPEN, State.PROCESSING), created_at__lte=at - HEARD_BY_THEN)
    return list(found.order_by("pk")[:MOST_LOOKED_AT])


def _facts(checkout: Checkout) -> dict[str, Any]:
    return {
        "invoice": checkout.invoice.number,
        "checkout": checkout.pk,
        "amount": f"{checkout.amount:.2f}",
        "currency": checkout.currency,
    }
