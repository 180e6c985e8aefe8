"""Which invoice a credit is matched with, and what recording it would do: said before, decided by a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from onboarding.actions import invoices, payments
from onboarding.models import BankEntry, Invoice, Payment
from onboarding.queries import bank_matches
from tests.bank import entry, issued, taken_in
from tests.factories import NOW, finance

pytestmark = pytest.mark.django_db


def only() -> BankEntry:
    return BankEntry.objects.get()


def spelled(invoice: Invoice, how: str) -> str:
    reference = str(invoice.remittance_reference)
    number = str(invoice.number)
    return {
        "reference": reference,
        "reference in fours": " ".join(reference[at : at + 4] for at in range(0, len(reference), 4)) + " for Acme",
        "number": f"Invoice {number}",
        "number, freely": f"rechnung nr {number[4:8]}/{int(number[9:])}",
    }[how]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("reference", "Its reference is that of"),
        ("reference in fours", "Its reference is that of"),
        ("number", "Its invoice number is that of"),
        ("number, freely", "Its invoice number is that of"),
    ],
)
def test_an_invoice_that_is_named_is_suggested_and_nothing_is_recorded(how: str, why: str) -> None:
    invoice = issued()
    taken_in(entry("1.00", remittance=spelled(invoice, how), payer="Somebody"))

    assert (only().state, only().invoice_number, only().matched_by) == (
        "suggested", invoice.number, f"{why} {invoice.number}.",
    )  # fmt: skip
    assert not Payment.objects.exists()


def test_a_structured_reference_is_found() -> None:
    invoice = issued()
    taken_in(entry(structured=str(invoice.remittance_reference)))

    assert only().invoice_number == invoice.number


def test_the_open_amount_and_the_payers_name_suggest_an_invoice() -> None:
    invoice = issued(name="Harbour Lights Ltd")
    payments.record(invoice.pk, amount=Decimal("888.00"), currency="USD", method="check", reference="C", by=finance(),
                    received_on=NOW.date(), at=NOW)  # fmt: skip
    taken_in(entry("4000.00", payer="HARBOUR LIGHTS LIMITED", remittance="November"))

    assert (only().state, only().invoice_number) == ("suggested", invoice.number)
    assert (
        only().matched_by == "No reference; the amount is what is open, and the payer is named like Harbour Lights Ltd"
    )


@pytest.mark.parametrize(
    "changed",
    [{"amount": "4887.99"}, {"payer": "Meadow Ltd"}, {"currency": "EUR"}],
    ids=["another amount", "another payer", "another currency"],
)
def test_half_a_likeness_suggests_nothing(changed: dict[str, str]) -> None:
    issued()
    facts = {"amount": "4888.00", "payer": "Harbour Lights Ltd"} | changed
    taken_in(entry(facts.pop("amount"), **facts))

    assert (only().state, only().invoice_number) == ("open", "")


def test_what_fits_several_invoices_is_left_to_a_person() -> None:
    one, other = issued(), issued()
    taken_in(
        entry(payer="Harbour Lights", reference="1"),
        entry(remittance=f"{one.number} and {other.number}", reference="2"),
    )

    assert list(BankEntry.objects.order_by("bank_reference").values_list("state", "matched_by")) == [
        ("open", "The amount and the payer fit several invoices."),
        ("open", f"It names several invoices: {one.number}, {other.number}."),
    ]


def test_a_void_invoice_is_named_and_not_suggested() -> None:
    invoice = issued()
    invoices.void(invoice.pk, reason="Wrong address", by=finance(), at=NOW)
    taken_in(entry(remittance=str(invoice.remittance_reference)))

    assert (only().state, only().matched_by) == ("open", f"Its reference is that of {invoice.number}, which is void.")


def test_an_entry_that_waited_finds_an_invoice_issued_since() -> None:
    taken_in(entry(payer="Harbour Lights"))
    assert only().state == "open"
    invoice = issued()

    taken_in(entry("5.00", reference="B-2"))

    assert BankEntry.objects.get(bank_reference="B-1").invoice_number == invoice.number


def test_a_whole_day_is_matched_in_a_few_queries(django_assert_max_num_queries: Any) -> None:
    invoice = issued()
    many = [entry(f"{n}.50", reference=f"B-{n}", remittance=str(invoice.remittance_reference)) for n in range(1, 301)]

    with django_assert_max_num_queries(25):
        taken_in(*many)

    assert BankEntry.objects.filter(state="suggested").count() == 300


@pytest.mark.parametrize(
    ("amount", "paid", "words", "tone"),
    [
        ("4888.00", "", "It is exactly what is open on {}: the invoice is then paid.", "good"),
        ("4887.99", "", "0.01 USD of 4,888.00 stay open on {}.", "info"),
        ("4888.01", "", "Only 4,888.00 USD are open on {}: 0.01 would have to go back.", "warn"),
        ("888.00", "4000.00", "It is exactly what is open on {}: the invoice is then paid.", "good"),
        ("10.00", "4888.00", "{} is paid already: 10.00 USD would have to go back.", "warn"),
    ],
)
def test_what_recording_would_do_is_said_before(amount: str, paid: str, words: str, tone: str) -> None:
    invoice = issued()
    if paid:
        payments.record(invoice.pk, amount=Decimal(paid), currency="USD", method="check", reference="C", at=NOW,
                        received_on=NOW.date(), by=finance())  # fmt: skip
    taken_in(entry(amount))

    found = bank_matches.outcome(only(), Invoice.objects.get())

    assert (found.words, found.tone, found.is_refused) == ((words.format(invoice.number),), tone, False)


def test_a_second_person_and_one_who_waits_are_said_before() -> None:
    invoice = issued("9000.00")
    payments.record(invoice.pk, amount=Decimal("5000.00"), currency="USD", method="check", reference="C", at=NOW,
                    received_on=NOW.date(), by=finance())  # fmt: skip
    taken_in(entry("9000.00"))

    assert bank_matches.outcome(only(), Invoice.objects.get()).words[1:] == (
        "5,000.00 USD more wait for a second person already.",
        "From 5,000.00 on, a second person confirms it before it counts.",
    )
