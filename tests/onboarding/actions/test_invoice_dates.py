"""The calendar of invoices: overdue at the end of the day there, reminded once each, never while nobody should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from onboarding.actions import invoice_dates, invoices, payments
from onboarding.models import Checkout, Engagement, Event, Invoice, Message, Payment
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.factories import NOW, CompanyFactory, EngagementFactory, finance, lead, owner, specialist

pytestmark = pytest.mark.django_db


def issued(zone: str = "America/Los_Angeles") -> Invoice:
    """Due on 7 December 2026, where the company is."""
    company = CompanyFactory(time_zone=zone)
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, company=company)
    owner(company)
    with transaction.atomic():
        draft = invoices.draft(engagement, by=specialist(), at=NOW)
    return invoices.issue(draft.pk, by=specialist(), at=NOW)


def on(day: str, clock: str = "18:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def told() -> list[str]:
    return list(Message.objects.filter(kind="invoice.due").order_by("pk").values_list("subject", flat=True))


def pay(invoice: Invoice, amount: str, **given: object) -> Payment:
    details = {"currency": "USD", "method": "bank_transfer", "reference": f"WIRE {amount}",
               "received_on": NOW.date()} | given  # fmt: skip
    return payments.record(invoice.pk, amount=Decimal(amount), **details, by=finance(), at=NOW)


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("America/Los_Angeles", on("2026-12-08", "07:59"), on("2026-12-08", "08:00")),
        ("Pacific/Auckland", on("2026-12-08", "10:59"), on("2026-12-08", "11:00")),
    ],
    ids=["midnight in Los Angeles", "midnight in Auckland, issued a day later there"],
)
def test_it_falls_overdue_at_midnight_where_the_company_is_and_once(
    zone: str, before: datetime, after: datetime
) -> None:
    invoice = issued(zone)

    invoice_dates.look(at=before)
    assert Invoice.objects.get().state == "issued"
    assert invoice_dates.fall_overdue(invoice, at=after) is True
    assert invoice_dates.fall_overdue(invoice, at=after) is False

    late = Invoice.objects.get()
    assert (late.state, late.overdue_at) == ("overdue", after)
    assert Event.objects.filter(kind="invoice.overdue").count() == 1


def test_each_reminder_goes_out_once_and_the_last_word_goes_to_our_own_people() -> None:
    invoice, by = issued(), finance()
    days = ["2026-12-04", "2026-12-10", "2026-12-17", "2026-12-28", "2026-12-31"]

    for day in days:
        invoice_dates.look(at=on(day))
        invoice_dates.look(at=on(day, "19:00"))

    assert told() == [
        "Invoice INV-2026-0001 is due on 7 December 2026",
        "Invoice INV-2026-0001 was due on 7 December 2026",
        "Second reminder: invoice INV-2026-0001 is ten days late",
        "Last reminder: invoice INV-2026-0001 is three weeks late",
    ]
    mail = Message.objects.filter(kind="invoice.due").latest("pk")
    assert "4,888.00 USD has been due since 7 December 2026." in mail.text
    assert invoice.remittance_reference in mail.text
    ours = Message.objects.filter(kind="invoice.unpaid")
    assert by.email in ours.values_list("to", flat=True)
    assert Event.objects.filter(kind="invoice.reminded").count() == 5
    assert Invoice.objects.get().reminders == 5


def test_nothing_goes_out_before_nine_there() -> None:
    issued()

    invoice_dates.look(at=on("2026-12-04", "16:59"))
    assert told() == []
    invoice_dates.look(at=on("2026-12-04", "17:00"))
    assert len(told()) == 1


def test_missed_reminders_are_one_mail() -> None:
    issued()

    invoice_dates.look(at=on("2026-12-20"))

    assert told() == ["Second reminder: invoice INV-2026-0001 is ten days late"]


def test_an_invoice_due_at_once_is_not_reminded_of_before_its_day() -> None:
    company = CompanyFactory()
    owner(company)
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, company=company)
    with transaction.atomic():
        draft = invoices.draft(engagement, by=specialist(), at=NOW)
    Invoice.objects.update(terms_days=1)
    invoices.issue(draft.pk, by=specialist(), at=NOW)

    invoice_dates.look(at=NOW + timedelta(hours=1))

    assert told() == []
    assert Invoice.objects.get().reminders == 1


def test_a_part_keeps_the_rest_due_and_says_how_much() -> None:
    invoice = issued()
    pay(invoice, "888.00")

    invoice_dates.look(at=on("2026-12-10"))

    assert Invoice.objects.get().state == "overdue"
    assert "4,000.00 USD is still open" in Message.objects.get(kind="invoice.due").text


@pytest.mark.parametrize("why", ["paid", "void", "disputed", "held", "cancelled", "proposed", "card on its way"])
def test_nobody_is_reminded_who_should_not_be(why: str) -> None:
    invoice = issued()
    if why == "paid":
        pay(invoice, "4888.00")
    if why == "void":
        invoices.void(invoice.pk, reason="Wrong", by=lead(), at=NOW)
    if why == "disputed":
        Payment.objects.filter(pk=pay(invoice, "10").pk).update(disputed_at=NOW)
    if why == "held":
        Engagement.objects.update(held_at=NOW, hold_reason="Summer")
    if why == "cancelled":
        Engagement.objects.update(cancelled_at=NOW, cancel_reason="Over")
    if why == "proposed":
        Payment.objects.filter(pk=pay(invoice, "4888.00").pk).update(state="proposed")
        Invoice.objects.update(state="issued")
    if why == "card on its way":
        Checkout.objects.create(
            company=invoice.company, engagement=invoice.engagement, invoice=invoice, state="processing", amount=4888,
            currency="USD", created_at=NOW, created_by="Ann",
        )  # fmt: skip

    invoice_dates.look(at=on("2026-12-31"))

    assert told() == []
    assert Message.objects.filter(kind="invoice.unpaid").count() == 0


def test_after_a_hold_the_last_missed_reminder_goes_out() -> None:
    issued()
    Engagement.objects.update(held_at=NOW, hold_reason="Summer")
    invoice_dates.look(at=on("2026-12-20"))
    Engagement.objects.update(held_at=None, hold_reason="")

    invoice_dates.look(at=on("2026-12-21"))

    assert told() == ["Second reminder: invoice INV-2026-0001 is ten days late"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_reminder() -> None:
    issued()

    at_once(*(lambda: invoice_dates.look(at=on("2026-12-10")) for _ in range(2)))

    assert len(told()) == 1
    assert Event.objects.filter(kind="invoice.overdue").count() == 1
