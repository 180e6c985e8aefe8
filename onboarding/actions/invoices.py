"""Invoices: drafted from the price list, issued with a number without gaps, taken back by a credit note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from stdnum.iso7064 import mod_97_10

from onboarding import errors, outbox
from onboarding.actions import agreements, documents, gates, invoice_lines, letters, rows, series
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.library import dunning, taxes
from onboarding.models import Checkout, Contact, CreditNote, Document, Engagement, Invoice, Payment
from onboarding.models.invoices import TaxCategory
from onboarding.queries import bills
from onboarding.rendering import pdf
from onboarding.workflow.step_04_customer_verification import invoice_in_force
from onboarding.workflow.steps import Step

ISSUERS = SPECIALISTS | {Role.FINANCE}
FINANCE = frozenset({Role.FINANCE, Role.LEAD})
ISSUING = frozenset({Step.CUSTOMER_VERIFICATION, Step.CUSTOMER_APPROVAL})
LONGEST_TERMS = 90  # days
PAYERS = frozenset({Role.OWNER, Role.BILLING})
BILLING = (Contact.Kind.BILLING,)


def draft(engagement: Engagement, *, by: Actor, at: datetime) -> Invoice:
    """Draft the invoice from the price list and the agreed scope (on entering step IV); one in force already is kept."""
    if earlier := invoice_in_force(engagement):
        return earlier
    currency, positions = bills.offered(engagement)
    tax = bills.treatment(engagement.company, at=at)
    invoice = Invoice(
        company_id=engagement.company_id, engagement=engagement, currency=currency, drafted_at=at, net=0, tax=0,
        gross=0, tax_category=tax.category, tax_rate=tax.rate, tax_note=tax.note,
    )  # fmt: skip
    invoice.save(force_insert=True)
    lines = [
        {"description": one.description, "quantity": one.quantity, "unit_price": one.unit_price, "unit": one.unit}
        for one in positions
    ]
    invoice_lines.put(invoice, lines)
    outbox.record("invoice.drafted", engagement, by=by, at=at, data=facts(invoice))
    return invoice


@transaction.atomic
def draft_again(engagement_id: int, *, by: Actor, at: datetime) -> Invoice:
    """Draft anew after the former invoice was voided."""
    engagement = gates.writable(engagement_id, by, roles=ISSUERS, steps=ISSUING)
    if invoice_in_force(engagement):
        raise errors.WrongState("An invoice is in force. Void it first.")
    return draft(engagement, by=by, at=at)


@transaction.atomic
def change(
    invoice_id: int, *, lines: Sequence[dict[str, Any]], tax_rate: Decimal, tax_note: str, by: Actor, at: datetime,
    tax_category: str = "", discount: Decimal = Decimal(0), discount_reason: str = "", terms_days: int | None = None,
) -> Invoice:  # fmt: skip
    """Replace a draft's lines ({description, quantity, unit_price, unit}, before tax), discount, tax and terms.

    The rate is in percent; without a category the rate says it. An agreement that is still a draft names the same fees
    afterwards. Raises BadInput with every field that is wrong.
    """
    invoice, engagement = _open(invoice_id, by, roles=ISSUERS, words="Specialists and finance edit invoices.")
    if invoice.state != Invoice.State.DRAFT:
        raise errors.WrongState("An issued invoice can't be changed. Void it and draft a new one.")
    _set_tax(invoice, category=tax_category, rate=tax_rate, note=tax_note)
    found = invoice_lines.checked(lines)
    _set_discount(invoice, discount, discount_reason, lines_total=invoice_lines.total(found))
    invoice.terms_days = _terms(invoice.terms_days if terms_days is None else terms_days)
    invoice_lines.put(invoice, found)
    agreements.refresh_draft(engagement, by=by, at=at)
    outbox.record("invoice.changed", engagement, by=by, at=at, data=facts(invoice))
    return invoice


def _set_tax(invoice: Invoice, *, category: str, rate: Decimal, note: str) -> None:
    if not invoice_lines.fits(Decimal(rate), least=Decimal(0), most=Decimal(100)):
        raise errors.BadInput(fields={"tax_rate": "Enter a percentage from 0 to 100, with at most two decimals."})
    category = category or _category(invoice, rate)
    if category not in TaxCategory.values:
        raise errors.BadInput(fields={"tax_category": "Choose how this sale is taxed."})
    if (category == taxes.STANDARD) != (rate > 0):
        words = "Enter the rate above zero." if rate == 0 else "Enter 0, or choose the standard rate."
        raise errors.BadInput(fields={"tax_rate": words})
    invoice.tax_category, invoice.tax_rate, invoice.tax_note = category, rate, note.strip()[:300]


def _category(invoice: Invoice, rate: Decimal) -> str:
    """What the rate alone says: above zero the standard one; zero leaves an untaxed sale as it was."""
    if rate > 0:
        return taxes.STANDARD
    return taxes.ZERO if invoice.tax_category == taxes.STANDARD else invoice.tax_category


def _set_discount(invoice: Invoice, discount: Decimal, reason: str, *, lines_total: Decimal) -> None:
    reason = reason.strip()
    if not invoice_lines.fits(discount, least=Decimal(0), most=invoice_lines.MOST):
        raise errors.BadInput(fields={"discount": "Enter an amount of zero or more, with at most two decimals."})
    if discount >= lines_total:
        words = f"Enter less than the sum of the lines, {lines_total:,.2f} {invoice.currency}."
        raise errors.BadInput(fields={"discount": words})
    if discount and not reason:
        raise errors.BadInput(fields={"discount_reason": "Say what the discount is for; the invoice prints it."})
    if len(reason) > 100:
        raise errors.BadInput(fields={"discount_reason": f"Shorten this to 100 characters: it has {len(reason)}."})
    invoice.discount, invoice.discount_reason = discount, reason if discount else ""


def _terms(days: int) -> int:
    if not 0 <= days <= LONGEST_TERMS:
        raise errors.BadInput(fields={"terms_days": f"Enter 0 to {LONGEST_TERMS} days."})
    return days


def refresh_tax(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Tax a draft anew after the company's details changed, unless a person decided about its tax; within a transaction."""
    invoice = invoice_in_force(engagement)
    if invoice is None or invoice.state != Invoice.State.DRAFT or not taxes.is_ours(invoice.tax_note):
        return
    tax = bills.treatment(engagement.company, at=at)
    if (tax.category, tax.rate, tax.note) == (invoice.tax_category, invoice.tax_rate, invoice.tax_note):
        return
    invoice.tax_category, invoice.tax_rate, invoice.tax_note = tax.category, tax.rate, tax.note
    invoice_lines.sum_up(invoice, invoice.net + invoice.discount)
    outbox.record("invoice.changed", engagement, by=by, at=at, data=facts(invoice))


@transaction.atomic
def issue(invoice_id: int, *, by: Actor, at: datetime) -> Invoice:
    """Issue: takes the next number of the year's series, falls due by its terms, orders the PDF, tells billing.

    Day and year are those where the company is. Raises WrongState while the tax needs what is not known,
    characters.Unprintable for a character that the document could not show.
    """
    invoice, engagement = _open(invoice_id, by, roles=ISSUERS, words="Specialists and finance issue invoices.")
    if engagement.at_step not in ISSUING:
        raise errors.WrongStep(f"Invoices are issued in step IV; this is step {engagement.at_step.numeral}.")
    if invoice.state != Invoice.State.DRAFT:
        raise errors.WrongState(f"This invoice is {invoice.get_state_display()} already.")
    _require_taxable(invoice, engagement, at=at)
    pdf.require_printable(bills.invoice_context(invoice, engagement))  # slow for a rare letter: no series waits for it
    here = bills.local(engagement.company, at)
    number, due_on = series.take_next("INV", at=here), here.date() + timedelta(days=invoice.terms_days)
    invoice.issue(number=number, reference=remittance_reference(number), due_on=due_on, by=by.name, at=at)
    invoice.reminders = dunning.reached(due_on=due_on, zone=bills.zone_of(engagement.company), at=at)
    invoice.document = documents.order(
        engagement, kind=Document.Kind.INVOICE, title=f"Invoice {number}", file_name=f"{number}.pdf",
        template="invoice", context=bills.invoice_context(invoice, engagement), by=by, at=at,
    )  # fmt: skip
    invoice.save()
    outbox.record("invoice.issued", engagement, by=by, at=at, data=facts(invoice))
    letters.to_customer(
        engagement, kind="invoice.issued", subject=f"Invoice {number}",
        text=f"{invoice.gross:,.2f} {invoice.currency}, due on {due_on:%-d %B %Y}.",
        key=f"invoice-issued:{invoice.pk}", at=at, roles=PAYERS, contacts=BILLING, path="/invoice/",
        button="See the invoice",
    )  # fmt: skip
    return invoice


def _require_taxable(invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    """WrongState for a treatment whose numbers or words are missing, or for the rate of another day than the invoice's.

    Whoever charges the rate of another day on purpose says why in the note.
    """
    context = bills.invoice_context(invoice, engagement)
    seller, buyer = context["seller"], context["buyer"]
    if invoice.tax_category == taxes.REVERSE_CHARGE and not (seller["vat_id"] and buyer["vat_id"]):
        raise errors.WrongState(
            "Reverse charge needs a VAT id of both sides that holds. Correct it, or charge the rate."
        )
    if invoice.tax_category != taxes.OUT_OF_SCOPE and not seller["tax_id"]:
        raise errors.WrongState("A taxed invoice names our own tax number. Set SELLER_TAX_ID first.")
    outdated = taxes.outdated(settings.SELLER["country"], invoice.tax_rate, on=bills.day(engagement.company, at))
    if outdated and taxes.is_ours(invoice.tax_note):
        raise errors.WrongState(f"{outdated} Change the draft, or say in its note why the other rate is due.")
    if invoice.tax_category in taxes.NEED_A_REASON and not invoice.tax_note:
        raise errors.WrongState("Say in the note why no tax is charged; the invoice must print it.")


def remittance_reference(number: str) -> str:
    """'INV-2026-0042' as a creditor reference of ISO 11649: what banks carry along and check by two digits."""
    plain = "".join(character for character in number if character.isalnum())
    return f"RF{mod_97_10.calc_check_digits(f'{plain}RF')}{plain}"


def facts(invoice: Invoice) -> dict[str, Any]:
    """What an event says about an invoice."""
    return {
        "invoice": invoice.number or f"draft {invoice.pk}",
        "state": invoice.state,
        "gross": f"{invoice.gross:.2f}",
        "currency": invoice.currency,
    }


@transaction.atomic
def void(invoice_id: int, *, reason: str, by: Actor, at: datetime) -> Invoice:
    """Void an invoice without money on it, and say why: a draft goes, an issued one is taken back by a credit note.

    Numbers stay taken. Raises WrongState while money is here, on its way, or waits for a second person.
    """
    invoice, engagement = _open(invoice_id, by, roles=FINANCE, words="Finance voids invoices.")
    if invoice.state == Invoice.State.VOID:
        raise errors.WrongState("This invoice is void already.")
    _require_unpaid(invoice)
    reason, was_issued = gates.said(reason, words="Say why the invoice is void."), bool(invoice.number)
    invoice.void(reason=reason, at=at)
    invoice.save()
    data = facts(invoice) | {"reason": reason}
    if was_issued:
        data["credit_note"] = _take_back(invoice, engagement, reason=reason, by=by, at=at).number
    outbox.record("invoice.voided", engagement, by=by, at=at, data=data)
    return invoice


def _require_unpaid(invoice: Invoice) -> None:
    if (there := bills.received(invoice)) < 0:
        raise errors.WrongState("More money went back for this invoice than came in. Settle that first.")
    if there:
        raise errors.WrongState("Money was received for this invoice; refund it first, then void the invoice.")
    if invoice.payments.filter(state=Payment.State.PROPOSED).exists():
        raise errors.WrongState("A payment of this invoice waits for a second person. Have it decided first.")
    if invoice.checkouts.filter(state=Checkout.State.PROCESSING).exists():
        raise errors.WrongState("A payment by card is on its way. Wait until the bank has answered.")


def _take_back(invoice: Invoice, engagement: Engagement, *, reason: str, by: Actor, at: datetime) -> CreditNote:
    note = CreditNote(
        company_id=invoice.company_id, engagement=engagement, invoice=invoice, reason=reason, issued_at=at,
        issued_by=by.name,
    )  # fmt: skip
    pdf.require_printable(bills.credit_note_context(note, invoice, engagement))
    note.number = number = series.take_next("CN", at=bills.local(engagement.company, at))
    note.document = documents.order(
        engagement, kind=Document.Kind.CREDIT_NOTE, title=f"Credit note {number}", file_name=f"{number}.pdf",
        template="credit_note", context=bills.credit_note_context(note, invoice, engagement), by=by, at=at,
    )  # fmt: skip
    note.save(force_insert=True)
    letters.to_customer(
        engagement, kind="invoice.voided", subject=f"Invoice {invoice.number} was taken back",
        text=f"Credit note {number} takes it back; nothing is to be paid for it. Why: {reason}",
        key=f"invoice-voided:{invoice.pk}", at=at, roles=PAYERS, contacts=BILLING, path="/invoice/",
        button="See the credit note",
    )  # fmt: skip
    return note


def order_receipt(invoice: Invoice, *, by: Actor, at: datetime) -> Document:
    """Order the receipt of an invoice that is paid in full; whoever settles it calls this, holding its lock."""
    engagement = invoice.engagement
    return documents.order(
        engagement, kind=Document.Kind.RECEIPT, title=f"Receipt for invoice {invoice.number}",
        file_name=f"{invoice.number}-receipt.pdf", template="receipt",
        context=bills.receipt_context(invoice, engagement, at=at), by=by, at=at,
    )  # fmt: skip


def _open(invoice_id: int, by: Actor, *, roles: Any, words: str) -> tuple[Invoice, Engagement]:
    found = rows.visible(Invoice, invoice_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, words=words)
    return Invoice.objects.select_for_update().get(pk=found.pk), engagement
