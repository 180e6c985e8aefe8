"""Invoices: drafted from the price list, issued with a number without gaps, paid, void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreements, documents, gates, letters, rows, series
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.library import prices
from onboarding.models import Contact, Document, Engagement, Invoice, InvoiceLine
from onboarding.queries import parties
from onboarding.queries.solutions import of as solution_of
from onboarding.workflow.step_04_customer_verification import invoice_in_force
from onboarding.workflow.steps import Step

CENT = Decimal("0.01")
TERMS = timedelta(days=14)
ISSUERS = SPECIALISTS | {Role.FINANCE}
FINANCE = frozenset({Role.FINANCE, Role.LEAD})
ISSUING = frozenset({Step.CUSTOMER_VERIFICATION, Step.CUSTOMER_APPROVAL})
MOST = Decimal("9999999999.99")
MOST_OF_ONE = Decimal("999999.99")
PAYERS = frozenset({Role.OWNER, Role.BILLING})
BILLING = (Contact.Kind.BILLING,)


def draft(engagement: Engagement, *, by: Actor, at: datetime) -> Invoice:
    """Draft the invoice from the solution's price list (on entering step IV); one in force already is kept."""
    if earlier := invoice_in_force(engagement):
        return earlier
    is_foreign = engagement.company.country != settings.SELLER["country"]
    invoice = Invoice(
        company_id=engagement.company_id, engagement=engagement, currency=prices.CURRENCY, drafted_at=at,
        net=0, tax=0, gross=0,
        tax_note="Services supplied to a business abroad: tax is due by the recipient." if is_foreign
        else "No sales tax is due on these services.",
    )  # fmt: skip
    invoice.save(force_insert=True)
    lines = [
        {"description": one.description, "quantity": one.quantity, "unit_price": one.unit_price}
        for one in prices.of(solution_of(engagement).code)
    ]
    _set_lines(invoice, lines)
    outbox.record("invoice.drafted", engagement, by=by, at=at, data=_facts(invoice))
    return invoice


@transaction.atomic
def draft_again(engagement_id: int, *, by: Actor, at: datetime) -> Invoice:
    """Draft anew after the former invoice was voided."""
    engagement = gates.writable(engagement_id, by, roles=ISSUERS, steps=ISSUING)
    if invoice_in_force(engagement):
        raise errors.WrongState("An invoice is in force. Void it first.")
    return draft(engagement, by=by, at=at)


@transaction.atomic
def change_lines(
    invoice_id: int, *, lines: Sequence[dict[str, Any]], tax_rate: Decimal, tax_note: str, by: Actor, at: datetime
) -> Invoice:
    """Replace a draft's lines ({description, quantity, unit_price}, before tax) and its tax rate in percent.

    An agreement that is still a draft names the same fees afterwards. Negative prices are discounts; the sum is more
    than zero.
    """
    invoice, engagement = _open(invoice_id, by, roles=ISSUERS, words="Specialists and finance edit invoices.")
    if invoice.state != Invoice.State.DRAFT:
        raise errors.WrongState("An issued invoice can't be changed. Void it and draft a new one.")
    if not _fits(tax_rate, least=Decimal(0), most=Decimal(100)):
        raise errors.BadInput(fields={"tax_rate": "Enter a percentage from 0 to 100, with at most two decimals."})
    checked = [_checked(number, line) for number, line in enumerate(lines, start=1)]
    if not checked:
        raise errors.BadInput(fields={"lines": "Enter at least one line."})
    if not 0 < sum(line["quantity"] * line["unit_price"] for line in checked) <= MOST / 2:
        raise errors.BadInput(fields={"lines": "The sum of the lines must be more than zero, and sensible."})
    invoice.tax_rate, invoice.tax_note = tax_rate, tax_note.strip()[:300]
    _set_lines(invoice, checked)
    agreements.refresh_draft(engagement, by=by, at=at)
    outbox.record("invoice.changed", engagement, by=by, at=at, data=_facts(invoice))
    return invoice


def _checked(number: int, line: dict[str, Any]) -> dict[str, Any]:
    description = str(line.get("description", "")).strip()
    try:
        quantity, unit_price = Decimal(str(line["quantity"])), Decimal(str(line["unit_price"]))
    except (InvalidOperation, KeyError):
        raise errors.BadInput(fields={"lines": f"Line {number}: enter quantity and price as numbers."}) from None
    if not description:
        raise errors.BadInput(fields={"lines": f"Line {number}: say what it is for."})
    if not _fits(quantity, least=CENT, most=MOST_OF_ONE) or not _fits(unit_price, least=-MOST, most=MOST):
        words = f"Line {number}: enter a quantity above zero and a price, each with at most two decimals."
        raise errors.BadInput(fields={"lines": words})
    return {"description": description[:300], "quantity": quantity, "unit_price": unit_price}


def _fits(number: Decimal, *, least: Decimal, most: Decimal) -> bool:
    """True for a finite number within the bounds and with at most two decimals: what a column holds."""
    return number.is_finite() and least <= number <= most and number == number.quantize(CENT)


def _set_lines(invoice: Invoice, lines: Sequence[dict[str, Any]]) -> None:
    invoice.lines.all().delete()
    made = [
        InvoiceLine(
            company_id=invoice.company_id, invoice=invoice, position=position,
            net=(line["quantity"] * line["unit_price"]).quantize(CENT, ROUND_HALF_UP), **line,
        )
        for position, line in enumerate(lines, start=1)
    ]  # fmt: skip
    InvoiceLine.objects.bulk_create(made)
    invoice.net = sum((line.net for line in made), Decimal(0))
    invoice.tax = (invoice.net * invoice.tax_rate / 100).quantize(CENT, ROUND_HALF_UP)
    invoice.gross = invoice.net + invoice.tax
    invoice.save()


@transaction.atomic
def issue(invoice_id: int, *, by: Actor, at: datetime) -> Invoice:
    """Issue: takes the next number of the year's series, falls due in 14 days, orders the PDF, tells billing."""
    invoice, engagement = _open(invoice_id, by, roles=ISSUERS, words="Specialists and finance issue invoices.")
    if engagement.at_step not in ISSUING:
        raise errors.WrongStep(f"Invoices are issued in step IV; this is step {engagement.at_step.numeral}.")
    if invoice.state != Invoice.State.DRAFT:
        raise errors.WrongState(f"This invoice is {invoice.get_state_display()} already.")
    invoice.number, invoice.state = series.take_next("INV", at=at), Invoice.State.ISSUED
    invoice.issued_at, invoice.issued_by, invoice.due_on = at, by.name, (at + TERMS).date()
    invoice.document = documents.order(
        engagement, kind=Document.Kind.INVOICE, title=f"Invoice {invoice.number}", file_name=f"{invoice.number}.pdf",
        template="invoice", context=_context(invoice, engagement, at=at), by=by, at=at,
    )  # fmt: skip
    invoice.save()
    outbox.record("invoice.issued", engagement, by=by, at=at, data=_facts(invoice))
    letters.to_customer(
        engagement, kind="invoice.issued", subject=f"Invoice {invoice.number}",
        text=f"{invoice.gross:,.2f} {invoice.currency}, due on {invoice.due_on:%-d %B %Y}.",
        key=f"invoice-issued:{invoice.pk}", at=at, roles=PAYERS, contacts=BILLING, path="/invoice/",
        button="See the invoice",
    )  # fmt: skip
    return invoice


def _context(invoice: Invoice, engagement: Engagement, *, at: datetime) -> dict[str, Any]:
    rate = format(invoice.tax_rate.normalize(), "f")
    return {
        "number": invoice.number,
        "reference": engagement.reference,
        "issued_on": at.date().isoformat(),
        "due_on": (at + TERMS).date().isoformat(),
        "seller": parties.seller(),
        "buyer": parties.buyer(engagement.company),
        "lines": [
            {
                "description": line.description,
                "quantity": format(line.quantity.normalize(), "f"),
                "unit_price": f"{line.unit_price:.2f}",
                "net": f"{line.net:.2f}",
                "tax_rate": rate,
            }
            for line in invoice.lines.all()
        ],
        "currency": invoice.currency,
        "net": f"{invoice.net:.2f}",
        "tax": f"{invoice.tax:.2f}",
        "gross": f"{invoice.gross:.2f}",
        "tax_note": invoice.tax_note,
        "payment": {
            "iban": settings.SELLER["iban"],
            "bic": settings.SELLER["bic"],
            "remittance_reference": invoice.number,
        },
        "notes": "",
    }


def _facts(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice": invoice.number or f"draft {invoice.pk}",
        "state": invoice.state,
        "gross": f"{invoice.gross:.2f}",
        "currency": invoice.currency,
    }


@transaction.atomic
def void(invoice_id: int, *, reason: str, by: Actor, at: datetime) -> Invoice:
    """Void an invoice without payments, and say why. Its number stays taken."""
    invoice, engagement = _open(invoice_id, by, roles=FINANCE, words="Finance voids invoices.")
    if invoice.state == Invoice.State.VOID:
        raise errors.WrongState("This invoice is void already.")
    if invoice.payments.exists():
        raise errors.WrongState("Money was received for this invoice; it can't be voided.")
    if not reason.strip():
        raise errors.BadInput(fields={"reason": "Say why the invoice is void."})
    invoice.state, invoice.voided_at, invoice.void_reason = Invoice.State.VOID, at, reason.strip()[:500]
    invoice.save(update_fields=["state", "voided_at", "void_reason"])
    outbox.record("invoice.voided", engagement, by=by, at=at, data=_facts(invoice) | {"reason": invoice.void_reason})
    return invoice


def _open(invoice_id: int, by: Actor, *, roles: Any, words: str) -> tuple[Invoice, Engagement]:
    found = rows.visible(Invoice, invoice_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, words=words)
    return Invoice.objects.select_for_update().get(pk=found.pk), engagement
