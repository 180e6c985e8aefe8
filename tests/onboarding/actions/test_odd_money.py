"""Odd days and odd sums: the last minute of the due day, other clocks, a new year, money that went back and forth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from onboarding import errors
from onboarding.actions import card_refunds, checkouts, invoice_dates, invoices, payments, statements
from onboarding.actors import Actor
from onboarding.models import Checkout, Invoice, Message, Payment, Rendering
from onboarding.workflow.steps import Step
from tests.factories import NOW, CompanyFactory, EngagementFactory, finance, lead, owner, specialist

pytestmark = pytest.mark.django_db
AUCKLAND, LOS_ANGELES, BERLIN = "Pacific/Auckland", "America/Los_Angeles", "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def issued(zone: str, *, at: datetime = NOW) -> Invoice:
    company = CompanyFactory(time_zone=zone)
    owner(company)
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, company=company)
    with transaction.atomic():
        draft = invoices.draft(engagement, by=specialist(), at=at)
    return invoices.issue(draft.pk, by=specialist(), at=at)


def pay(invoice: Invoice, amount: str, *, at: datetime, by: Actor | None = None, **given: Any) -> Payment:
    details = {
        "currency": "USD",
        "method": "bank_transfer",
        "reference": f"W {amount}",
        "received_on": at.date(),
    } | given
    return payments.record(invoice.pk, amount=Decimal(amount), **details, by=by or finance(), at=at)


def send_back(invoice: Invoice, amount: str, *, at: datetime, by: Actor | None = None) -> Payment:
    return payments.refund(
        invoice.pk, amount=Decimal(amount), currency="USD", method="bank_transfer", reference=f"B {amount}",
        received_on=at.date(), by=by or finance(), at=at,
    )  # fmt: skip


def page_of(invoice: Invoice, state: str = "open") -> Checkout:
    return Checkout.objects.create(
        company=invoice.company, engagement=invoice.engagement, invoice=invoice, state=state, amount=invoice.gross,
        currency="USD", created_at=NOW, created_by="Ann", session_id=f"cs_{invoice.pk}",
    )  # fmt: skip


def told(page: Checkout, **facts: Any) -> checkouts.CheckoutTold:
    details = {
        "session_id": page.session_id, "key": str(page.uuid), "status": "complete", "is_paid": True,
        "has_failed": False, "amount": page.amount, "currency": "USD", "payment_intent": f"pi_{page.pk}", "url": "",
        "expires_at": NOW + timedelta(days=1),
    } | facts  # fmt: skip
    return checkouts.CheckoutTold(**details)


def lost(page: Checkout) -> card_refunds.DisputeTold:
    return card_refunds.DisputeTold(
        id="du_1", payment_intent=f"pi_{page.pk}", amount=page.amount, currency="USD", reason="fraudulent",
        status="lost", opened_at=NOW,
    )  # fmt: skip


def account(invoice: Invoice, *, at: datetime) -> list[tuple[str, str, str]]:
    document = statements.order(invoice.engagement_id, by=finance(), at=at)
    [only] = Rendering.objects.get(document=document).context["accounts"]
    return [(one["on"], one["what"], one["balance"]) for one in only["entries"]]


@pytest.mark.parametrize(
    ("zone", "last_minute", "due_on"),
    [
        (LOS_ANGELES, utc("2026-12-08T07:59"), date(2026, 12, 7)),
        (AUCKLAND, utc("2026-12-08T10:59"), date(2026, 12, 8)),
        (BERLIN, utc("2026-12-07T22:59"), date(2026, 12, 7)),
    ],
)
def test_a_card_payment_in_the_last_minute_of_the_due_day_is_of_that_day_and_never_late(
    zone: str, last_minute: datetime, due_on: date
) -> None:
    invoice = issued(zone)
    assert invoice.due_on == due_on
    invoice_dates.look(at=last_minute)

    checkouts.fulfil(told(page_of(invoice)), at=last_minute)
    invoice_dates.look(at=last_minute + timedelta(minutes=1))

    assert Payment.objects.get().received_on == due_on
    fresh = Invoice.objects.get()
    assert (fresh.state, fresh.overdue_at) == ("paid", None)
    context = Rendering.objects.get(template="receipt").context
    assert (context["paid_on"], context["made_on"]) == (due_on.isoformat(), due_on.isoformat())


def test_a_debit_started_on_the_due_day_is_not_late_while_the_bank_is_asked_and_is_once_it_refused() -> None:
    invoice = issued(BERLIN)
    page = page_of(invoice)
    checkouts.fulfil(told(page, is_paid=False), at=utc("2026-12-07T22:59"))

    invoice_dates.look(at=utc("2026-12-09T12:00"))
    assert Invoice.objects.get().state == "issued"
    checkouts.fulfil(told(page, is_paid=False, has_failed=True), at=utc("2026-12-10T07:00"))
    invoice_dates.look(at=utc("2026-12-10T08:30"))

    assert Invoice.objects.get().state == "overdue"
    assert Message.objects.filter(kind="invoice.due").count() == 1


def test_a_transfer_that_waits_for_a_second_person_keeps_the_invoice_from_being_late(settings) -> None:
    settings.SECOND_PERSON_FROM = Decimal(1000)
    invoice, by = issued(BERLIN), finance()
    waiting = pay(invoice, "4888.00", at=utc("2026-12-07T12:00"), by=by)

    invoice_dates.look(at=utc("2026-12-08T12:00"))
    assert Invoice.objects.get().state == "issued"
    payments.reject(waiting.pk, note="Another customer's.", by=lead(), at=utc("2026-12-08T13:00"))
    invoice_dates.look(at=utc("2026-12-08T14:00"))

    assert Invoice.objects.get().state == "overdue"


def test_older_news_of_a_debit_does_not_undo_what_its_bank_said() -> None:
    page = page_of(issued(BERLIN))
    checkouts.fulfil(told(page, is_paid=False), at=NOW)
    checkouts.fulfil(told(page, is_paid=False, has_failed=True), at=NOW)

    after = checkouts.fulfil(told(page, is_paid=False), at=NOW)

    assert after is not None
    assert after.state == "failed"


@pytest.mark.parametrize(
    ("zone", "morning", "day"),
    [(AUCKLAND, utc("2026-11-30T19:00"), "2026-12-01"), (LOS_ANGELES, utc("2026-12-01T05:00"), "2026-11-30")],
)
def test_what_is_billed_and_paid_on_one_day_stands_in_this_order_wherever_the_day_is(
    zone: str, morning: datetime, day: str
) -> None:
    invoice = issued(zone, at=morning)
    page = page_of(invoice)
    checkouts.fulfil(told(page), at=morning + timedelta(minutes=5))
    card_refunds.disputed(lost(page), at=morning + timedelta(minutes=9))

    assert account(invoice, at=morning + timedelta(minutes=10)) == [
        (day, "Invoice", "4888.00"), (day, "Card", "0.00"), (day, "Sent back", "4888.00"),
    ]  # fmt: skip


def test_money_of_today_where_the_customer_is_can_be_typed_in() -> None:
    at = utc("2026-11-30T19:00")
    invoice = issued(AUCKLAND, at=at)

    assert pay(invoice, "10.00", at=at, received_on=date(2026, 12, 1)).received_on == date(2026, 12, 1)
    with pytest.raises(errors.BadInput):
        pay(invoice, "11.00", at=at, received_on=date(2026, 12, 2))


@pytest.mark.parametrize(
    ("zone", "evening", "numbers"),
    [
        (AUCKLAND, utc("2026-12-31T10:30"), ["INV-2026-0001", "CN-2027-0001", "INV-2027-0001"]),
        (LOS_ANGELES, utc("2027-01-01T07:30"), ["INV-2026-0001", "CN-2027-0001", "INV-2027-0001"]),
    ],
    ids=["Auckland, half an hour before its new year", "Los Angeles, half an hour before its new year"],
)
def test_a_statement_over_the_turn_of_the_year_with_a_credit_note(
    zone: str, evening: datetime, numbers: list[str]
) -> None:
    first = issued(zone, at=evening)
    night = evening + timedelta(hours=1)
    invoices.void(first.pk, reason="Wrong address", by=lead(), at=night)
    with transaction.atomic():
        draft = invoices.draft(first.engagement, by=specialist(), at=night)
    second = invoices.issue(draft.pk, by=specialist(), at=night)
    checkouts.fulfil(told(page_of(second)), at=night)

    found = account(first, at=night)

    note = Invoice.objects.get(pk=first.pk).credit_note
    assert [first.number, note.number, second.number] == numbers
    assert found == [
        ("2026-12-31", "Invoice", "4888.00"), ("2027-01-01", "Invoice", "9776.00"),
        ("2027-01-01", "Credit note", "4888.00"), ("2027-01-01", "Card", "0.00"),
    ]  # fmt: skip


def test_overpaid_then_sent_back_to_the_cent_it_stays_paid_and_nobody_is_reminded() -> None:
    invoice = issued(BERLIN)
    pay(invoice, "4999.00", at=NOW)

    send_back(invoice, "111.00", at=NOW + timedelta(days=1))
    invoice_dates.look(at=utc("2027-02-01T12:00"))

    fresh = Invoice.objects.get()
    assert (fresh.state, payments.overpaid(fresh), Message.objects.filter(kind="invoice.due").count()) == ("paid", 0, 0)


def test_a_cent_too_much_sent_back_opens_it_again_and_the_reminder_waits_for_some_days() -> None:
    invoice, at = issued(BERLIN), utc("2026-12-30T12:00")
    pay(invoice, "4999.00", at=NOW)
    send_back(invoice, "111.01", at=at)

    invoice_dates.look(at=at + timedelta(days=2))
    assert (Invoice.objects.get().state, Message.objects.filter(kind="invoice.due").count()) == ("overdue", 0)
    invoice_dates.look(at=at + timedelta(days=4))

    assert "0.01 USD" in Message.objects.get(kind="invoice.due").text


def test_sent_back_to_be_voided_no_last_reminder_goes_out_between_the_two() -> None:
    invoice, at = issued(BERLIN), utc("2027-01-15T12:00")
    pay(invoice, "4888.00", at=NOW)
    send_back(invoice, "4888.00", at=at)

    invoice_dates.look(at=at + timedelta(minutes=5))
    invoices.void(invoice.pk, reason="Another company pays.", by=lead(), at=at + timedelta(minutes=10))
    invoice_dates.look(at=at + timedelta(days=30))

    assert Message.objects.filter(kind__in=["invoice.due", "invoice.unpaid"]).count() == 0
    assert account(invoice, at=at + timedelta(days=31))[-1][2] == "0.00"


def test_a_refund_confirmed_late_by_the_second_person_rests_from_then_on(settings) -> None:
    settings.SECOND_PERSON_FROM = Decimal(4000)
    invoice, at = issued(BERLIN), utc("2027-01-15T12:00")
    payments.confirm(pay(invoice, "4888.00", at=NOW).pk, by=lead(), at=NOW)
    waiting = send_back(invoice, "4888.00", at=at)
    payments.confirm(waiting.pk, by=lead(), at=at + timedelta(days=10))

    invoice_dates.look(at=at + timedelta(days=11))

    assert Message.objects.filter(kind="invoice.due").count() == 0


def test_what_is_voided_has_no_money_on_it_neither_too_much_nor_too_little() -> None:
    invoice = issued(BERLIN)
    page = page_of(invoice)
    checkouts.fulfil(told(page), at=NOW)
    with pytest.raises(errors.WrongState, match=r"refund it first, then void|is paid|can't"):
        invoices.void(invoice.pk, reason="Wrong", by=lead(), at=NOW)
    send_back(invoice, "4888.00", at=NOW)
    card_refunds.disputed(lost(page), at=NOW)

    with pytest.raises(errors.WrongState, match="More money went back for this invoice than came in"):
        invoices.void(invoice.pk, reason="Wrong", by=lead(), at=NOW)


def test_money_for_a_void_invoice_is_told_to_finance_and_stands_on_the_account_until_it_went_back() -> None:
    teller = finance()
    invoice = issued(BERLIN)
    page = page_of(invoice)
    invoices.void(invoice.pk, reason="Wrong", by=lead(), at=NOW)
    with pytest.raises(errors.WrongState, match="Record the money for the invoice that took its place"):
        pay(invoice, "4888.00", at=NOW)

    checkouts.fulfil(told(page), at=NOW)

    mail = Message.objects.get(kind="payment.too_much", to=teller.email)
    assert ("is void" in mail.text, "4,888.00 USD must go back" in mail.subject) == (True, True)
    fresh = Invoice.objects.get()
    assert (fresh.state, payments.overpaid(fresh), account(invoice, at=NOW)[-1][2]) == ("void", 4888, "-4888.00")
    send_back(invoice, "4888.00", at=NOW)
    assert account(invoice, at=NOW)[-1][2] == "0.00"
    assert not Message.objects.filter(kind="invoice.paid").exists()


def test_a_part_on_the_morning_of_the_reminder_is_in_its_words_and_a_whole_one_stops_it() -> None:
    part, whole = issued(BERLIN), issued(BERLIN)
    pay(part, "888.00", at=utc("2026-12-10T07:55"))
    pay(whole, "4888.00", at=utc("2026-12-10T07:55"))

    invoice_dates.look(at=utc("2026-12-10T08:00"))

    assert "4,000.00 USD is still open" in Message.objects.get(kind="invoice.due").text


@pytest.mark.parametrize(
    ("zone", "nine"),
    [
        ("Europe/Berlin", "2026-10-25T08:00"),  # the clocks went back at three
        ("America/New_York", "2026-11-01T14:00"),
        ("Australia/Lord_Howe", "2026-10-03T22:00"),  # by half an hour, forward
        ("Asia/Kathmandu", "2026-10-25T03:15"),
    ],
)
def test_on_the_day_the_clocks_change_a_reminder_goes_out_at_nine(zone: str, nine: str) -> None:
    moment = utc(nine)
    invoice = issued(zone, at=moment - timedelta(days=30))
    Invoice.objects.update(due_on=(moment + timedelta(hours=12)).date() - timedelta(days=3), reminders=1)
    due_on = moment.astimezone(invoice_dates.bills.zone_of(invoice.company)).date() - timedelta(days=3)
    Invoice.objects.update(due_on=due_on)

    invoice_dates.look(at=moment - timedelta(minutes=1))
    assert Message.objects.filter(kind="invoice.due").count() == 0
    invoice_dates.look(at=moment)

    assert Message.objects.filter(kind="invoice.due").count() == 1
