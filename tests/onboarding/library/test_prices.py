"""The price lists: one a currency, with further flows above those the set-up brings along."""

from __future__ import annotations

from decimal import Decimal

import pytest

from onboarding.library import prices


@pytest.mark.parametrize(("wanted", "billed"), [("EUR", "EUR"), ("GBP", "GBP"), ("JPY", "USD"), ("", "USD")])
def test_who_works_without_a_price_list_is_billed_in_dollars(wanted: str, billed: str) -> None:
    assert prices.currency_of(wanted) == billed


def test_the_standard_scope_is_set_up_and_a_year_by_the_month() -> None:
    set_up, year = prices.of("salesforce_quickbooks_online", currency="EUR", agreed=["account_to_customer"])

    assert (set_up.description, set_up.net, set_up.unit) == (
        "Onboarding and set-up, Salesforce to QuickBooks Online", Decimal("2300.00"), "C62",
    )  # fmt: skip
    assert (year.quantity, year.unit, year.net) == (Decimal(12), "MON", Decimal("2220.00"))


def test_flows_beyond_those_of_the_set_up_cost_each() -> None:
    agreed = ["a", "b", "c", "d", "e", "opportunity_to_invoice", "a", "payment_to_crm"]

    further = prices.of("other", agreed=agreed)[1:-1]

    assert [(one.description, one.net) for one in further] == [
        ("Further flow: Opportunity to Invoice", Decimal("300.00")), ("Further flow: Payment to CRM", Decimal("300.00")),
    ]  # fmt: skip
