"""What the documents about money are made from: invoice, credit note, receipt, statement. Shapes as in contexts.py."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from onboarding.rendering.contexts import Party


class Place(TypedDict):
    """A postal address in its parts, for programs; any may be empty."""

    street: str
    city: str
    region: str
    postal_code: str


class Billed(Party):
    """A party of an invoice. `vat_id` is the number with its country before it, where it has one and the check holds."""

    vat_id: str
    place: NotRequired[Place | None]


class InvoiceLine(TypedDict):
    """One line. `unit` as UN/ECE Recommendation 20 has it; `tax_rate` a percentage ("0", "19"); `net` is given."""

    description: str
    quantity: str
    unit: str
    unit_price: str
    net: str
    tax_rate: str


class PaymentMeans(TypedDict):
    """How to pay. An empty `iban` leaves the bank block out; `card_url` adds a link."""

    iban: str
    bic: str
    remittance_reference: str
    card_url: NotRequired[str]


class Invoice(TypedDict):
    """Kind `invoice`. `discount` is taken off the lines' sum before tax; `tax_category` is a code of UNTDID 5305."""

    number: str
    reference: str
    agreement: str  # its number, or empty
    issued_on: str
    due_on: str
    seller: Billed
    buyer: Billed
    lines: list[InvoiceLine]
    lines_total: str
    discount: str
    discount_reason: str
    currency: str
    net: str
    tax: str
    gross: str
    tax_category: str
    tax_rate: str
    tax_note: str
    payment: PaymentMeans
    notes: str


class TakenBack(TypedDict):
    """The invoice that a credit note takes back."""

    number: str
    issued_on: str


class CreditNote(Invoice):
    """Kind `credit_note`: an invoice's own lines and sums, under a number of its own. `due_on` and the bank are empty."""

    reason: str
    invoice: TakenBack


class Receipt(TypedDict):
    """Kind `receipt`: an invoice that is paid, and by what."""

    number: str  # of the invoice
    reference: str
    made_on: str
    seller: Billed
    buyer: Billed
    currency: str
    gross: str
    tax: str
    tax_note: str
    issued_on: str
    paid_on: str
    payments: list[Received]


class Received(TypedDict):
    """Money that came in, or went back (`amount` below zero)."""

    on: str
    method: str
    reference: str
    amount: str


class Statement(TypedDict):
    """Kind `statement`: everything on one engagement's account up to a moment. One table a currency."""

    reference: str
    made_at: str
    seller: Billed
    buyer: Billed
    accounts: list[Account]


class Account(TypedDict):
    """What was billed and paid in one currency. `overdue` is the part of `balance` whose day has passed."""

    currency: str
    entries: list[Entry]
    billed: str
    paid: str
    balance: str
    overdue: str


class Entry(TypedDict):
    """One line of a statement: `amount` above zero is owed, below zero was paid or taken back; `balance` after it."""

    on: str
    what: str
    number: str
    note: str
    amount: str
    balance: str
