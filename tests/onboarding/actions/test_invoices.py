"""Invoices: lines and sums, numbers without gaps, days and years where the company is, refusals without a trace."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from stdnum import iso11649

from onboarding import errors
from onboarding.actions import agreements, contacts, invoices
from onboarding.actors import Role
from onboarding.models import (
    Agreement,
    Company,
    Document,
    Event,
    Invoice,
    Message,
    Payment,
    ReferenceSeries,
    Rendering,
)
from onboarding.rendering import html
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.factories import (
    NOW,
    EngagementFactory,
    finance,
    member,
    owner,
    specialist,
    stranger,
    viewer,
)
from tests.invoices import LINE, change, drafted, issued, pay

pytestmark = pytest.mark.django_db


def test_entering_step_four_drafts_the_price_list_once_and_without_a_number() -> None:
    invoice = drafted()

    again = invoices.draft(invoice.engagement, by=specialist(), at=NOW)

    assert (again.pk, invoice.number, invoice.state) == (invoice.pk, None, "draft")
    assert list(invoice.lines.values_list("description", "quantity", "unit_price", "net")) == [
        ("Onboarding and set-up, Salesforce to QuickBooks Online", Decimal(1), Decimal(2500), Decimal(2500)),
        ("SmartIntegration subscription, first year", Decimal(12), Decimal(199), Decimal(2388)),
    ]
    assert (invoice.net, invoice.tax, invoice.gross, invoice.currency) == (4888, 0, 4888, "USD")
    assert ReferenceSeries.objects.filter(name="INV").count() == 0


def test_lines_are_replaced_and_summed_to_the_cent() -> None:
    invoice = drafted()
    lines = [
        {"description": " Hours ", "quantity": "2.5", "unit_price": "33.33", "unit": "HUR"},
        {"description": "Included", "quantity": Decimal(1), "unit_price": Decimal(0)},
    ]

    done = change(invoice, lines=lines, tax_rate=Decimal("8.25"), tax_note=" MA ", discount=Decimal(10),
                  discount_reason=" Pilot ", terms_days=30)  # fmt: skip

    assert list(done.lines.values_list("position", "description", "net", "unit")) == [
        (1, "Hours", Decimal("83.33"), "HUR"), (2, "Included", Decimal(0), "C62"),
    ]  # fmt: skip
    assert (done.net, done.tax, done.gross, done.tax_note) == (
        Decimal("73.33"), Decimal("6.05"), Decimal("79.38"), "MA",
    )  # fmt: skip
    assert (done.discount_reason, done.terms_days, done.tax_category) == ("Pilot", 30, "S")
    assert Event.objects.last().data["gross"] == "79.38"


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"lines": []}, "lines", "Enter at least one line."),
        ({"lines": [LINE | {"description": " "}]}, "lines", "Line 1: say what it is for."),
        ({"lines": [LINE, LINE | {"quantity": "x"}]}, "lines", "Line 2: enter quantity and price as numbers."),
        ({"lines": [{"description": "X"}]}, "lines", "Line 1: enter quantity and price as numbers."),
        ({"lines": [LINE | {"quantity": "0"}]}, "lines", "Line 1: enter a quantity above zero and a price"),
        ({"lines": [LINE | {"quantity": "1.234"}]}, "lines", "Line 1: enter a quantity above zero and a price"),
        ({"lines": [LINE | {"unit_price": "NaN"}]}, "lines", "Line 1: enter a quantity above zero and a price"),
        ({"lines": [LINE | {"unit_price": "1e40"}]}, "lines", "Line 1: enter a quantity above zero and a price"),
        ({"lines": [LINE | {"unit_price": "0.00"}]}, "lines", "The sum of the lines must be more than zero"),
        ({"lines": [LINE | {"unit_price": "-5"}]}, "lines", "Line 1: enter a price of zero or more. A discount has"),
        ({"lines": [LINE | {"unit": "KGM"}]}, "lines", "Line 1: choose one of the units."),
        ({"lines": [LINE | {"description": "x" * 301}]}, "lines", "Line 1: shorten what it is for to 300 characters"),
        ({"discount": Decimal(-1), "discount_reason": "X"}, "discount", "Enter an amount of zero or more"),
        ({"discount": Decimal("NaN"), "discount_reason": "X"}, "discount", "Enter an amount of zero or more"),
        (
            {"discount": Decimal(1000), "discount_reason": "X"},
            "discount",
            "Enter less than the sum of the lines, 1,000",
        ),
        ({"discount": Decimal(10)}, "discount_reason", "Say what the discount is for"),
        ({"discount": Decimal(10), "discount_reason": "x" * 101}, "discount_reason", "Shorten this to 100 characters"),
        ({"terms_days": 91}, "terms_days", "Enter 0 to 90 days."),
        ({"terms_days": -1}, "terms_days", "Enter 0 to 90 days."),
        ({"tax_category": "Q"}, "tax_category", "Choose how this sale is taxed."),
        ({"tax_category": "S"}, "tax_rate", "Enter the rate above zero."),
        ({"tax_category": "AE", "tax_rate": Decimal(5)}, "tax_rate", "Enter 0, or choose the standard rate."),
        ({"tax_rate": Decimal(101)}, "tax_rate", "Enter a percentage from 0 to 100"),
        ({"tax_rate": Decimal("NaN")}, "tax_rate", "Enter a percentage from 0 to 100"),
        ({"tax_rate": Decimal("8.125")}, "tax_rate", "Enter a percentage from 0 to 100"),
    ],
)
def test_lines_that_cannot_be_billed_are_refused_with_words(given: dict[str, Any], field: str, words: str) -> None:
    invoice = drafted()

    with pytest.raises(errors.BadInput) as refusal:
        change(invoice, **given)

    assert refusal.value.fields[field].startswith(words)
    assert (Invoice.objects.get().gross, invoice.lines.count(), Event.objects.count()) == (4888, 2, 1)


def test_issuing_takes_the_next_number_and_orders_the_paper() -> None:
    invoice, by = drafted(), specialist()
    people, bills = owner(invoice.company), member(invoice.company, Role.BILLING)
    contacts.save(
        invoice.engagement_id, kind="billing", name="Bill", email="bill@acme.example", title="", phone="", by=people,
        at=NOW,
    )  # fmt: skip

    done = invoices.issue(invoice.pk, by=by, at=NOW)

    assert (done.number, done.state, done.issued_by, done.due_on) == (
        "INV-2026-0001", "issued", by.name, date(2026, 12, 7),
    )  # fmt: skip
    context = Rendering.objects.get(document=done.document).context
    assert (context["gross"], context["due_on"], context["lines"][1]["quantity"]) == ("4888.00", "2026-12-07", "12")
    assert context["payment"]["remittance_reference"] == done.remittance_reference == "RF16INV20260001"
    assert iso11649.is_valid(done.remittance_reference)
    assert "INV-2026-0001" in html.page("invoice", context)
    assert sorted(Message.objects.filter(kind="invoice.issued").values_list("to", flat=True)) == sorted(
        [people.email, bills.email, "bill@acme.example"]
    )


def test_numbers_have_no_gaps_though_an_issue_fails() -> None:
    first, second = drafted(), drafted(Step.PLAN_TIMELINE)

    invoices.issue(first.pk, by=finance(), at=NOW)
    with pytest.raises(errors.WrongStep):
        invoices.issue(second.pk, by=finance(), at=NOW)
    with pytest.raises(errors.WrongState):
        invoices.issue(first.pk, by=finance(), at=NOW)
    third = invoices.issue(drafted().pk, by=finance(), at=NOW)

    assert third.number == "INV-2026-0002"
    assert Invoice.objects.get(pk=second.pk).number is None


def test_an_issued_invoice_is_not_edited() -> None:
    invoice = issued()

    with pytest.raises(errors.WrongState):
        change(invoice)

    assert Invoice.objects.get().gross == 4888


def test_everybody_has_their_part_and_no_other() -> None:
    invoice = issued()
    company = invoice.company

    for by in (specialist(), owner(company), viewer(company)):
        with pytest.raises(errors.NotYours):
            pay(invoice, "10", by=by)
        with pytest.raises(errors.NotYours):
            invoices.void(invoice.pk, reason="No", by=by, at=NOW)
    for by in (owner(company), member(company, Role.BILLING)):
        with pytest.raises(errors.NotYours):
            change(invoice, by=by)
        with pytest.raises(errors.NotYours):
            invoices.issue(invoice.pk, by=by, at=NOW)
        with pytest.raises(errors.NotYours):
            invoices.draft_again(invoice.engagement_id, by=by, at=NOW)
    with pytest.raises(errors.NotFound):
        pay(invoice, "10", by=stranger())

    assert (Payment.objects.count(), Invoice.objects.get().state, Document.objects.count()) == (0, "issued", 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_invoices_issued_at_once_get_two_numbers_in_a_row() -> None:
    first, second, by = drafted(), drafted(), finance()

    outcomes = at_once(*(lambda pk=one.pk: invoices.issue(pk, by=by, at=NOW) for one in (first, second)))

    assert outcomes == ["done", "done"]
    assert set(Invoice.objects.values_list("number", flat=True)) == {"INV-2026-0001", "INV-2026-0002"}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_and_no_doubles_though_every_other_issue_is_taken_back() -> None:
    drafts, by = [drafted() for _ in range(8)], finance()

    def issue(pk: int, *, is_taken_back: bool) -> None:
        with transaction.atomic():
            invoices.issue(pk, by=by, at=NOW)
            if is_taken_back:
                raise errors.WrongState("The bank went down.")

    for wave in (drafts[:4], drafts[4:]):
        outcomes = at_once(
            *(lambda pk=one.pk, odd=place % 2 == 1: issue(pk, is_taken_back=odd) for place, one in enumerate(wave))
        )
        assert sorted(outcomes) == ["WrongState", "WrongState", "done", "done"]

    issued_now = Invoice.objects.exclude(number=None).values_list("number", flat=True)
    assert sorted(issued_now) == [f"INV-2026-{number:04d}" for number in range(1, 5)]
    assert ReferenceSeries.objects.get(name="INV").last == 4


@pytest.mark.parametrize(
    ("zone", "at", "number", "issued_on", "due_on"),
    [
        (
            "Pacific/Auckland",
            datetime(2026, 12, 31, 12, 0, tzinfo=UTC),
            "INV-2027-0001",
            "2027-01-01",
            date(2027, 1, 15),
        ),
        ("America/New_York", datetime(2027, 1, 1, 4, 59, tzinfo=UTC), "INV-2026-0001", "2026-12-31", date(2027, 1, 14)),
    ],
    ids=["the new year began in Auckland", "the old one goes on in New York"],
)
def test_day_and_year_are_those_where_the_company_is(
    zone: str, at: datetime, number: str, issued_on: str, due_on: date
) -> None:
    invoice = drafted()
    Company.objects.update(time_zone=zone)

    done = invoices.issue(invoice.pk, by=finance(), at=at)

    context = Rendering.objects.get(document=done.document).context
    assert (done.number, done.due_on, context["issued_on"]) == (number, due_on, issued_on)


def test_the_agreement_still_a_draft_names_the_discount_and_the_new_fees() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value)
    with transaction.atomic():
        invoice = invoices.draft(engagement, by=specialist(), at=NOW)
        agreements.draft(engagement, by=specialist(), at=NOW)

    change(invoice, discount=Decimal(100), discount_reason="Pilot")

    terms = Agreement.objects.get().terms
    assert terms["fees"] == [
        {"description": "Set-up", "amount": "1000.00"},
        {"description": "Pilot", "amount": "-100.00"},
    ]
    assert (terms["total"], terms["currency"]) == ("900.00", "USD")
