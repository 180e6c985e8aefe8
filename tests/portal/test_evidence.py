"""Evidence as people read it: names instead of codes, days and amounts as everywhere else on the page."""

import pytest
from django.utils import timezone

from portal import evidence


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("salesforce, production", "Salesforce, production"),
        ("salesforce_quickbooks_online", "Salesforce to QuickBooks Online"),
        ("account_to_customer", "Account to Customer"),
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("2026-11-23 to 2026-12-07", "23 Nov 2026 to 7 Dec 2026"),
        ("quickbooks_online: given 2026-11-23 23:47 UTC", "QuickBooks Online: given 24 Nov 2026, 08:47"),
        ("4888.00 USD", "$4,888.00"),
        ("IW-2026-0003-1", "IW-2026-0003-1"),
        ("version 1, 2 requirements", "version 1, 2 requirements"),
    ],
)
def test_what_was_found_is_told_in_words(found: str, shown: str) -> None:
    with timezone.override("Asia/Tokyo"):
        assert evidence.in_words(found) == shown


def test_a_finding_keeps_its_hash_and_its_moment() -> None:
    found = {
        "title": "Pay the invoice",
        "waived": False,
        "evidence": [
            {"label": "account_to_customer", "value": "Must"},
            {"label": "SHA-256", "value": "a" * 64},
            {"label": "Paid at", "value": "2026-11-23T01:47:00Z"},
        ],
    }

    drawn = evidence.proofs([found])

    assert [one["label"] for one in drawn[0]["items"]] == ["Account to Customer", "SHA-256", "Paid at"]
    assert drawn[0]["items"][1]["hash"] == "a" * 64
    assert drawn[0]["items"][2]["at"].isoformat() == "2026-11-23T01:47:00+00:00"
