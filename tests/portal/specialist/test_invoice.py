"""The specialist's invoice page: drafts with discount and tax, what is refused at its field, void ones and their papers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import invoice_dates
from onboarding.actors import Role
from onboarding.models import CreditNote, Document
from onboarding.workflow.steps import Step
from tests.portal.specialist.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance() -> Client:
    return signed_in(Role.FINANCE)


def at(place: str, engagement: Any) -> str:
    return reverse(f"specialist:{place}", args=[engagement.reference])


def draft(engagement: Any, **given: str) -> dict[str, Any]:
    return {
        "act": "change_lines", "invoice_id": engagement.invoices.get().pk, "tax_category": "O", "tax_rate": "0",
        "tax_note": "None is due.", "discount": "0", "discount_reason": "", "terms_days": "30",
        "lines-0-description": "Work", "lines-0-quantity": "2.5", "lines-0-unit": "HUR", "lines-0-unit_price": "120.00",
    } | given  # fmt: skip


def test_a_draft_gets_its_discount_units_and_days_to_pay(standing_at: Any, finance: Client) -> None:
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)

    answer = finance.post(at("invoice", engagement), draft(engagement, discount="50", discount_reason="Pilot"))

    invoice = engagement.invoices.get()
    assert answer.status_code == 302
    assert (invoice.net, invoice.discount, invoice.terms_days, invoice.lines.get().unit) == (250, 50, 30, "HUR")
    shown = finance.get(at("invoice", engagement)).content.decode()
    assert ("2.5\xa0hours" in shown, "Pilot" in shown, "To pay within 30 days" in shown) == (True, True, True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"discount": "300"}, "Enter less than the sum of the lines, 300.00 USD."),
        ({"discount": "5"}, "Say what the discount is for; the invoice prints it."),
        ({"tax_category": "S"}, "Enter the rate above zero."),
        ({"tax_rate": "19"}, "Enter 0, or choose the standard rate."),
        ({"terms_days": "365"}, "90"),
        ({"lines-0-unit_price": "-1"}, "Line 1: enter a price of zero or more. A discount has a field of its own."),
        ({"lines-0-description": ""}, "Enter at least one line."),
    ],
)
def test_what_cannot_be_billed_is_said_and_kept(
    standing_at: Any, finance: Client, given: dict[str, str], words: str
) -> None:
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    before = engagement.invoices.get().gross

    answer = finance.post(at("invoice", engagement), draft(engagement, **given))

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert words in shown
    assert 'value="None is due."' in shown
    assert engagement.invoices.get().gross == before


def test_a_void_one_stays_in_sight_with_its_credit_note(standing_at: Any, finance: Client) -> None:
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    invoice, here = engagement.invoices.get(), at("invoice", engagement)
    finance.post(here, {"act": "issue", "invoice_id": invoice.pk})

    silent = finance.post(here, {"act": "void", "invoice_id": invoice.pk, "reason": ""})
    voided = finance.post(here, {"act": "void", "invoice_id": invoice.pk, "reason": "Wrong address"})

    shown = finance.get(here).content.decode()
    note = CreditNote.objects.get()
    assert (silent.status_code, voided.status_code) == (422, 302)
    assert f"Taken back by credit note {note.number}, $4,888.00." in shown
    assert f"{note.number}.pdf" in shown
    assert "Draft it anew" in shown


def test_an_overdue_one_says_how_far_its_reminders_are(standing_at: Any, finance: Client) -> None:
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    here = at("invoice", engagement)
    finance.post(here, {"act": "issue", "invoice_id": engagement.invoices.get().pk})
    invoice_dates.look(at=now() + timedelta(days=26))

    assert "Stage 3 of 5 of the reminders is reached" in finance.get(here).content.decode()


def test_finance_makes_a_statement_also_on_hold(standing_at: Any, finance: Client) -> None:
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    here = at("invoice", engagement)
    finance.post(here, {"act": "issue", "invoice_id": engagement.invoices.get().pk})
    type(engagement).objects.filter(pk=engagement.pk).update(held_at=now(), hold_reason="Summer")

    answer = finance.post(here, {"act": "order_statement"})

    assert answer.status_code == 302
    assert Document.objects.filter(kind="statement").count() == 1
