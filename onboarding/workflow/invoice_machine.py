"""An invoice's life: draft, issued, part paid, paid; overdue, or void with a credit note.

Bodies set their own fields only. Called by the actions about invoices and payments alone, which lock the row first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django_fsm import FSMField, transition


class InvoiceState(models.TextChoices):
    DRAFT = "draft", "draft"
    ISSUED = "issued", "issued"
    PART_PAID = "part_paid", "part paid"
    OVERDUE = "overdue", "overdue"
    PAID = "paid", "paid"
    VOID = "void", "void"


State = InvoiceState
# Money is still expected.
OWED = (State.ISSUED, State.PART_PAID, State.OVERDUE)


def change(*, source: State | Iterable[State], target: State) -> Callable[..., Any]:
    """Declare one change of an invoice's state: from where, to where."""
    sources = [source.value] if isinstance(source, State) else [state.value for state in source]
    return transition(field="state", source=sources, target=target.value)


class InvoiceLife(models.Model):
    """The state of an invoice and the only changes there are."""

    number: str | None
    remittance_reference: str | None
    due_on: date | None
    issued_at: datetime | None
    issued_by: str
    paid_at: datetime | None
    overdue_at: datetime | None
    voided_at: datetime | None
    void_reason: str

    state = FSMField(max_length=10, choices=State.choices, default=State.DRAFT.value, protected=True)

    class Meta:
        abstract = True

    @change(source=State.DRAFT, target=State.ISSUED)
    def issue(self, *, number: str, reference: str, due_on: date, by: str, at: datetime) -> None:
        """It takes its number and the reference to pay with, and goes to the customer."""
        self.number, self.remittance_reference, self.due_on = number, reference, due_on
        self.issued_by, self.issued_at = by, at

    @change(source=(State.ISSUED, State.PART_PAID), target=State.PART_PAID)
    def pay_part(self) -> None:
        """Some of the money is there. An overdue one stays overdue until all of it is."""

    @change(source=OWED, target=State.PAID)
    def pay(self, *, at: datetime) -> None:
        """All of the money is there."""
        self.paid_at = at

    @change(source=(State.ISSUED, State.PART_PAID), target=State.OVERDUE)
    def fall_overdue(self, *, at: datetime) -> None:
        """Its day passed with money still open."""
        self.overdue_at = at

    @change(source=(*OWED, State.PAID), target=State.PART_PAID)
    def reopen_in_part(self) -> None:
        """Money went back (refund, lost dispute, a transfer recalled) and some of it stayed."""
        self.paid_at = None

    @change(source=(*OWED, State.PAID), target=State.ISSUED)
    def reopen(self) -> None:
        """All of the money went back."""
        self.paid_at = None

    @change(source=(State.DRAFT, State.ISSUED, State.OVERDUE), target=State.VOID)
    def void(self, *, reason: str, at: datetime) -> None:
        """Taken back; an issued one by a credit note."""
        self.void_reason, self.voided_at = reason, at
