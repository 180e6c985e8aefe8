"""The customer's invoice in every state, its papers, and the statement of account made at a press."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import now

from onboarding.actions import invoice_dates, invoices, payments
from onboarding.models import Document, Engagement, Invoice
from onboarding.workflow.steps import Step
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Step V: the invoice is issued."""
    return journey(Step.CUSTOMER_APPROVAL)


def page(cast: Cast) -> str:
    return signed_in(cast).get("/invoice/").content.decode()


def taken_back(cast: Cast) -> Invoice:
    return invoices.void(
        cast.engagement.invoices.get().pk, reason="The name was <misspelt>.", by=cast.finance, at=now()
    )


def test_an_open_invoice_shows_its_lines_its_reference_and_what_the_file_carries(cast: Cast) -> None:
    invoice, shown = cast.engagement.invoices.get(), page(cast)

    assert "12\xa0months" in shown
    assert f"<code>{invoice.remittance_reference}</code>" in shown
    assert "factur-x.xml inside it, by EN 16931" in shown
    assert "end of the day in America/New_York" in shown
    assert "Make a statement of account" in shown


def test_an_overdue_one_says_since_when_and_how_much(cast: Cast) -> None:
    phase_one.part_paid(cast)
    invoice_dates.look(at=now() + timedelta(days=30))

    shown = page(cast)

    due_on = cast.engagement.invoices.get().due_on
    assert f"$4,000.00 was due on {due_on:%-d %B %Y}" in shown
    assert "tell Priya Patel" in shown
    assert "Overdue" in shown


def test_one_taken_back_stays_with_its_credit_note_and_says_that_nothing_is_to_be_paid(cast: Cast) -> None:
    taken_back(cast)

    shown = page(cast)

    assert "A new invoice is being prepared" in shown
    assert "Credit note CN-" in shown
    assert "The name was &lt;misspelt&gt;." in shown
    assert "Remittance reference" not in shown


def test_while_a_new_one_is_prepared_nobody_is_asked_to_pay(cast: Cast) -> None:
    taken_back(cast)

    found = {one["code"]: one for one in Engagement.objects.get(pk=cast.engagement.pk).status["criteria"]}
    step = signed_in(cast).get("/steps/5/").content.decode()
    assert found["payment.outstanding"]["owner"] == "specialist"
    assert ("Finance issues the invoice anew." in step, "Pay the invoice" in step) == (True, False)


def test_the_new_one_stands_above_the_one_taken_back(cast: Cast) -> None:
    former = taken_back(cast)
    draft = invoices.draft_again(cast.engagement.pk, by=cast.finance, at=now())
    assert "A new invoice is being prepared" in page(cast)  # a draft is nobody's business yet
    fresh = invoices.issue(draft.pk, by=cast.finance, at=now())

    shown = page(cast)

    assert shown.index(f"Invoice {fresh.number}") < shown.index(f"Invoice {former.number} was taken back")


def test_a_paid_one_has_its_receipt(cast: Cast) -> None:
    invoice = cast.engagement.invoices.get()
    payments.record(
        invoice.pk, amount=Decimal("4888.00"), currency="USD", method="bank_transfer", reference="WIRE 1",
        received_on=now().date(), by=cast.finance, at=now(),
    )  # fmt: skip

    shown = page(cast)

    assert "Paid in full" in shown
    assert f"{invoice.number}-receipt.pdf" in shown
    assert "Pay by bank transfer" not in shown


def test_a_statement_is_made_once_for_the_same_account(cast: Cast) -> None:
    client = signed_in(cast)

    first, again = client.post("/invoice/statement/"), client.post("/invoice/statement/")

    assert (first.status_code, again.status_code) == (302, 302)
    assert said(first) == "Your statement of account is being made. It is listed below."
    assert Document.objects.filter(kind="statement").count() == 1
    assert "Statement of account IW-" in page(cast)


def test_a_viewer_reads_and_makes_no_statement(cast: Cast) -> None:
    client = signed_in(cast, cast.viewer)

    shown, refused = client.get("/invoice/").content.decode(), client.post("/invoice/statement/")

    assert "Make a statement of account" not in shown
    assert refused.status_code == 403
    assert Document.objects.filter(kind="statement").count() == 0
