"""An invoice's life with its payments, lived at random: whatever is done in whatever order, the sums and series hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from onboarding import errors
from onboarding.actions import invoice_dates, invoices, payments, statements
from onboarding.library import dunning
from onboarding.models import CreditNote, Document, Event, Invoice, Message, Payment, Rendering
from onboarding.rendering import einvoice
from onboarding.workflow.steps import Step
from tests.every_row import Writes
from tests.factories import NOW, EngagementFactory, finance, lead, owner, specialist

D = Decimal
SECOND_PERSON_FROM = D(3000)  # a whole invoice needs two people, a part does not
shares = st.sampled_from([D("0.25"), D("0.5"), D(1), D("1.5")])


class Life(RuleBasedStateMachine):
    """One engagement's invoices one after the other; a clock that only goes on. `there` is the money by our own count."""

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()

    def teardown(self) -> None:
        """What was ordered is fit to go out; nothing of a run stays for the next."""
        try:
            for one in Rendering.objects.filter(template__in=sorted(einvoice.KINDS)):
                einvoice.xml(one.template, one.context)
        finally:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    @initialize(price=st.integers(100, 2000))
    def begin(self, price: int) -> None:
        """Step V, with an invoice that was just issued; drafts come later, when it was taken back."""
        self.at: datetime = NOW
        self.numbers = itertools.count(1)
        self.there: dict[int, Decimal] = {}
        self.engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value)
        owner(self.engagement.company)
        self.tellers = [finance(), lead()]
        self.specialist = specialist()
        self.acts = 0
        with transaction.atomic():
            invoices.draft(self.engagement, by=self.specialist, at=self.at)
        self.change(price=price, discount=0, rate="0")
        self.issue()

    @property
    def is_draft(self) -> bool:
        return self.newest().state == "draft"

    # --- What people do ------------------------------------------------------------------------------------------

    @precondition(lambda self: self.is_draft or self.acts % 6 == 0)
    @rule(price=st.integers(1, 9000), discount=st.integers(0, 2000), rate=st.sampled_from(["0", "19"]))
    def change(self, price: int, discount: int, rate: str) -> None:
        invoice = self.newest()
        line = {"description": "Work", "quantity": "2.5", "unit_price": str(price), "unit": "HUR"}
        may = invoice.state == "draft" and discount < D(price) * D("2.5")
        self.tried(
            may, invoices.change, invoice.pk, lines=[line], tax_rate=D(rate), tax_note="Exempt", discount=D(discount),
            discount_reason="Pilot", by=self.specialist,
        )  # fmt: skip

    @precondition(lambda self: self.is_draft or self.acts % 6 == 1)
    @rule()
    def issue(self) -> None:
        invoice = self.newest()
        self.tried(invoice.state == "draft", invoices.issue, invoice.pk, by=self.specialist)

    @rule(share=shares, teller=st.integers(0, 1))
    def pay(self, share: Decimal, teller: int) -> None:
        invoice = self.newest()
        amount = (invoice.gross * share).quantize(D("0.01"))
        self.money(payments.record, invoice, amount, teller, may=invoice.state not in {"draft", "void"})

    @rule(share=shares, teller=st.integers(0, 1))
    def send_back(self, share: Decimal, teller: int) -> None:
        invoice = self.newest()
        amount = (invoice.gross * share).quantize(D("0.01"))
        waiting = invoice.payments.filter(state="proposed", kind="refund")
        there = self.there.get(invoice.pk, D(0)) - sum((one.amount for one in waiting), D(0))
        self.money(payments.refund, invoice, amount, teller, may=amount <= there)

    def money(self, act: Callable[..., Any], invoice: Invoice, amount: Decimal, teller: int, *, may: bool) -> None:
        done = self.tried(
            may, act, invoice.pk, amount=amount, currency="USD", method="bank_transfer",
            reference=f"WIRE {next(self.numbers)}", received_on=NOW.date(), by=self.tellers[teller],
        )  # fmt: skip
        if done and amount < SECOND_PERSON_FROM:
            self.count(Payment.objects.latest("pk"))

    def count(self, payment: Payment) -> None:
        sign = -1 if payment.kind == "refund" else 1
        self.there[payment.invoice_id] = self.there.get(payment.invoice_id, D(0)) + sign * payment.amount

    @rule(teller=st.integers(0, 1), agrees=st.booleans())
    def decide(self, teller: int, agrees: bool) -> None:
        payment = Payment.objects.filter(state="proposed").first()
        if payment is None:
            return
        by = self.tellers[teller]
        may = by.user_id != payment.recorded_by_user
        if agrees:
            here = self.there.get(payment.invoice_id, D(0))
            may = may and (payment.kind == "payment" or payment.amount <= here)
            if self.tried(may, payments.confirm, payment.pk, by=by):
                self.count(payment)
        else:
            self.tried(may, payments.reject, payment.pk, note="Not ours", by=by)

    @precondition(lambda self: self.acts % 4 == 3)
    @rule()
    def void(self) -> None:
        invoice = self.newest()
        is_clear = not self.there.get(invoice.pk) and not invoice.payments.filter(state="proposed").exists()
        may = is_clear and invoice.state in {"draft", "issued", "overdue"}
        self.tried(may, invoices.void, invoice.pk, reason="Wrong", by=self.tellers[1])

    @precondition(lambda self: self.newest().state == "void" or self.acts % 6 == 2)
    @rule()
    def draft_again(self) -> None:
        may = self.newest().state == "void"
        self.tried(may, invoices.draft_again, self.engagement.pk, by=self.specialist)

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.at += timedelta(days=days)
        invoice_dates.look(at=self.at)
        before = Event.objects.count()
        invoice_dates.look(at=self.at)
        assert Event.objects.count() == before

    # --- What always holds -----------------------------------------------------------------------------------------

    @invariant()
    def states_follow_the_money(self) -> None:
        for one in Invoice.objects.exclude(state__in=["draft", "void"]):
            there = self.there.get(one.pk, D(0))
            if there >= one.gross:
                assert (one.state, bool(one.paid_at)) == ("paid", True)
            elif one.state != "overdue":
                assert one.state == ("part_paid" if there > 0 else "issued")
            assert payments.paid_so_far(one) == there

    @invariant()
    def series_have_no_gaps_and_one_invoice_is_in_force(self) -> None:
        numbers = sorted(one.number for one in Invoice.objects.exclude(number=None))
        assert numbers == [f"INV-2026-{place:04d}" for place in range(1, len(numbers) + 1)]
        notes = sorted(CreditNote.objects.values_list("number", flat=True))
        assert notes == [f"CN-{self.at_year(place)}-{place:04d}" for place in range(1, len(notes) + 1)]
        assert CreditNote.objects.count() == Invoice.objects.filter(state="void").exclude(number=None).count()
        assert Invoice.objects.exclude(state="void").count() <= 1

    def at_year(self, place: int) -> int:
        return list(CreditNote.objects.order_by("number"))[place - 1].issued_at.year

    @invariant()
    def the_statement_says_what_is_owed(self) -> None:
        issued = Invoice.objects.exclude(state__in=["draft", "void"])
        owed = sum((one.gross for one in issued), D(0)) - sum(self.there.values(), D(0))
        with transaction.atomic():
            document = statements.order(self.engagement.pk, by=self.tellers[0], at=self.at)
            accounts = document.rendering.context["accounts"]
            transaction.set_rollback(True)
        assert sum((D(one["balance"]) for one in accounts), D(0)) == owed

    @invariant()
    def every_time_it_was_paid_has_its_receipt(self) -> None:
        paid = Event.objects.filter(kind="payment.recorded", data__state="paid")
        assert Document.objects.filter(kind="receipt").count() <= paid.count()
        assert Document.objects.filter(kind="receipt").exists() == paid.exists()

    @invariant()
    def nobody_is_reminded_twice_of_the_same(self) -> None:
        for one in Invoice.objects.exclude(number=None):
            mails = Message.objects.filter(kind="invoice.due", key__startswith=f"invoice-due:{one.pk}:").count()
            assert mails <= min(one.reminders, len(dunning.STAGES) - 1)

    # --- How it is tried --------------------------------------------------------------------------------------------

    def newest(self) -> Invoice:
        return Invoice.objects.latest("pk")

    def tried(self, may: bool, act: Callable[..., Any], *about: Any, **details: Any) -> bool:
        """Done when it may be, else refused without a trace."""
        self.acts += 1
        with connection.execute_wrapper(written := Writes()):
            try:
                act(*about, **details, at=self.at)
            except errors.Refused:
                assert not may, (act.__name__, details)
                assert written.kept == []
                return False
        assert may, (act.__name__, details)
        return True


@pytest.mark.long
@pytest.mark.django_db
def test_sums_and_series_hold_whatever_happens() -> None:
    seller = django_settings.SELLER | {"tax_id": "04-1234567"}  # so that taxed invoices may go out
    with override_settings(SECOND_PERSON_FROM=SECOND_PERSON_FROM, SELLER=seller):
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=18, stateful_step_count=25, deadline=None, derandomize=True, database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
