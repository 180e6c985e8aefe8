"""Step V: approved, signed, paid. Closing it activates the engagement."""

from __future__ import annotations

from typing import Any

from onboarding.workflow.agreement_machine import INTERNAL, OPEN_FOR_SIGNATURE, State
from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import rows
from onboarding.workflow.step_04_customer_verification import agreement_in_force, invoice_in_force


def _records_approved(engagement: Any) -> Proof | None:
    if engagement.records_approved_at is None:
        return None
    return [
        entry("Approved by", engagement.records_approved_by),
        entry("Approved at", engagement.records_approved_at),
        entry("SHA-256", engagement.records_sha256),
    ]


@rows
def _signatures(agreement: Any) -> Any:
    return agreement.signatures.all()


@rows
def _payments(invoice: Any) -> Any:
    return invoice.payments.filter(kind="payment", state="confirmed")


def _executed(engagement: Any) -> Proof | None:
    agreement = agreement_in_force(engagement)
    if agreement is None or agreement.state != "executed":
        return None
    executed = agreement.executed_document
    if executed is None or not executed.is_ready:
        return None
    proof = [entry("Agreement", agreement.number)]
    for signature in _signatures(agreement):
        proof.append(entry(f"Signed for {signature.get_party_display()}", f"{signature.name}, {signature.title}"))
        proof.append(entry("Signed at", signature.signed_at))
    return [*proof, entry("Version signed, SHA-256", agreement.document.sha256), entry("SHA-256", executed.sha256)]


def _signing_turn(engagement: Any) -> Owner:
    agreement = agreement_in_force(engagement)
    if agreement is None or agreement.state in {*INTERNAL, State.SIGNED}:
        return Owner.SPECIALIST
    if agreement.state not in OPEN_FOR_SIGNATURE:
        return Owner.WORKER
    return Owner.CUSTOMER if agreement.names(engagement.company) else Owner.SPECIALIST  # who issues it anew


def _paid(engagement: Any) -> Proof | None:
    invoice = invoice_in_force(engagement)
    if invoice is None or invoice.state != "paid":
        return None
    payments = [
        entry(f"{payment.get_method_display()} {payment.reference}", f"{payment.amount} {payment.currency}")
        for payment in _payments(invoice)
    ]
    return [entry("Invoice", invoice.number), entry("Paid at", invoice.paid_at), *payments]


def _paying_turn(engagement: Any) -> Owner:
    invoice = invoice_in_force(engagement)
    return Owner.SPECIALIST if invoice is None or invoice.state == "draft" else Owner.CUSTOMER


CRITERIA = (
    Criterion(
        code="records.unapproved",
        owner=Owner.CUSTOMER,
        title="Approve your records",
        hint="One page with what we know of you. Approve it, or tell us what is wrong.",
        place="records",
        evidence=_records_approved,
    ),
    Criterion(
        code="msa.unsigned",
        owner=Owner.CUSTOMER,
        title="Sign the Master Services Agreement",
        hint="Your signers sign in their order, then InterWeave countersigns.",
        place="agreement",
        evidence=_executed,
        turn=_signing_turn,
        is_waivable=False,
    ),
    Criterion(
        code="payment.outstanding",
        owner=Owner.CUSTOMER,
        title="Pay the invoice",
        hint="By card, or by bank transfer with the reference on the invoice; finance records what arrives.",
        place="invoice",
        evidence=_paid,
        turn=_paying_turn,
        is_waivable=False,
    ),
)
