"""Statements and receipts: the account as it stands, made on request and when an invoice is paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from onboarding import errors
from onboarding.actions import invoices, payments, statements
from onboarding.actors import Role
from onboarding.models import Document, Engagement, Event, Invoice, Payment, Rendering
from onboarding.rendering import html
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, finance, lead, member, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def issued(engagement: Engagement) -> Invoice:
    with transaction.atomic():
        draft = invoices.draft(engagement, by=specialist(), at=NOW)
    return invoices.issue(draft.pk, by=specialist(), at=NOW)


def pay(invoice: Invoice, amount: str, call: object = payments.record) -> Payment:
    return call(  # type: ignore[operator]
        invoice.pk, amount=Decimal(amount), currency="USD", method="bank_transfer", reference=f"WIRE {amount}",
        received_on=NOW.date(), by=finance(), at=NOW,
    )  # fmt: skip


def accounts(document: Document) -> list[dict[str, object]]:
    context = Rendering.objects.get(document=document).context
    assert "Statement of account" in html.page("statement", context)
    return context["accounts"]


def test_a_statement_adds_up_everything_on_the_account() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value)
    first = issued(engagement)
    invoices.void(first.pk, reason="Wrong address", by=lead(), at=NOW)
    second = issued(engagement)
    pay(second, "2000.00")
    pay(second, "500.00", payments.refund)

    (account,) = accounts(statements.order(engagement.pk, by=owner(engagement.company), at=LATER))

    assert [(one["what"], one["number"], one["amount"], one["balance"]) for one in account["entries"]] == [
        ("Invoice", "INV-2026-0001", "4888.00", "4888.00"),
        ("Invoice", "INV-2026-0002", "4888.00", "9776.00"),
        ("Credit note", "CN-2026-0001", "-4888.00", "4888.00"),
        ("Bank transfer", "WIRE 2000.00", "-2000.00", "2888.00"),
        ("Sent back", "WIRE 500.00", "500.00", "3388.00"),
    ]
    assert (account["billed"], account["paid"], account["balance"], account["overdue"]) == (
        "4888.00", "1500.00", "3388.00", "0.00",
    )  # fmt: skip


def test_an_empty_account_says_so() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value)

    document = statements.order(engagement.pk, by=finance(), at=NOW)

    assert accounts(document) == []
    assert "Nothing is on this account yet" in html.page("statement", document.rendering.context)


def test_the_same_account_is_not_made_twice_but_a_moved_one_is() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value)
    invoice, by = issued(engagement), owner(engagement.company)

    first = statements.order(engagement.pk, by=by, at=NOW)
    again = statements.order(engagement.pk, by=by, at=LATER)
    pay(invoice, "10.00")
    moved = statements.order(engagement.pk, by=by, at=LATER)

    assert first == again != moved
    assert Event.objects.filter(kind="statement.ordered").count() == 2
    assert (moved.kind, moved.version) == ("statement", 2)


def test_statements_are_for_those_who_deal_with_money() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, held_at=NOW, hold_reason="Summer")
    company = engagement.company

    for by in (viewer(company), member(company, Role.TECHNICAL), member(company, Role.CONTRIBUTOR)):
        with pytest.raises(errors.NotYours):
            statements.order(engagement.pk, by=by, at=NOW)
    with pytest.raises(errors.NotFound):
        statements.order(engagement.pk, by=stranger(), at=NOW)

    assert Document.objects.count() == 0
    assert statements.order(engagement.pk, by=member(company, Role.BILLING), at=NOW).pk  # also on hold


def test_a_receipt_is_ordered_when_the_invoice_is_paid_and_says_by_what() -> None:
    invoice = issued(EngagementFactory(step=Step.CUSTOMER_APPROVAL.value))

    pay(invoice, "2000.00")
    assert not Document.objects.filter(kind="receipt").exists()
    pay(invoice, "2888.00")

    receipt = Document.objects.get(kind="receipt")
    context = receipt.rendering.context
    assert [one["amount"] for one in context["payments"]] == ["2000.00", "2888.00"]
    assert (context["number"], context["gross"], context["paid_on"]) == ("INV-2026-0001", "4888.00", "2026-11-23")
    assert receipt.file_name == "INV-2026-0001-receipt.pdf"
    assert "Paid in full" in html.page("receipt", context)
