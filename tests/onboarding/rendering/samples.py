"""Contexts as a busy year would bring them: long names, four alphabets, markup in names, many lines."""

from __future__ import annotations

from onboarding.library.flows import ACCOUNT_TO_CUSTOMER
from onboarding.rendering.bills import Billed, CreditNote, Invoice, Receipt, Statement
from onboarding.rendering.contexts import (
    Blueprint,
    EvidencePack,
    Party,
    ProjectPlan,
    Questionnaire,
)
from onboarding.workflow.steps import Step
from tests.onboarding.rendering.agreement_samples import agreement
from tests.onboarding.rendering.parties import (
    BUYER,
    COMPANY,
    HASH,
    HEAD,
    LONG_NAME,
    REFERENCE,
    SCRIPTS,
    SELLER,
    SYSTEM_HAS_CJK,
)


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


def _billed(party: Party, vat_id: str) -> Billed:
    return {**{name: value for name, value in party.items() if name != "signatory"}, "vat_id": vat_id}  # type: ignore[return-value]


def invoice(lines: int = 3) -> Invoice:
    return {
        "number": "INV-2026-0042",
        "reference": REFERENCE,
        "agreement": "MSA-2026-0042",
        "issued_on": "2026-11-24",
        "due_on": "2026-12-08",
        "seller": _billed(SELLER, ""),
        "buyer": _billed(BUYER, "DK12345674"),
        "lines": [
            {
                "description": f"Onboarding, part {n + 1}: account to customer, with mapping of custom fields",
                "quantity": "1.5",
                "unit": "C62",
                "unit_price": "1250.00",
                "net": "1875.00",
                "tax_rate": "0",
            }
            for n in range(lines)
        ],
        "lines_total": f"{1875 * lines}.00",
        "discount": "0.00",
        "discount_reason": "",
        "currency": "USD",
        "net": f"{1875 * lines}.00",
        "tax": "0.00",
        "gross": f"{1875 * lines}.00",
        "tax_category": "O",
        "tax_rate": "0",
        "tax_note": "Services supplied to a business abroad: tax is due by the recipient.",
        "payment": {
            "iban": "DE89 3704 0044 0532 0130 00",
            "bic": "COBADEFFXXX",
            "remittance_reference": "RF18 5390 0754 7034",
            "card_url": "https://onboarding.interweave.example/pay/INV-2026-0042",
        },
        "notes": "Thank you. Questions about this invoice reach us at billing@interweave.example.",
    }


def credit_note() -> CreditNote:
    return {
        **invoice(),
        "number": "CN-2026-0007",
        "issued_on": "2026-11-30",
        "due_on": "",
        "payment": {"iban": "", "bic": "", "remittance_reference": ""},
        "reason": "The company moved; the address was the former one.",
        "invoice": {"number": "INV-2026-0042", "issued_on": "2026-11-24"},
    }


def receipt() -> Receipt:
    return {
        "number": "INV-2026-0042",
        "reference": REFERENCE,
        "made_on": "2026-12-04",
        "seller": _billed(SELLER, ""),
        "buyer": _billed(BUYER, "DK12345674"),
        "currency": "USD",
        "gross": "5625.00",
        "tax": "0.00",
        "tax_note": "Services supplied to a business abroad: tax is due by the recipient.",
        "issued_on": "2026-11-24",
        "paid_on": "2026-12-04",
        "payments": [
            {"on": "2026-11-30", "method": "Bank transfer", "reference": "WIRE <77>", "amount": "2000.00"},
            {"on": "2026-12-04", "method": "Card", "reference": "pi_3PqTestVisa4242", "amount": "3625.00"},
        ],
    }


def statement() -> Statement:
    return {
        "reference": REFERENCE,
        "made_at": "2026-12-18T09:30:00Z",
        "seller": _billed(SELLER, ""),
        "buyer": _billed(BUYER, "DK12345674"),
        "accounts": [
            {
                "currency": "USD",
                "billed": "5625.00",
                "paid": "2000.00",
                "balance": "3625.00",
                "overdue": "3625.00",
                "entries": [
                    {"on": "2026-11-20", "what": "Invoice", "number": "INV-2026-0041", "note": "Due on 4 December 2026",
                     "amount": "4888.00", "balance": "4888.00"},
                    {"on": "2026-11-23", "what": "Credit note", "number": "CN-2026-0006",
                     "note": "Takes back INV-2026-0041", "amount": "-4888.00", "balance": "0.00"},
                    {"on": "2026-11-24", "what": "Invoice", "number": "INV-2026-0042", "note": "Due on 8 December 2026",
                     "amount": "5625.00", "balance": "5625.00"},
                    {"on": "2026-11-30", "what": "Bank transfer", "number": "WIRE <77>", "note": "For INV-2026-0042",
                     "amount": "-2000.00", "balance": "3625.00"},
                ],
            }
        ],
    }  # fmt: skip


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
    "credit_note": credit_note,
    "receipt": receipt,
    "statement": statement,
    "project_plan": project_plan,
    "blueprint": blueprint,
    "evidence_pack": evidence_pack,
}
