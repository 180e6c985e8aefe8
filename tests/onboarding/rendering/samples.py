"""Contexts as a busy year would bring them: long names, four alphabets, markup in names, many lines."""

from __future__ import annotations

import subprocess
from copy import deepcopy
from typing import Any

from onboarding.library.flows import ACCOUNT_TO_CUSTOMER
from onboarding.rendering.contexts import (
    Agreement,
    Blueprint,
    EvidencePack,
    Invoice,
    Party,
    ProjectPlan,
    Questionnaire,
    Signature,
)
from onboarding.workflow.steps import Step

REFERENCE = "ENG-2026-0042"
COMPANY = "Håkonsen & Søn <Maritime> Services A/S"
LONG_NAME = (
    "Gesellschaft für vorausschauende Instandhaltung von Hochdruckdampferzeugungsanlagen und "
    "Kraftwerksnebenbetrieben mit beschränkter Haftung & Co. Kommanditgesellschaft"
)
SYSTEM_HAS_CJK = bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)
SCRIPTS = {"Greek": "Ελληνική Ναυτιλία Α.Ε.", "Cyrillic": "ООО «Северный Ветер»"}
if SYSTEM_HAS_CJK:
    SCRIPTS["CJK"] = "株式会社東京商事"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HEAD = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

SELLER: Party = {
    "legal_name": "InterWeave SmartSolutions",
    "registration_number": "MA 001-234-567",
    "tax_id": "04-1234567",
    "address": "1 Integration Way, Boston MA 02110",
    "country": "US",
    "email": "billing@interweave.example",
    "signatory": {"name": "Ruth Abendroth", "title": "Chief Operating Officer", "email": "ruth@interweave.example"},
}
BUYER: Party = {
    "legal_name": COMPANY,
    "registration_number": "DK 2748 1193",
    "tax_id": "DK27481193",
    "address": ["Nyhavn 71, 3. sal", "1051 København K"],
    "country": "DK",
    "signatory": {"name": "Þórdís O’Brien-Håkonsen", "title": "Managing Director", "email": "thordis@hakonsen.example"},
}


def questionnaire() -> Questionnaire:
    return {
        "reference": REFERENCE,
        "number": "SDD-2026-0042",
        "company": COMPANY,
        "title": "Solutions Definition Document",
        "schema_version": 3,
        "version": 2,
        "submitted_at": "2026-11-24T14:03:12Z",
        "submitted_by": "Þórdís O’Brien-Håkonsen",
        "sections": [
            {
                "title": "What the integration is for",
                "answers": [
                    {
                        "question": "What should be different once the integration is live?",
                        "answer": "Nobody types an account twice. Sales sees in Salesforce what a customer owes, and "
                        "the books show every won deal as an invoice by the next morning.\nToday this takes two "
                        "people about six hours a week.",
                        "comment": "We would like to measure the six hours again after three months.",
                    },
                    {
                        "question": "Which outcomes would you call success?",
                        "answer": [
                            "No duplicate customers",
                            "Invoices within one working day",
                            "One agreed price list",
                        ],
                    },
                    {"question": "How many people will use it?", "answer": "34", "unit": "people"},
                    {"question": "Which other projects depend on this one?", "answer": ""},
                ],
            },
            {
                "title": "Flows and systems of record",
                "answers": [
                    {"question": "Which flows do you want first?", "answer": ["Account to Customer"]},
                    {"question": "Which system is the master of customer names?", "answer": "Salesforce"},
                    {
                        "question": "Which names must survive the transfer exactly as they are written?",
                        "answer": [LONG_NAME, *SCRIPTS.values(), "<script>alert('no')</script> & Sons"],
                    },
                ],
            },
            {
                "title": "Volumes",
                "answers": [
                    {"question": f"How many {noun} are there today?", "answer": str(count), "unit": "records"}
                    for noun, count in (
                        ("accounts", 18240),
                        ("contacts", 40112),
                        ("opportunities", 9120),
                        ("products", 611),
                        ("customers in QuickBooks", 17904),
                        ("open invoices", 402),
                    )
                ],
            },
        ],
    }


def technical_details() -> Questionnaire:
    context = questionnaire()
    context.pop("number")
    return {**context, "title": "Solutions Technical Details Document"}


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


def agreement() -> Agreement:
    """The version to be signed."""
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


def executed_agreement() -> Agreement:
    """The same, signed by both, with its certificate."""
    events = (
        ("agreement.issued", "Priya Raman"),
        ("agreement.viewed", "Þórdís O’Brien-Håkonsen"),
        ("agreement.consented", "Þórdís O’Brien-Håkonsen"),
        ("agreement.signed", "Þórdís O’Brien-Håkonsen"),
        ("agreement.countersigned", "Ruth Abendroth"),
    )
    return {
        **agreement(),
        "signatures": [
            _signature("customer", BUYER["signatory"], "2026-11-27T09:14:55Z"),
            _signature("interweave", SELLER["signatory"], "2026-11-27T15:40:02Z"),
        ],
        "events": [
            {"at": f"2026-11-2{4 + n // 2}T10:0{n}:31Z", "kind": kind, "by": by, "hash": HASH[n:] + HASH[:n]}
            for n, (kind, by) in enumerate(events)
        ],
        "chain_head": HEAD,
        "verify_url": "https://onboarding.interweave.example/verify/MSA-2026-0042",
    }


def invoice(lines: int = 3) -> Invoice:
    return {
        "number": "INV-2026-0042",
        "reference": REFERENCE,
        "issued_on": "2026-11-24",
        "due_on": "2026-12-08",
        "seller": SELLER,
        "buyer": BUYER,
        "lines": [
            {
                "description": f"Onboarding, part {n + 1}: account to customer, with mapping of custom fields",
                "quantity": "1.5",
                "unit_price": "1250.00",
                "net": "1875.00",
                "tax_rate": "0",
            }
            for n in range(lines)
        ],
        "currency": "USD",
        "net": f"{1875 * lines}.00",
        "tax": "0.00",
        "gross": f"{1875 * lines}.00",
        "tax_note": "Reverse charge: the recipient accounts for the tax.",
        "payment": {
            "iban": "DE89 3704 0044 0532 0130 00",
            "bic": "COBADEFFXXX",
            "remittance_reference": "RF18 5390 0754 7034",
            "card_url": "https://onboarding.interweave.example/pay/INV-2026-0042",
        },
        "notes": "Thank you. Questions about this invoice reach us at billing@interweave.example.",
    }


_DATES = (
    ("2026-11-09", "2026-11-13"), ("2026-11-16", "2026-11-27"), ("2026-11-30", "2026-12-04"),
    ("2026-12-07", "2026-12-11"), ("2026-12-11", "2026-12-18"), ("2026-12-21", "2027-01-06"),
    ("2027-01-07", "2027-01-22"), ("2027-01-18", "2027-01-29"), ("2027-01-28", "2027-02-10"),
    ("2027-02-11", "2027-03-05"), ("2027-03-08", "2027-03-12"), ("2027-03-15", "2027-04-09"),
)  # fmt: skip


def project_plan() -> ProjectPlan:
    sides = ("interweave", "customer", "both")
    return {
        "reference": REFERENCE,
        "company": COMPANY,
        "version": 2,
        "go_live_on": "2027-03-12",
        "made_at": "2026-12-18T08:00:00Z",
        "milestones": [
            {
                "number": step.number,
                "numeral": step.numeral,
                "title": step.title,
                "starts_on": starts,
                "due_on": due,
                "owner": ("Priya Raman", "Þórdís O’Brien-Håkonsen", "Priya Raman and Kōhei Tanaka")[step.number % 3],
                "owner_side": sides[step.number % 3],
            }
            for step, (starts, due) in zip(Step, _DATES, strict=True)
        ],
        "scope": [
            {
                "text": "Accounts become customers, bound by AccountID",
                "priority": "must",
                "flow": "Account to Customer",
            },
            {"text": "Names longer than 100 characters are cut and reported", "priority": "should", "flow": ""},
            {"text": "Fax numbers are transferred", "priority": "wont", "flow": "Account to Customer"},
        ],
        "assignments": [
            {"responsibility": "Technical Specialist", "name": "Priya Raman"},
            {
                "responsibility": "CRM administrator",
                "name": "Kōhei Tanaka" + (" (田中 康平)" if SYSTEM_HAS_CJK else ""),
            },
            {"responsibility": "QuickBooks administrator", "name": "Ελένη Παπαδοπούλου"},
        ],
        "agreed": {"by": "Þórdís O’Brien-Håkonsen", "at": "2026-12-21T10:30:00Z"},
    }


def blueprint() -> Blueprint:
    return {
        "reference": REFERENCE,
        "company": COMPANY,
        "registration": {
            "number": "IW-7F3K-2209",
            "workspace": "hakonsen",
            "administrator": "Kōhei Tanaka",
            "time_zone": "Europe/Copenhagen",
            "base_currency": "DKK",
            "fiscal_year_start": "1 January",
        },
        "solution": agreement()["solution"],
        "flows": [
            {
                "code": ACCOUNT_TO_CUSTOMER.code,
                "name": ACCOUNT_TO_CUSTOMER.name,
                "direction": "Salesforce → QuickBooks Online",
                "operations": ["create", "update"],
                "interval": "every 10 minutes",
                "master": "Salesforce",
                "mappings": [
                    {
                        "source": one.source,
                        "target": one.target,
                        "transforms": list(one.transforms),
                        "required": one.required,
                        "rule": one.compare,
                    }
                    for one in ACCOUNT_TO_CUSTOMER.mappings
                ],
            }
        ],
        "connections": [
            {"system": "Salesforce", "environment": "production", "identity": "Håkonsen & Søn, 00D5g000004xYzA"},
            {"system": "QuickBooks Online", "environment": "production", "identity": "Hakonsen Maritime, realm …4821"},
        ],
        "readiness": {"total": 230, "passing": 212},
        "confirmed": {"by": "Kōhei Tanaka", "at": "2027-02-10T16:20:00Z"},
    }


def evidence_pack() -> EvidencePack:
    return {
        "reference": REFERENCE,
        "company": LONG_NAME,
        "made_at": "2027-03-15T06:00:00Z",
        "steps": [
            {
                "numeral": step.numeral,
                "title": step.title,
                "closed_at": f"{due}T15:00:00Z" if step.number < 12 else "",
                "closed_by": "Priya Raman" if step.number < 12 else "",
                "evidence": [
                    {
                        "code": "msa.unsigned",
                        "title": "Sign the Master Services Agreement",
                        "proof": [
                            {"label": "Signed", "value": "27 November 2026, 09:14:55 UTC"},
                            {"label": "SHA-256", "value": HASH},
                        ],
                    },
                    {
                        "code": "payment.outstanding",
                        "title": "Pay the invoice",
                        "proof": [{"label": "Received", "value": "USD 12,500.00 on 3 December 2026"}],
                    },
                ]
                if step.number < 12
                else [],
            }
            for step, (_, due) in zip(Step, _DATES, strict=True)
        ],
        "documents": [
            {"kind": kind, "title": title, "version": 1, "sha256": HASH[n:] + HASH[:n], "size": 48_212 * (n + 1)}
            for n, (kind, title) in enumerate(
                (
                    ("questionnaire", "Solutions Definition Document"),
                    ("questionnaire", "Solutions Technical Details Document"),
                    ("msa", "Master Services Agreement, executed"),
                    ("invoice", "Invoice INV-2026-0042"),
                    ("plan", "Project plan, version 2"),
                    ("blueprint", "Integration blueprint"),
                )
            )
        ],
        "chain_head": HEAD,
        "event_count": 318,
    }


ALL = {
    "solutions_definition": questionnaire,
    "technical_details": technical_details,
    "msa": agreement,
    "invoice": invoice,
    "project_plan": project_plan,
    "blueprint": blueprint,
    "evidence_pack": evidence_pack,
}
