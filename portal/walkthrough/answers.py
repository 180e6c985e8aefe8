"""What a company of forty people would answer to the two documents of step II. A table's answer is its rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

Rows = list[dict[str, str]]
RISKS: dict[str, Any] = {
    "risks": [
        {
            "risk": "Two customers of one name stop the first load",
            "weight": "delays",
            "help": "The list of duplicates two weeks before",
        },
    ],
    "tried_before": "no",
    "rules": ["audit"],
    "rules_detail": "Changes to customers must name who made them.",
    "approvals": "Our auditor is told before go-live.",
}


def definition(*, go_live_on: date, email: str) -> dict[str, dict[str, Any]]:
    """Answers of the Solutions Definition Document, by section."""
    after_go_live = (go_live_on + timedelta(weeks=4)).isoformat()
    return {
        "purpose": {
            "objective": "Nobody types a customer into QuickBooks again, and sales sees in Salesforce who is a customer.",
            "today": "Accounting copies new accounts from a weekly spreadsheet into QuickBooks by hand.",
            "hours_a_week": "9",
            "outcomes": ["no_retyping", "fewer_errors", "one_customer_list"],
            "success_measures": [
                {"measure": "Time from a new account to its customer in QuickBooks", "now": "up to a week",
                 "target": "1 hour", "by": after_go_live},
                {"measure": "Customers there are twice", "now": "31 of 180", "target": "none", "by": after_go_live},
            ],
        },
        "scope": {
            "ledgers": "receivable",
            "customers_are": "companies",
            "flows": ["account_to_customer"],
            "first_flow": "Account to Customer",
            "flow_details": [
                {"flow": "account_to_customer", "direction": "crm_to_finance", "trigger": "changed", "pace": "hour"},
            ],
        },
        "start": {
            "customer_when": "type",
            "first_load": "tie",
            "other_systems": [
                {"system": "Web shop", "touches": "Creates contacts, never accounts", "stays": "yes"},
            ],
            "out_of_scope": "Purchase orders and inventory stay as they are.",
        },
        "masters": {
            "customer_master": "crm",
            "other_masters": [{"what": "Payment terms", "master": "finance"}],
        },
        "differences": {
            "same_name": "ask",
            "deleted_records": "tell",
            "bill_address": "billing",
            "multi_currency": "no",
        },
        "people": {
            "users": "14",
            "teams": [
                {"team": "Accounting", "change": "Stops copying accounts; looks at what was turned down", "training": "yes"},
                {"team": "Sales", "change": "Sees on the account that it is a customer", "training": "no"},
            ],
            "training_kinds": ["live", "recording"],
            "alerts": "errors_and_daily",
            "alerts_to": email,
        },
        "dates": {
            "go_live_wish": go_live_on.isoformat(),
            "go_live_firm": "wished",
            "quiet_periods": "The last three working days of each month belong to closing the books.",
            "time_zone": "America/New_York",
        },
        "risks": RISKS,
    }  # fmt: skip


def technical(*, salesforce: str, email: str) -> dict[str, dict[str, Any]]:
    """Answers of the Solutions Technical Details Document, by section."""
    return {
        "crm": {
            "crm": "salesforce",
            "crm_edition": "enterprise",
            "crm_address": salesforce,
            "crm_sandbox": "no",
            "crm_users": "14",
        },
        "crm_records": {
            "crm_person_accounts": "no",
            "crm_automation": ["validation", "duplicates"],
            "custom_fields": [
                {"object": "account", "field": "Customer number", "type": "text", "target": "AccountID"},
            ],
            "crm_admin": email,
        },
        "access": {
            "integration_user": "planned",
            "integration_licence": "integration",
            "fields_by_portal": "yes",
            "ip_restrictions": "no",
            "single_sign_on": "no",
        },
        "finance": {
            "finance": "quickbooks_online",
            "qbo_plan": "advanced",
            "finance_admin": email,
        },
        "company_files": {"test_company": "no"},
        "books": {
            "automated_tax": "yes",
            "classes": "none",
            "books_closed_until": "2026-09-30",
        },
        "invoices": {"payment_terms": ["net_30"]},
        "volumes": {
            "accounts": "230",
            "customers": "180",
            "products": "60",
            "new_accounts_a_month": "12",
            "invoices_a_month": "120",
            "lines_an_invoice": "2.5",
            "growth": "7.5",
        },
        "names": {
            "name_troubles": ["duplicates", "colons", "long"],
            "hierarchy": "no",
        },
        "network": {"deployment": "cloud"},
        "upkeep": {
            "sleep_window": "02:00 to 04:00",
            "change_lead_time": "2",
        },
    }  # fmt: skip


def as_fields(code: str, rows: Rows) -> dict[str, str]:
    """A table's rows as its form names their cells."""
    return {f"{code}-{number}-{column}": value for number, row in enumerate(rows) for column, value in row.items()}
