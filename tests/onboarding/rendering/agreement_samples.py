"""Agreements as samples: in the words of the first template and of the one in force, to be signed and executed."""

from __future__ import annotations

from copy import deepcopy
from math import sin
from typing import Any

from onboarding.library import clauses
from onboarding.library.solutions import SOLUTIONS
from onboarding.rendering.contexts import Agreement, Signature
from tests.onboarding.rendering.parties import BUYER, HASH, HEAD, REFERENCE, SELLER


def _signature(party: str, person: Any, at: str) -> Signature:
    return {
        "party": "customer" if party == "customer" else "interweave",
        "name": person["name"],
        "title": person["title"],
        "email": person["email"],
        "signed_at": at,
        "typed_name": person["name"],
        "consent": "I have read this agreement, I may sign for the party named beside my name, and I agree to sign it "
        "electronically. I know that I can ask for a paper copy instead.",
        "consent_sha256": HEAD,
        "seen_sha256": HASH,
        "ip": "203.0.113.24",
        "user_agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
        "authentication": "Signed-in account with second factor, and a one-time code sent to the e-mail address above",
    }


SECOND_SIGNATORY = {"name": "Ελένη Παπαδοπούλου", "title": "Procurator", "email": "eleni@hakonsen.example"}
SIGNERS = [("customer", BUYER["signatory"]), ("customer", SECOND_SIGNATORY), ("interweave", SELLER["signatory"])]


def former_agreement() -> Agreement:
    """The version to be signed, in the words of the first template."""
    return {
        "number": "MSA-2026-0042",
        "reference": REFERENCE,
        "template_version": "1",
        "company": deepcopy(BUYER),
        "seller": deepcopy(SELLER),
        "solution": {
            "name": "Salesforce to QuickBooks Online",
            "crm": "Salesforce",
            "finance": "QuickBooks Online",
            "deployment": "Cloud",
            "flows": ["Account to Customer", "Opportunity to Invoice", "Payment to Opportunity"],
        },
        "fees": [
            {"description": "Onboarding, Steps I to VI", "amount": "4500.00"},
            {"description": "Onboarding, Steps VII to XII", "amount": "6800.00"},
            {"description": "Each additional Flow: Payment to Opportunity", "amount": "1200.00"},
        ],
        "currency": "USD",
        "total": "12500.00",
        "issued_on": "2026-11-24",
        "valid_until": "2026-12-24",
        "signatures": [],
        "events": [],
        "chain_head": "",
    }


def former_executed_agreement() -> Agreement:
    """The same, signed by both, with its certificate."""
    events = (
        ("agreement.issued", "Priya Raman"),
        ("agreement.viewed", "Þórdís O’Brien-Håkonsen"),
        ("agreement.consented", "Þórdís O’Brien-Håkonsen"),
        ("agreement.signed", "Þórdís O’Brien-Håkonsen"),
        ("agreement.countersigned", "Ruth Abendroth"),
    )
    return {
        **former_agreement(),
        "signatures": [
            _signature("customer", BUYER["signatory"], "2026-11-27T09:14:55Z"),
            _signature("interweave", SELLER["signatory"], "2026-11-27T15:40:02Z"),
        ],
        "events": [
            {
                "at": f"2026-11-2{4 + n // 2}T10:0{n}:31Z",
                "kind": kind,
                "words": f"Agreement MSA-2026-0042 {kind[10:]}",
                "by": by,
                "hash": HASH[n:] + HASH[:n],
            }
            for n, (kind, by) in enumerate(events)
        ],
        "chain_head": HEAD,
        "verify_url": "https://onboarding.interweave.example/verify/MSA-2026-0042",
    }


def agreement() -> Agreement:
    """The version to be signed, in the words of the template in force."""
    return {
        **former_agreement(),
        "template_version": "2",
        "signers": [
            {"position": position, "party": party, **person}
            for position, (party, person) in enumerate(SIGNERS, start=1)
        ],
        "clauses": clauses.terms_for(SOLUTIONS[0], "cloud"),
    }


def executed_agreement() -> Agreement:
    """The same, signed by all three, one of them by hand, with its certificate."""
    signatures = [
        _signature(party, person, f"2026-11-27T{8 + position:02}:14:55Z")
        | {
            "position": position, "kind": "typed", "drawing": [], "asked_at": f"2026-11-26T{8 + position:02}:00:00Z",
            "viewed_at": f"2026-11-27T{8 + position:02}:02:11Z", "authenticated_at": f"2026-11-27T{8 + position:02}:13:40Z",
            "consented_at": f"2026-11-27T{8 + position:02}:14:55Z",
        }
        for position, (party, person) in enumerate(SIGNERS, start=1)
    ]  # fmt: skip
    wave = [[20 + 4 * n, 100 + 60 * sin(n / 6)] for n in range(130)]
    signatures[1] |= {"kind": "drawn", "drawing": [wave, [[80, 160], [520, 150]], [[560, 60]]]}
    former = former_executed_agreement()
    return {
        **agreement(),
        "signatures": signatures,
        "events": former["events"],
        "chain_head": HEAD,
        "envelope": {
            "created_at": "2026-11-24T10:00:31Z",
            "sent_at": "2026-11-26T09:00:00Z",
            "completed_at": "2026-11-27T11:14:55Z",
            "original_sha256": HASH,
            "certificate_subject": "CN=InterWeave SmartSolutions document seal, O=InterWeave SmartSolutions, C=US",
            "certificate_serial": "5f3a90c1d27e4b88a1c6",
            "verify_url": "https://onboarding.interweave.example/verify/",
        },
    }
