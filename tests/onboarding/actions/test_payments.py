"""Payments: parts, too much, twice, the wrong currency, the second person, and money that goes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from onboarding import errors
from onboarding.actions import invoices, payments
from onboarding.actors import Actor, Role
from onboarding.models import Engagement, Event, Invoice, Message, Payment
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.every_row import every_row
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    finance,
    lead,
    owner,
    specialist,
    stranger,
    viewer,
)

pytestmark = pytest.mark.django_db
SECOND = "5000.00"


def issued(gross: str = "4888.00") -> Invoice:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, company=CompanyFactory(country="US"))
    with transaction.atomic():
        invoice = invoices.draft(engagement, by=specialist(), at=NOW)
    invoice = invoices.issue(invoice.pk, by=specialist(), at=NOW)
    Invoice.objects.filter(pk=invoice.pk).update(gross=Decimal(gross), net=Decimal(gross))
    return Invoice.objects.get(pk=invoice.pk)


def pay(invoice: Invoice, amount: str, by: Actor | None = None, **given: Any) -> Payment:
    details = {"currency": "USD", "method": "bank_transfer", "reference": f"WIRE {amount}",
               "received_on": NOW.date()} | given  # fmt: skip
    return payments.record(invoice.pk, amount=Decimal(amount), **details, by=by or finance(), at=NOW)


def send_back(invoice: Invoice, amount: str, by: Actor | None = None, **given: Any) -> Payment:
    details = {"currency": "USD", "method": "bank_transfer", "reference": f"BACK {amount}",
               "received_on": NOW.date()} | given  # fmt: skip
    return payments.refund(invoice.pk, amount=Decimal(amount), **details, by=by or finance(), at=NOW)


def stands(invoice: Invoice) -> tuple[str, Decimal, Decimal]:
    fresh = Invoice.objects.get(pk=invoice.pk)
    return fresh.state, payments.paid_so_far(fresh), payments.overpaid(fresh)


def subjects(kind: str) -> list[str]:
    return [mail.subject.partition(": ")[2] for mail in Message.objects.filter(kind=kind)]


def test_money_in_two_parts_pays_the_invoice_and_a_receipt_goes_out_once() -> None:
    invoice = issued()
    people = owner(invoice.company)

    pay(invoice, "2000.00")
    assert stands(invoice) == ("part_paid", 2000, 0)
    assert not Message.objects.filter(kind="invoice.paid").exists()
    last = pay(invoice, "2888.00", received_on=NOW.date() - timedelta(days=1))

    assert stands(invoice) == ("paid", 4888, 0)
    assert Invoice.objects.get().paid_at == NOW
    assert [mail.to for mail in Message.objects.filter(kind="invoice.paid")] == [people.email]
    data = Event.objects.last().data
    assert (data["payment"], data["amount"], data["state"], data["open"]) == (last.pk, "2888.00", "paid", "0.00")


@pytest.mark.parametrize(
    ("amount", "stand", "still_open"),
    [("4887.99", ("part_paid", Decimal("4887.99"), 0), "0.01"), ("4888.01", ("paid", Decimal("4888.01"), Decimal("0.01")), "0.00")],
    ids=["a cent short", "a cent over"],
)  # fmt: skip
def test_a_cent_off_is_said_and_never_rounded_away(amount: str, stand: tuple, still_open: str) -> None:
    invoice, teller = issued(), finance()

    pay(invoice, amount, by=teller)

    data = Event.objects.last().data
    assert stands(invoice) == stand
    assert (data["open"], data["overpaid"]) == (still_open, f"{stand[2]:.2f}")
    assert subjects("payment.too_much") == (["0.01 USD must go back"] if stand[2] else [])


def test_a_second_full_payment_is_kept_whole_and_finance_hears_what_goes_back() -> None:
    invoice, teller = issued(), finance()
    people = owner(invoice.company)
    pay(invoice, "4888.00", by=teller, reference="WIRE 1")

    pay(invoice, "4888.00", by=teller, reference="WIRE 2")

    assert stands(invoice) == ("paid", 9776, 4888)
    assert subjects("payment.too_much") == ["4,888.00 USD must go back"]
    assert [mail.to for mail in Message.objects.filter(kind="invoice.paid")] == [people.email]


@pytest.mark.parametrize(
    ("amount", "given", "field", "words"),
    [
        ("0", {}, "amount", "Enter an amount above zero"),
        ("-5", {}, "amount", "Enter an amount above zero"),
        ("1.005", {}, "amount", "Enter an amount above zero"),
        ("NaN", {}, "amount", "Enter an amount above zero"),
        ("1e30", {}, "amount", "Enter an amount above zero"),
        ("10", {"currency": "EUR"}, "currency", "This invoice is in USD."),
        ("10", {"method": "gold"}, "method", "Choose how it was paid."),
        ("10", {"reference": " "}, "reference", "Enter the bank's reference"),
        ("10", {"reference": "r" * 141}, "reference", "Enter at most 140 characters."),
        ("10", {"received_on": NOW.date() + timedelta(days=1)}, "received_on", "Enter the day it arrived"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_with_words(
    amount: str, given: dict[str, Any], field: str, words: str
) -> None:
    invoice, teller = issued(), finance()
    before = every_row()

    with pytest.raises(errors.BadInput) as refusal:
        pay(invoice, amount, by=teller, **given)

    assert list(refusal.value.fields) == [field]
    assert refusal.value.fields[field].startswith(words)
    assert every_row() == before


def test_the_same_transfer_is_not_recorded_twice() -> None:
    invoice = issued()
    pay(invoice, "10", reference="WIRE 7")

    with pytest.raises(errors.BadInput) as refusal:
        pay(invoice, "10", reference=" WIRE 7 ")

    assert refusal.value.fields == {"reference": "A payment with this reference is recorded already."}
    assert Payment.objects.count() == 1


def test_a_draft_and_a_void_invoice_take_no_money() -> None:
    draft, void = issued(), issued()
    Invoice.objects.filter(pk=draft.pk).update(state="draft", number=None)
    Invoice.objects.filter(pk=void.pk).update(state="void")

    for invoice, words in ((draft, "Issue it first."), (void, "is void; no payment can be recorded.")):
        with pytest.raises(errors.WrongState) as refusal:
            pay(invoice, "10")
        assert words in refusal.value.words

    assert Payment.objects.count() == 0


def test_an_overdue_invoice_stays_overdue_until_all_of_it_is_here() -> None:
    invoice = issued()
    Invoice.objects.update(state="overdue", overdue_at=NOW)

    pay(invoice, "4000")
    assert stands(invoice)[0] == "overdue"
    pay(invoice, "888")

    assert stands(invoice) == ("paid", 4888, 0)


def test_nothing_is_recorded_while_on_hold() -> None:
    invoice = issued()
    Engagement.objects.update(held_at=NOW, hold_reason="Summer")

    with pytest.raises(errors.WrongState):
        pay(invoice, "10")

    assert Payment.objects.count() == 0


def test_much_money_counts_once_a_second_person_confirmed_it() -> None:
    invoice, first, second = issued("9000.00"), finance(), finance()

    proposed = pay(invoice, SECOND, by=first)
    assert (proposed.state, stands(invoice)) == ("proposed", ("issued", 0, 0))
    assert [mail.to for mail in Message.objects.filter(kind="payment.proposed")] == [second.email]
    with pytest.raises(errors.NotYours, match="You recorded it yourself"):
        payments.confirm(proposed.pk, by=first, at=NOW)
    done = payments.confirm(proposed.pk, by=second, at=NOW)

    assert (done.state, done.decided_by, done.decided_at) == ("confirmed", second.name, NOW)
    assert stands(invoice) == ("part_paid", 5000, 0)
    with pytest.raises(errors.WrongState, match="This payment is confirmed already"):
        payments.confirm(proposed.pk, by=second, at=NOW)
    kinds = list(Event.objects.filter(kind__startswith="payment.").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["payment.proposed", "payment.confirmed", "payment.recorded"]


def test_a_cent_below_the_line_needs_nobody_else() -> None:
    assert pay(issued("9000.00"), "4999.99").state == "confirmed"


def test_what_is_rejected_counts_for_nothing_and_frees_its_reference() -> None:
    invoice, first, second = issued("9000.00"), finance(), lead()
    wrong = pay(invoice, "7000.00", by=first, reference="WIRE 9")

    with pytest.raises(errors.BadInput):
        payments.reject(wrong.pk, note="  ", by=second, at=NOW)
    with pytest.raises(errors.NotYours):
        payments.reject(wrong.pk, note="Mine", by=first, at=NOW)
    payments.reject(wrong.pk, note="The bank says 700.00", by=second, at=NOW)
    pay(invoice, "700.00", by=first, reference="WIRE 9")

    assert stands(invoice) == ("part_paid", 700, 0)
    assert "The bank says 700.00" in Message.objects.get(kind="payment.rejected").text


def test_money_sent_back_opens_the_invoice_again() -> None:
    invoice = issued()
    pay(invoice, "4888.00")

    send_back(invoice, "888.00")
    assert stands(invoice) == ("part_paid", 4000, 0)
    assert Invoice.objects.get().paid_at is None
    send_back(invoice, "4000.00")

    assert stands(invoice) == ("issued", 0, 0)
    assert Event.objects.last().kind == "payment.refunded"


def test_what_was_too_much_goes_back_and_the_invoice_stays_paid() -> None:
    invoice = issued()
    pay(invoice, "4900.00")

    send_back(invoice, "12.00")

    assert stands(invoice) == ("paid", 4888, 0)


def test_no_more_goes_back_than_is_here_nor_twice() -> None:
    invoice, first = issued("20000.00"), finance()
    pay(invoice, "4000.00", by=first, reference="A")
    pay(invoice, "4000.00", by=first, reference="B")

    with pytest.raises(errors.BadInput) as refusal:
        send_back(invoice, "8000.01", by=first)
    assert refusal.value.fields == {"amount": "Only 8000.00 USD is here to send back."}
    send_back(invoice, "6000.00", by=first)
    with pytest.raises(errors.BadInput) as refusal:
        send_back(invoice, "2500.00", by=first)

    assert refusal.value.fields == {"amount": "Only 2000.00 USD is here to send back."}
    assert stands(invoice) == ("part_paid", 8000, 0)


def test_everybody_has_their_part_and_no_other() -> None:
    invoice = issued("9000.00")
    company = invoice.company
    waiting = pay(invoice, "6000.00")

    for by in (specialist(), owner(company), viewer(company)):
        for act in (pay, send_back):
            with pytest.raises(errors.NotYours):
                act(invoice, "10", by=by)
        with pytest.raises(errors.NotYours):
            payments.confirm(waiting.pk, by=by, at=NOW)
    for attempt in (lambda by: pay(invoice, "10", by=by), lambda by: payments.confirm(waiting.pk, by=by, at=NOW)):
        with pytest.raises(errors.NotFound):
            attempt(stranger())

    assert Payment.objects.get().state == "proposed"


def test_a_token_without_a_person_confirms_nothing_of_its_like() -> None:
    invoice = issued("9000.00")
    program = Actor(kind="token", name="Program", roles=frozenset({Role.FINANCE}))

    waiting = pay(invoice, "6000.00", by=program)

    with pytest.raises(errors.NotYours):
        payments.confirm(waiting.pk, by=program, at=NOW)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_people_recording_one_transfer_at_once_record_it_once() -> None:
    invoice, one, other = issued(), finance(), finance()

    outcomes = at_once(
        lambda: pay(invoice, "4888.00", by=one, reference="WIRE 1"),
        lambda: pay(invoice, "4888.00", by=other, reference="WIRE 1"),
    )

    assert outcomes == ["BadInput", "done"]
    assert stands(invoice) == ("paid", 4888, 0)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_full_transfers_at_once_are_both_kept_and_one_receipt_goes_out() -> None:
    invoice, one, other = issued(), finance(), finance()
    owner(invoice.company)

    outcomes = at_once(
        lambda: pay(invoice, "4888.00", by=one, reference="WIRE 1"),
        lambda: pay(invoice, "4888.00", by=other, reference="WIRE 2"),
    )

    assert outcomes == ["done", "done"]
    assert stands(invoice) == ("paid", 9776, 4888)
    assert Message.objects.filter(kind="invoice.paid").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_confirmed_and_rejected_at_once_is_one_of_the_two() -> None:
    invoice, first, one, other = issued("9000.00"), finance(), finance(), lead()
    waiting = pay(invoice, "6000.00", by=first)

    outcomes = at_once(
        lambda: payments.confirm(waiting.pk, by=one, at=NOW),
        lambda: payments.reject(waiting.pk, note="Not there", by=other, at=NOW),
    )

    assert outcomes == ["WrongState", "done"]
    state = Payment.objects.get().state
    assert stands(invoice)[1] == (6000 if state == "confirmed" else 0)
