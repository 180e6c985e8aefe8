"""Tax of an invoice: by the countries and numbers of both sides, anew after a correction, complete before it goes out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from onboarding import errors
from onboarding.actions import invoices
from onboarding.models import (
    Company,
    Engagement,
    Invoice,
    ReferenceSeries,
    Rendering,
)
from onboarding.rendering import einvoice
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    finance,
    specialist,
)
from tests.invoices import change, drafted
from tests.onboarding.rendering import schematron

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "words"), [("US", "No sales tax is charged"), ("DE", "tax is due by the recipient")]
)  # fmt: skip
def test_the_tax_note_follows_the_buyers_country(country: str, words: str) -> None:
    assert words in drafted(country=country).tax_note


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


ESTONIAN = settings.SELLER | {"country": "EE", "tax_id": "EE100931558", "iban": "EE382200221020145685"}
BEFORE, AFTER = datetime(2025, 6, 30, 12, tzinfo=UTC), datetime(2025, 7, 1, 12, tzinfo=UTC)


def drafted_in_june() -> Invoice:
    """22 percent, as it was until the end of June 2025."""
    company = CompanyFactory(currency="EUR", country="EE", time_zone="Europe/Tallinn")
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value, company=company)
    with transaction.atomic():
        return invoices.draft(engagement, by=specialist(), at=BEFORE)


@override_settings(SELLER=ESTONIAN)
def test_an_invoice_is_taxed_by_its_own_day_and_not_by_its_drafts() -> None:
    invoice = drafted_in_june()
    assert invoice.tax_rate == 22

    with pytest.raises(errors.WrongState, match=r"22% is not the rate of Estonia on 1 July 2025: 24% is\."):
        invoices.issue(invoice.pk, by=finance(), at=AFTER)
    change(invoice, tax_rate=Decimal(24))
    issued = invoices.issue(invoice.pk, by=finance(), at=AFTER)

    assert (issued.tax_rate, issued.tax, issued.number) == (24, Decimal(240), "INV-2025-0001")


@override_settings(SELLER=ESTONIAN)
def test_the_day_is_that_of_the_company_not_of_utc() -> None:
    invoice = drafted_in_june()
    late = datetime(2025, 6, 30, 21, 30, tzinfo=UTC)  # half past midnight on 1 July in Tallinn

    with pytest.raises(errors.WrongState, match="on 1 July 2025"):
        invoices.issue(invoice.pk, by=finance(), at=late)

    assert invoices.issue(invoice.pk, by=finance(), at=late - timedelta(hours=1)).tax_rate == 22


@override_settings(SELLER=ESTONIAN)
def test_the_rate_of_another_day_on_purpose_needs_its_reason() -> None:
    invoice = drafted_in_june()
    change(invoice, tax_rate=Decimal(22), tax_note="Supplied in June 2025.")

    assert invoices.issue(invoice.pk, by=finance(), at=AFTER).tax_rate == 22


@override_settings(SELLER=settings.SELLER | {"country": "CA", "tax_id": "123456782"})
def test_at_home_where_no_rate_is_known_nothing_goes_out_before_somebody_said_how_it_is_taxed() -> None:
    invoice = drafted(country="CA")

    with pytest.raises(errors.WrongState, match="Say in the note why no tax is charged"):
        invoices.issue(invoice.pk, by=finance(), at=NOW)
