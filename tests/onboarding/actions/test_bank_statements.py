"""Statements of our bank: taken in once, matched, recorded by a person; whatever is refused, the entry stays open."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from onboarding import errors
from onboarding.actions import bank_statements, invoices, payments
from onboarding.actors import MEMBER_ROLES, Role
from onboarding.models import BankEntry, BankStatement, Company, Event, Invoice, Payment
from tests.acts import EVERYBODY
from tests.at_once import at_once
from tests.bank import ACCOUNT, camt, entry, issued, taken_in
from tests.every_row import every_row
from tests.factories import NOW, CompanyFactory, finance, lead, member, staff

pytestmark = pytest.mark.django_db


def only() -> BankEntry:
    return BankEntry.objects.get()


def refusal(call: Any, kind: type[errors.Refused] = errors.Refused) -> errors.Refused:
    """What it is refused with; nothing was written."""
    before = every_row()
    with pytest.raises(kind) as refused, transaction.atomic():
        call()
    assert every_row() == before
    return refused.value


def take_in(content: bytes, name: str = "statement.xml") -> bank_statements.TakenIn:
    return bank_statements.take_in(upload=SimpleUploadedFile(name, content), by=finance(), at=NOW)


# --- Taking in ------------------------------------------------------------------------------------------------------------


def test_a_statement_becomes_entries_and_what_was_left_out_is_kept() -> None:
    done = taken_in(entry(payer="Acme Ltd", remittance="Hello"), entry(reference="B-2", side="DBIT"))

    statement, one = BankStatement.objects.get(), only()
    assert (done.new, done.known, done.is_repeat, done.statement) == (1, 0, False, statement)
    assert (statement.form, statement.account, statement.left_out) == ("camt.053", ACCOUNT, {"debits": 1})
    assert (one.bank_reference, one.amount, one.currency, one.payer, one.remittance, one.state) == (
        "B-1", Decimal("4888.00"), "USD", "Acme Ltd", "Hello", "open",
    )  # fmt: skip


def test_a_csv_is_taken_in_for_the_account_of_our_invoices_when_it_names_none() -> None:
    take_in(b"Date;Amount;Ccy;Payer\n2026-11-21;10.00;USD;Acme\n", "export.csv")

    assert (only().account, only().statement.form) == (ACCOUNT, "csv")


def test_the_same_file_twice_is_once() -> None:
    teller = finance()
    first = taken_in(entry(), by=teller)
    before = every_row()

    again = taken_in(entry(), by=teller)

    assert (again.statement, again.new, again.known, again.is_repeat) == (first.statement, 0, 1, True)
    assert every_row() == before


def test_the_same_entry_in_two_files_is_one() -> None:
    taken_in(entry(), entry(reference="B-2"))
    done = taken_in(entry(reference="B-2"), entry(reference="B-3"))

    assert (done.new, done.known) == (1, 1)
    assert sorted(BankEntry.objects.values_list("bank_reference", flat=True)) == ["B-1", "B-2", "B-3"]


def test_a_reference_given_to_another_credit_before_hides_nothing() -> None:
    taken_in(entry("10.00"))
    other = taken_in(entry("20.00"))
    again = taken_in(entry("20.00"), entry("30.00", reference="B-9"))

    assert (other.new, again.new, again.known) == (1, 1, 1)
    assert sorted(BankEntry.objects.values_list("amount", flat=True)) == [10, 20, 30]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is empty."),
        (b"PK\x03\x04rest", "It is an archive or a spreadsheet."),
        (b"%PDF-1.7", "It is a PDF."),
        (b":20:START\n", "It is MT940."),
        (camt(before="<!DOCTYPE Document [<!ENTITY a 'b'>]>"), "Its XML defines things of its own (a DTD)."),
        (camt(entry("x")), "Entry 1 has no amount."),
        (b"Date;Amount;Ccy\n2026-02-31;1.00;USD\n", "Line 2 has no day that can be read."),
        (b"a" * (10 * 1024 * 1024 + 1), "It is larger than 10 MB."),
    ],
    ids=["empty", "archive", "pdf", "mt940", "dtd", "no amount", "no day", "too large"],
)
def test_a_file_that_can_not_be_taken_in_says_what_to_do_and_leaves_nothing(content: bytes, words: str) -> None:
    found = refusal(lambda: take_in(content), errors.BadInput)

    assert found.fields["file"].startswith(words)


@pytest.mark.parametrize("role", [role for role in EVERYBODY if role not in bank_statements.FINANCE])
def test_it_belongs_to_finance_and_leads_alone(role: Role) -> None:
    by = member(CompanyFactory(), role) if role in MEMBER_ROLES else staff(role)
    invoice, upload = issued(), SimpleUploadedFile("a.xml", camt(entry()))
    taken_in(entry(payer="Somebody", reference="B-2"))
    kind = errors.NotFound if role in MEMBER_ROLES else errors.NotYours

    for call in (
        lambda: bank_statements.take_in(upload=upload, by=by, at=NOW),
        lambda: record(only(), str(invoice.number), by=by),
        lambda: bank_statements.dismiss(only().pk, note="No", by=by, at=NOW),
        lambda: bank_statements.reopen(only().pk, by=by, at=NOW),
    ):
        refusal(call, kind)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_people_who_take_in_overlapping_files_keep_each_entry_once() -> None:
    many = [entry(f"{number}.00", reference=f"B-{number}") for number in range(1, 40)]
    one, other = finance(), lead()

    done = at_once(lambda: taken_in(*many[:30], by=one), lambda: taken_in(*many[10:], by=other))

    assert done == ["done", "done"]
    assert BankEntry.objects.count() == 39


# --- Recording -------------------------------------------------------------------------------------------------------------


def record(one: BankEntry, number: str, by: Any = None) -> BankEntry:
    return bank_statements.record(one.pk, invoice_number=number, by=by or finance(), at=NOW)


def test_recording_pays_the_invoice_under_the_banks_reference() -> None:
    invoice, teller = issued(), finance()
    taken_in(entry(remittance=str(invoice.remittance_reference)))

    done = record(only(), only().invoice_number, by=teller)

    paid = Payment.objects.get()
    assert (done.state, done.payment_id, done.decided_by, done.decided_at) == ("recorded", paid.pk, teller.name, NOW)
    assert (paid.reference, paid.amount, paid.method, paid.state, f"{paid.received_on}") == (
        "B-1", Decimal("4888.00"), "bank_transfer", "confirmed", "2026-11-21",
    )  # fmt: skip
    assert Invoice.objects.get().state == "paid"
    event = Event.objects.filter(kind="payment.recorded").get()
    assert (event.engagement, event.data["source"], event.data["reference"]) == (invoice.engagement, "bank", "B-1")


def test_a_credit_keeps_its_day_though_it_is_still_the_day_before_where_the_company_is() -> None:
    invoice, night = issued(), datetime(2026, 11, 24, 2, tzinfo=UTC)  # the 23rd in New York
    Company.objects.update(time_zone="America/New_York")
    taken_in(entry(remittance=str(invoice.remittance_reference), on="2026-11-24"))

    bank_statements.record(only().pk, invoice_number=only().invoice_number, by=finance(), at=night)

    assert f"{Payment.objects.get().received_on}" == "2026-11-24"


def test_a_credit_without_a_reference_is_known_by_words() -> None:
    invoice = issued()
    taken_in(entry(reference=""))

    record(only(), str(invoice.number))

    assert Payment.objects.get().reference == f"Transfer of 21 November 2026, entry {only().pk}"


@pytest.mark.parametrize(
    ("amount", "state", "too_much"),
    [("4887.99", "part_paid", "0.00"), ("4888.01", "paid", "0.01"), ("100.00", "part_paid", "0.00")],
    ids=["a cent short", "a cent over", "a part"],
)
def test_an_amount_that_differs_is_recorded_whole(amount: str, state: str, too_much: str) -> None:
    invoice = issued()
    taken_in(entry(amount))

    record(only(), str(invoice.number))

    fresh = Invoice.objects.get()
    assert (fresh.state, payments.paid_so_far(fresh), payments.overpaid(fresh)) == (
        state, Decimal(amount), Decimal(too_much),
    )  # fmt: skip


def test_a_second_payment_is_recorded_and_must_go_back() -> None:
    invoice = issued()
    taken_in(entry(reference="1"), entry(reference="2"))

    for one in BankEntry.objects.all():
        record(one, str(invoice.number))

    assert (Invoice.objects.get().state, payments.overpaid(Invoice.objects.get())) == ("paid", Decimal("4888.00"))


def test_from_the_threshold_on_a_second_person_confirms() -> None:
    invoice, teller, second = issued("5000.00"), finance(), lead()
    taken_in(entry("5000.00"))

    record(only(), str(invoice.number), by=teller)
    assert (Payment.objects.get().state, Invoice.objects.get().state) == ("proposed", "issued")
    refusal(lambda: payments.confirm(Payment.objects.get().pk, by=teller, at=NOW), errors.NotYours)

    payments.confirm(Payment.objects.get().pk, by=second, at=NOW)
    assert (only().state, Invoice.objects.get().state) == ("recorded", "paid")


def test_a_rejected_payment_opens_its_entry_again() -> None:
    invoice, second = issued("5000.00"), lead()
    taken_in(entry("5000.00"))
    record(only(), str(invoice.number))

    payments.reject(Payment.objects.get().pk, note="Another customer's", by=second, at=NOW)

    assert (only().state, only().payment_id, only().invoice_number) == ("open", None, "")
    assert only().note == f"Recorded for {invoice.number}; {second.name} rejected that: Another customer's"
    record(only(), str(invoice.number))
    assert [one.state for one in Payment.objects.all()] == ["rejected", "proposed"]


def _void(invoice: Invoice) -> None:
    invoices.void(invoice.pk, reason="Wrong", by=finance(), at=NOW)


def _same_reference(invoice: Invoice) -> None:
    payments.record(invoice.pk, amount=Decimal("4888.00"), currency="USD", method="bank_transfer", reference="B-1",
                    received_on=NOW.date(), by=finance(), at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "happened", "words"),
    [
        ("EUR", lambda invoice: None, "is in EUR, this money in USD: it can't be recorded for it."),
        ("USD", _void, "is void; no payment can be recorded."),
        ("USD", _same_reference, "A payment with this reference is recorded already."),
    ],
    ids=["another currency", "void", "recorded by hand"],
)
def test_what_payments_refuse_is_refused_in_words_and_the_entry_stays(currency: str, happened: Any, words: str) -> None:
    invoice = issued(currency=currency)
    taken_in(entry(payer="Somebody"))
    happened(invoice)

    found = refusal(lambda: record(only(), str(invoice.number)))

    assert words in f"{found.words} {' '.join(getattr(found, 'fields', {}).values())}"
    assert only().state == "open"


@pytest.mark.parametrize("number", ["", "INV-2026-9999", "draft 1", "abc", "1"])
def test_a_number_that_is_none_is_asked_for_again(number: str) -> None:
    issued()
    taken_in(entry())

    found = refusal(lambda: record(only(), number), errors.BadInput)
    assert found.fields == {"invoice_number": "Enter the number of an issued invoice, like INV-2026-0001."}


@pytest.mark.parametrize("typed", ["inv {year} {number}", " INV-{year}-{number} ", "{year}/{number}", "{reference}"])
def test_a_number_may_be_typed_in_any_spelling(typed: str) -> None:
    invoice = issued()
    _, year, number = str(invoice.number).split("-")
    taken_in(entry(payer="Somebody"))

    done = record(only(), typed.format(year=year, number=number, reference=invoice.remittance_reference))

    assert (done.invoice_number, done.matched_by[:10]) == (invoice.number, "Chosen by ")


def test_an_entry_is_settled_once() -> None:
    invoice = issued()
    taken_in(entry())
    record(only(), str(invoice.number))

    for call in (
        lambda: record(only(), str(invoice.number)),
        lambda: bank_statements.dismiss(only().pk, note="No", by=finance(), at=NOW),
        lambda: bank_statements.reopen(only().pk, by=finance(), at=NOW),
    ):
        refusal(call, errors.WrongState)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_people_who_record_the_same_entry_record_it_once() -> None:
    invoice = issued()
    taken_in(entry())
    one, other, row = finance(), lead(), only()

    done = at_once(
        lambda: record(row, str(invoice.number), by=one), lambda: record(row, str(invoice.number), by=other)
    )  # fmt: skip

    assert (done, Payment.objects.count()) == (["WrongState", "done"], 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_four_who_settle_one_entry_at_once_one_does() -> None:
    """In several rounds: without the entry's lock two of them get through in most."""
    invoice = issued()
    taken_in(*(entry(f"{number}.00", reference=f"B-{number}") for number in range(1, 6)))
    one, other = finance(), lead()

    for row in BankEntry.objects.order_by("pk"):
        done = at_once(
            lambda row=row: record(row, str(invoice.number), by=one),
            lambda row=row: bank_statements.dismiss(row.pk, note="A tax refund", by=other, at=NOW),
            lambda row=row: bank_statements.dismiss(row.pk, note="Mine", by=one, at=NOW),
            lambda row=row: record(row, str(invoice.number), by=other),
        )
        assert done == ["WrongState", "WrongState", "WrongState", "done"]

    assert Payment.objects.count() == BankEntry.objects.filter(state="recorded").count()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_second_persons_at_once_confirm_an_entrys_payment_once(settings) -> None:
    settings.SECOND_PERSON_FROM = Decimal(1000)
    invoice = issued()
    taken_in(entry())
    record(only(), str(invoice.number))
    waiting, others = Payment.objects.get(), [lead(), finance(), lead()]

    done = at_once(*(lambda by=by: payments.confirm(waiting.pk, by=by, at=NOW) for by in others))

    assert done == ["WrongState", "WrongState", "done"]
    assert Event.objects.filter(kind="payment.recorded").count() == 1


def test_an_entry_that_pays_nothing_is_dismissed_with_a_word_and_can_come_back() -> None:
    teller = finance()
    taken_in(entry(payer="Tax office"))
    refusal(lambda: bank_statements.dismiss(only().pk, note=" ", by=teller, at=NOW), errors.BadInput)

    bank_statements.dismiss(only().pk, note="A tax refund", by=teller, at=NOW)
    assert (only().state, only().note, only().decided_by) == ("dismissed", "A tax refund", teller.name)
    invoice = issued(name="Tax office")

    bank_statements.reopen(only().pk, by=teller, at=NOW)
    assert (only().state, only().invoice_number) == ("suggested", invoice.number)
    refusal(lambda: bank_statements.reopen(only().pk, by=teller, at=NOW), errors.WrongState)


@pytest.mark.parametrize("entry_id", [0, -1, 10**30])
def test_an_entry_that_is_not_there_is_not_found(entry_id: int) -> None:
    refusal(lambda: bank_statements.dismiss(entry_id, note="x", by=finance(), at=NOW), errors.NotFound)
