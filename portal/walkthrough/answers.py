"""What a company of forty people would answer to the two documents of step II."""

from __future__ import annotations

from datetime import date
from typing import Any


def definition(*, go_live_on: date, email: str) -> dict[str, dict[str, Any]]:
    """Answers of the Solutions Definition Document, by section."""
    return {
        "purpose": {
            "objective": "Nobody types a customer into QuickBooks again, and sales sees in Salesforce who is a customer.",
            "today": "Accounting copies new accounts from a weekly spreadsheet into QuickBooks by hand.",
            "hours_a_week": "9",
            "success": "New accounts are customers in QuickBooks within an hour, without duplicates, for four weeks.",
        },
        "scope": {
            "ledgers": "receivable",
            "flows": ["account_to_customer"],
            "first_flow": "Account to Customer",
            "out_of_scope": "Purchase orders and inventory stay as they are.",
        },
        "masters": {"customer_master": "crm", "multi_currency": "no"},
        "people": {
            "go_live_wish": go_live_on.isoformat(),
            "quiet_periods": "The last three working days of each month belong to closing the books.",
            "users": "14",
            "alerts": "errors_and_daily",
            "alerts_to": email,
        },
    }


def technical(*, salesforce: str, email: str) -> dict[str, dict[str, Any]]:
    """Answers of the Solutions Technical Details Document, by section."""
    return {
        "crm": {
            "crm": "salesforce",
            "crm_edition": "enterprise",
            "crm_address": salesforce,
            "crm_sandbox": "no",
            "crm_users": "14",
            "crm_person_accounts": "no",
            "crm_customised": "A validation rule wants a billing country on every account of type Customer.",
            "crm_admin": email,
        },
        "finance": {
            "finance": "quickbooks_online",
            "qbo_plan": "advanced",
            "companies": "1",
            "home_currency": "USD",
            "automated_tax": "yes",
            "test_company": "no",
            "finance_admin": email,
        },
        "volumes": {
            "accounts": "230",
            "customers": "180",
            "products": "60",
            "invoices_a_month": "120",
            "name_troubles": ["duplicates", "colons", "long"],
        },
        "network": {
            "deployment": "cloud",
            "ip_restrictions": "no",
            "single_sign_on": "no",
            "sleep_window": "02:00 to 04:00",
        },
    }
