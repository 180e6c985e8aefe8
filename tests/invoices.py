"""Invoices as the tests of several nouns need them: drafted, changed, issued, paid in part."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from onboarding.actions import invoices, payments
from onboarding.models import (
    Invoice,
    Payment,
)
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    finance,
    specialist,
)

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
