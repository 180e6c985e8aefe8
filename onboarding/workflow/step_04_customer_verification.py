"""Step IV: the customer's details hold; agreement and invoice are out for review."""

from __future__ import annotations

from typing import Any

from onboarding.workflow.agreement_machine import CLOSED, INTERNAL
from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import row, rows


@rows
def _verifications(engagement: Any) -> Any:
    return engagement.verifications.all()


def _verified(engagement: Any) -> Proof | None:
    checks = _verifications(engagement)
    if not checks or any(check.outcome not in {"passed", "waived"} for check in checks):
        return None
    return [
        entry(check.get_check_code_display(), f"{check.get_outcome_display()}: {check.evidence} ({check.by})")
        for check in checks
        if not check.is_internal  # proofs are shown to customers
    ]


def _verifying_turn(engagement: Any) -> Owner:
    waits = any(check.waits_for_customer for check in _verifications(engagement))
    return Owner.CUSTOMER if waits else Owner.SPECIALIST


@row
def agreement_in_force(engagement: Any) -> Any:
    """The one agreement that is not closed (declined, expired, superseded, voided), or None."""
    return (
        engagement.agreements.select_related("document", "executed_document")
        .exclude(state__in=CLOSED)
        .order_by("id")[:1]
    )


@row
def invoice_in_force(engagement: Any) -> Any:
    """The one invoice that is not void, or None."""
    return engagement.invoices.select_related("document").exclude(state="void").order_by("id")[:1]


def _msa_issued(engagement: Any) -> Proof | None:
    agreement = agreement_in_force(engagement)
    if agreement is None or agreement.state in INTERNAL:
        return None
    return [
        entry("Agreement", agreement.number),
        entry("Issued at", agreement.issued_at),
        entry("SHA-256", agreement.document.sha256),
    ]


def _invoice_issued(engagement: Any) -> Proof | None:
    invoice = invoice_in_force(engagement)
    if invoice is None or invoice.state == "draft" or invoice.document is None or not invoice.document.is_ready:
        return None
    return [
        entry("Invoice", invoice.number),
        entry("Amount", f"{invoice.gross} {invoice.currency}"),
        entry("Issued at", invoice.issued_at),
        entry("SHA-256", invoice.document.sha256),
    ]


CRITERIA = (
    Criterion(
        code="customer_details.unverified",
        owner=Owner.SPECIALIST,
        title="Verify the customer's details",
        hint="Legal entity, tax id, address, e-mail domain, signatory and authority: each passed or waived, with evidence.",
        place="verification",
        evidence=_verified,
        turn=_verifying_turn,
    ),
    Criterion(
        code="msa.not_issued",
        owner=Owner.SPECIALIST,
        title="Issue the Master Services Agreement",
        hint="Drafted from the verified details; a second person reads it and issues it.",
        place="agreement",
        evidence=_msa_issued,
    ),
    Criterion(
        code="invoice.not_issued",
        owner=Owner.SPECIALIST,
        title="Issue the invoice",
        hint="Drafted from the agreed scope; check the lines and issue it.",
        place="invoice",
        evidence=_invoice_issued,
    ),
)
