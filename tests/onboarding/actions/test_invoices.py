"""Invoices: lines and sums, numbers without gaps, money in parts, refusals that leave nothing behind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from stdnum import iso11649

from onboarding import errors
from onboarding.actions import agreements, contacts, invoices, payments
from onboarding.actors import Role
from onboarding.models import (
    Agreement,
    Checkout,
    Company,
    CreditNote,
    Document,
    Engagement,
    Event,
    Invoice,
    Message,
    Payment,
    ReferenceSeries,
    Rendering,
)
from onboarding.rendering import einvoice, html
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    finance,
    lead,
    member,
    owner,
    specialist,
    stranger,
    viewer,
)
from tests.onboarding.rendering import schematron

pytestmark = pytest.mark.django_db
LINE = {"description": "Set-up", "quantity": "1", "unit_price": "1000.00"}


def drafted(step: Step = Step.CUSTOMER_VERIFICATION, country: str = "US") -> Invoice:
    engagement = EngagementFactory(step=step.value, company=CompanyFactory(country=country))
    with transaction.atomic():  # starters run inside the move's transaction
        return invoices.draft(engagement, by=specialist(), at=NOW)


def issued() -> Invoice:
    return invoices.issue(drafted(Step.CUSTOMER_APPROVAL).pk, by=specialist(), at=NOW)


def change(invoice: Invoice, by: Any = None, **given: Any) -> Invoice:
    details = {"lines": [LINE], "tax_rate": Decimal(0), "tax_note": ""} | given
    return invoices.change(invoice.pk, **details, by=by or specialist(), at=NOW)


def pay(invoice: Invoice, amount: str, by: Any = None, **given: Any) -> Payment:
    details = {"currency": "USD", "method": "bank_transfer", "reference": f"WIRE {amount}",
               "received_on": NOW.date()} | given  # fmt: skip
    return payments.record(invoice.pk, amount=Decimal(amount), **details, by=by or finance(), at=NOW)


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


@pytest.mark.parametrize(
    ("country", "words"), [("US", "No sales tax is due"), ("DE", "tax is due by the recipient")]
)  # fmt: skip
def test_the_tax_note_follows_the_buyers_country(country: str, words: str) -> None:
    assert words in drafted(country=country).tax_note


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


def test_finance_takes_an_issued_invoice_back_by_a_credit_note_and_a_new_one_gets_the_next_number() -> None:
    invoice = issued()
    people = owner(invoice.company)

    with pytest.raises(errors.BadInput):
        invoices.void(invoice.pk, reason=" ", by=finance(), at=NOW)
    with pytest.raises(errors.WrongState):
        invoices.draft_again(invoice.engagement_id, by=finance(), at=NOW)
    voided = invoices.void(invoice.pk, reason=" Wrong address ", by=finance(), at=NOW + timedelta(days=2))
    with pytest.raises(errors.WrongState):
        invoices.void(invoice.pk, reason="Again", by=finance(), at=NOW)
    fresh = invoices.issue(
        invoices.draft_again(invoice.engagement_id, by=specialist(), at=NOW).pk, by=specialist(), at=NOW
    )

    assert (voided.state, voided.voided_at, voided.void_reason, voided.number) == (
        "void", NOW + timedelta(days=2), "Wrong address", "INV-2026-0001",
    )  # fmt: skip
    assert fresh.number == "INV-2026-0002"
    note = CreditNote.objects.get()
    assert (note.number, note.invoice, note.reason) == ("CN-2026-0001", voided, "Wrong address")
    context = note.document.rendering.context
    assert (context["gross"], context["issued_on"], context["invoice"]) == (
        "4888.00", "2026-11-25", {"number": "INV-2026-0001", "issued_on": "2026-11-23"},
    )  # fmt: skip
    assert schematron.broken(einvoice.xml("credit_note", context)) == []
    assert Event.objects.filter(kind="invoice.voided").get().data["credit_note"] == "CN-2026-0001"
    assert [mail.to for mail in Message.objects.filter(kind="invoice.voided")] == [people.email]


def test_a_credit_note_says_what_the_invoice_said_though_the_company_moved_since() -> None:
    invoice = issued()
    Company.objects.update(street="9 New Road", legal_name="Other Ltd")

    invoices.void(invoice.pk, reason="Moved", by=finance(), at=NOW)

    context = CreditNote.objects.get().document.rendering.context
    assert context["buyer"] == invoice.document.rendering.context["buyer"]
    assert context["buyer"]["address"][0] == "1 Main Street"


def test_a_draft_is_voided_without_a_credit_note() -> None:
    invoice = drafted()

    voided = invoices.void(invoice.pk, reason="Never mind", by=finance(), at=NOW)

    assert (voided.state, voided.number) == ("void", None)
    assert (CreditNote.objects.count(), Message.objects.count()) == (0, 0)


def test_an_invoice_with_money_on_it_is_not_voided() -> None:
    invoice = issued()
    pay(invoice, "10")

    with pytest.raises(errors.WrongState):
        invoices.void(invoice.pk, reason="Oops", by=lead(), at=NOW)

    assert Invoice.objects.get().state == "part_paid"


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


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_void_at_once_one_makes_the_credit_note() -> None:
    invoice, one, other = issued(), finance(), lead()

    outcomes = at_once(*(lambda by=by: invoices.void(invoice.pk, reason="No", by=by, at=NOW) for by in (one, other)))

    assert sorted(outcomes) == ["WrongState", "done"]
    assert [note.number for note in CreditNote.objects.all()] == ["CN-2026-0001"]


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


@override_settings(
    SELLER=settings.SELLER | {"country": "DE", "tax_id": "DE123456788", "iban": "DE89370400440532013000"}
)
@pytest.mark.parametrize(
    ("company", "category", "sums"),
    [
        ({"country": "DE", "tax_id": "DE123456788"}, "S", ("4520.00", "858.80", "5378.80")),
        ({"country": "FR", "tax_id": "FR11123456782"}, "AE", ("4520.00", "0.00", "4520.00")),
        ({"country": "FR", "tax_id": "none"}, "S", ("4520.00", "858.80", "5378.80")),
        ({"country": "CH", "tax_id": ""}, "O", ("4520.00", "0.00", "4520.00")),
    ],
    ids=["at home", "reverse charge", "without a VAT id that holds", "outside the union"],
)
def test_a_seller_in_the_union_taxes_by_where_the_buyer_is(
    company: dict[str, str], category: str, sums: tuple[str, str, str]
) -> None:
    engagement = EngagementFactory(
        step=Step.CUSTOMER_VERIFICATION.value, company=CompanyFactory(currency="EUR", **company)
    )
    with transaction.atomic():
        draft = invoices.draft(engagement, by=specialist(), at=NOW)

    done = invoices.issue(draft.pk, by=finance(), at=NOW)

    context = Rendering.objects.get(document=done.document).context
    assert (done.tax_category, done.currency) == (category, "EUR")
    assert (context["net"], context["tax"], context["gross"]) == sums
    assert schematron.broken(einvoice.xml("invoice", context)) == []


def test_a_corrected_vat_id_taxes_the_draft_anew_unless_somebody_decided() -> None:
    with override_settings(SELLER=settings.SELLER | {"country": "DE", "tax_id": "DE123456788"}):
        invoice = drafted(country="FR")
        assert (invoice.tax_category, invoice.tax) == ("S", Decimal("928.72"))
        Company.objects.update(tax_id="FR11123456782")
        engagement = Engagement.objects.select_related("company").get()
        with transaction.atomic():
            invoices.refresh_tax(engagement, by=specialist(), at=NOW)
        fresh = Invoice.objects.get()
        assert (fresh.tax_category, fresh.tax, fresh.gross) == ("AE", 0, 4888)

        change(fresh, tax_category="E", tax_note="Exempt under section 4 no. 21.")
        with transaction.atomic():
            invoices.refresh_tax(Engagement.objects.select_related("company").get(), by=specialist(), at=NOW)

    assert Invoice.objects.get().tax_category == "E"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tax_category": "AE"}, "Reverse charge needs a VAT id of both sides"),
        ({"tax_category": "S", "tax_rate": Decimal(19)}, "A taxed invoice names our own tax number"),
        ({"tax_category": "O", "tax_note": " "}, "Say in the note why no tax is charged"),
    ],
)
def test_an_invoice_whose_tax_lacks_something_is_not_issued(given: dict[str, Any], words: str) -> None:
    invoice = drafted()
    with override_settings(SELLER=settings.SELLER | {"tax_id": ""}):
        change(invoice, **given)
        with pytest.raises(errors.WrongState, match=words):
            invoices.issue(invoice.pk, by=finance(), at=NOW)

    assert Invoice.objects.get().number is None
    assert ReferenceSeries.objects.filter(name="INV").count() == 0


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


@pytest.mark.parametrize(
    ("state", "words"),
    [("proposed payment", "waits for a second person"), ("card on its way", "A payment by card is on its way"),
     ("part paid while overdue", "refund it first")],
)  # fmt: skip
def test_an_invoice_with_money_on_its_way_is_not_voided(state: str, words: str) -> None:
    invoice = issued()
    if state == "card on its way":
        Checkout.objects.create(
            company=invoice.company, engagement=invoice.engagement, invoice=invoice, state="processing", amount=1,
            currency="USD", created_at=NOW, created_by="Ann",
        )  # fmt: skip
    else:
        payment = pay(invoice, "10")
        if state == "proposed payment":
            Payment.objects.filter(pk=payment.pk).update(state="proposed")
        Invoice.objects.update(state="overdue")

    with pytest.raises(errors.WrongState, match=words):
        invoices.void(invoice.pk, reason="No", by=lead(), at=NOW)

    assert CreditNote.objects.count() == 0
