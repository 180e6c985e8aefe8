"""Tax of an invoice: by the countries and numbers of both sides, anew after a correction, complete before it goes out."""

from __future__ import annotations

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
    ("country", "words"), [("US", "No sales tax is due"), ("DE", "tax is due by the recipient")]
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
