"""The whole table of an invoice's changes, and every pair that is not in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django_fsm import TransitionNotAllowed

from onboarding.models import Invoice
from onboarding.workflow.invoice_machine import InvoiceState
from tests.factories import NOW

CHANGES = {
    ("draft", "issue", "issued"),
    ("draft", "void", "void"),
    ("issued", "pay_part", "part_paid"),
    ("part_paid", "pay_part", "part_paid"),
    ("issued", "pay", "paid"),
    ("part_paid", "pay", "paid"),
    ("overdue", "pay", "paid"),
    ("issued", "fall_overdue", "overdue"),
    ("part_paid", "fall_overdue", "overdue"),
    ("issued", "reopen_in_part", "part_paid"),
    ("part_paid", "reopen_in_part", "part_paid"),
    ("overdue", "reopen_in_part", "part_paid"),
    ("paid", "reopen_in_part", "part_paid"),
    ("issued", "reopen", "issued"),
    ("part_paid", "reopen", "issued"),
    ("overdue", "reopen", "issued"),
    ("paid", "reopen", "issued"),
    ("issued", "void", "void"),
    ("overdue", "void", "void"),
}
GIVEN: dict[str, dict[str, Any]] = {
    "issue": {"number": "INV-2026-0001", "reference": "RF16INV20260001", "due_on": date(2026, 12, 7), "by": "Finn",
              "at": NOW},
    "pay_part": {},
    "pay": {"at": NOW},
    "fall_overdue": {"at": NOW},
    "reopen_in_part": {},
    "reopen": {},
    "void": {"reason": "Wrong address", "at": NOW},
}  # fmt: skip
UNDECLARED = [
    (state, name)
    for state in InvoiceState.values
    for name in GIVEN
    if (state, name) not in {(source, change) for source, change, _ in CHANGES}
]


def test_the_table_of_changes() -> None:
    field = Invoice._meta.get_field("state")

    declared = {(one.source, one.name, one.target) for one in field.get_all_transitions(Invoice)}

    assert declared == CHANGES


@pytest.mark.parametrize(("source", "change", "target"), sorted(CHANGES))
def test_a_declared_change_is_made(source: str, change: str, target: str) -> None:
    invoice = Invoice(state=source, paid_at=NOW if source == "paid" else None)

    getattr(invoice, change)(**GIVEN[change])

    assert (invoice.state, invoice.paid_at) == (target, NOW if target == "paid" else None)


@pytest.mark.parametrize(("state", "change"), UNDECLARED)
def test_an_undeclared_change_is_refused(state: str, change: str) -> None:
    invoice = Invoice(state=state)

    with pytest.raises(TransitionNotAllowed):
        getattr(invoice, change)(**GIVEN[change])

    assert invoice.state == state


def test_nobody_sets_the_state_by_hand() -> None:
    invoice = Invoice()

    with pytest.raises(AttributeError):
        invoice.state = "paid"

    assert invoice.state == "draft"


def test_issuing_writes_down_what_the_invoice_is_known_by() -> None:
    invoice = Invoice()

    invoice.issue(**GIVEN["issue"])

    assert (invoice.number, invoice.remittance_reference, invoice.due_on, invoice.issued_by, invoice.issued_at) == (
        "INV-2026-0001", "RF16INV20260001", date(2026, 12, 7), "Finn", NOW,
    )  # fmt: skip
