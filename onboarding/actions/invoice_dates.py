"""What the calendar does to invoices: they fall overdue, and reminders go out by the policy of library/dunning.py."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Greatest

from onboarding import outbox
from onboarding.actions import gates, invoices, letters, payments
from onboarding.actors import SYSTEM
from onboarding.library import dunning
from onboarding.models import Checkout, Company, Engagement, Invoice, Payment
from onboarding.queries import bills
from onboarding.workflow.invoice_machine import OWED, State

MOST = 500  # of each kind a run; the next one takes the rest
A_DAY = timedelta(days=1)  # no zone is further from UTC than that


def look(*, at: datetime) -> int:
    """Do whatever is due by now, row by row; safe to run at any time and twice. Returns how many rows it was."""
    late = [fall_overdue(one, at=at) for one in _past(at)[:MOST]]
    reminded = [remind(one, at=at) for one in _open(at) if is_due(one, at=at)]
    return sum([*late, *reminded])


def _past(at: datetime) -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(state__in=(State.ISSUED, State.PART_PAID), due_on__lt=(at + A_DAY).date())
    return rows.filter(engagement__cancelled_at=None).select_related("company").order_by("due_on", "pk")


def _open(at: datetime) -> QuerySet[Invoice]:
    """Invoices that somebody may have to be reminded of, in engagements that go on."""
    soonest = (at + A_DAY).date() - timedelta(days=dunning.STAGES[0].days)
    rows = Invoice.objects.filter(
        state__in=OWED, reminders__lt=len(dunning.STAGES), due_on__lte=soonest, engagement__cancelled_at=None,
        engagement__held_at=None, company__state=Company.State.ACCEPTED,
    )  # fmt: skip
    return rows.select_related("company").order_by("pk")


def is_late(invoice: Invoice, *, at: datetime) -> bool:
    """True once its last day is over where the company is."""
    return invoice.due_on is not None and bills.day(invoice.company, at) > invoice.due_on


@transaction.atomic
def fall_overdue(invoice: Invoice, *, at: datetime) -> bool:
    """Its day is over with money still open, and none on its way: both sides see it, once."""
    if not is_late(invoice, at=at):
        return False
    engagement = gates.locked(invoice.engagement_id, SYSTEM)
    fresh = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if fresh.state not in (State.ISSUED, State.PART_PAID) or _is_on_its_way(fresh):
        return False
    fresh.fall_overdue(at=at)
    fresh.save(update_fields=["state", "overdue_at"])
    outbox.record("invoice.overdue", engagement, by=SYSTEM, at=at, data=invoices.facts(fresh))
    return True


def is_due(invoice: Invoice, *, at: datetime) -> bool:
    """True when a moment of the policy has come that nobody was told of."""
    return _reached(invoice, at=at) > invoice.reminders


def _reached(invoice: Invoice, *, at: datetime) -> int:
    if invoice.due_on is None:
        return 0
    return dunning.reached(due_on=invoice.due_on, zone=bills.zone_of(invoice.company), at=at)


@transaction.atomic
def remind(invoice: Invoice, *, at: datetime) -> bool:
    """Send what the policy has reached, once: of several missed mails the last.

    Nothing while money is on its way or disputed, nor right after some went back: we sent it, and somebody is about to
    void the invoice or to speak with the customer.
    """
    engagement = gates.locked(invoice.engagement_id, SYSTEM)
    fresh = Invoice.objects.select_for_update().get(pk=invoice.pk)
    fresh.company = engagement.company
    reached = _reached(fresh, at=at)
    if fresh.state not in OWED or reached <= fresh.reminders or engagement.held_at or engagement.cancelled_at:
        return False
    if payments.is_disputed(fresh) or _is_on_its_way(fresh) or _went_back_lately(fresh, at=at):
        return False
    stages = dunning.collapsed(told=fresh.reminders, reached=reached)
    fresh.reminders, fresh.reminded_at = reached, at
    fresh.save(update_fields=["reminders", "reminded_at"])
    for stage in stages:
        _send(stage, fresh, engagement, at=at)
    data = invoices.facts(fresh) | {"reminder": reached}
    outbox.record("invoice.reminded", engagement, by=SYSTEM, at=at, data=data)
    return True


def _went_back_lately(invoice: Invoice, *, at: datetime) -> bool:
    counted = Greatest("recorded_at", Coalesce("decided_at", "recorded_at"))
    refunds = invoice.payments.filter(payments.COUNTED, kind=Payment.Kind.REFUND)
    return refunds.annotate(counted_at=counted).filter(counted_at__gt=at - dunning.REST).exists()


def _is_on_its_way(invoice: Invoice) -> bool:
    """A card payment waits for its bank, or what waits for a second person would cover it."""
    if invoice.checkouts.filter(state=Checkout.State.PROCESSING).exists():
        return True
    waiting = invoice.payments.filter(state=Payment.State.PROPOSED, kind=Payment.Kind.PAYMENT)
    return bills.received(invoice) + sum((one.amount for one in waiting), Decimal(0)) >= invoice.gross


def _send(stage: dunning.Stage, invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    said = {
        "number": invoice.number, "due": f"{invoice.due_on:%-d %B %Y}", "reference": invoice.remittance_reference,
        "open": f"{invoice.gross - bills.received(invoice):,.2f} {invoice.currency}",
    }  # fmt: skip
    subject, text = stage.subject.format(**said), stage.text.format(**said)
    key = f"invoice-due:{invoice.pk}:{stage.days}"
    if not stage.is_internal:
        letters.to_customer(
            engagement, kind="invoice.due", subject=subject, text=text, key=key, at=at, roles=invoices.PAYERS,
            contacts=invoices.BILLING, path="/invoice/", button="See the invoice",
        )  # fmt: skip
        return
    about: dict[str, Any] = {"kind": "invoice.unpaid", "subject": subject, "text": text, "key": key, "at": at}
    letters.to_specialist(engagement, **about, place="invoice", button="Open the invoice")
    letters.to_finance(engagement, **about, button="Open the invoice")
