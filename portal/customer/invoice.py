"""The invoice: what it is for, how to pay it, what arrived; what was taken back, and the account's papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import doors as links
from onboarding.actions import payments, statements
from onboarding.models import Document, Engagement, Invoice
from onboarding.rendering import epc
from onboarding.workflow.step_04_customer_verification import invoice_in_force
from portal import access, files, pages
from portal.customer import card, doors
from portal.customer.engagement import engagement_page

PAPERS = (Document.Kind.RECEIPT, Document.Kind.STATEMENT)
TONES = {Invoice.State.PAID: "good", Invoice.State.OVERDUE: "bad"}


@require_safe
@engagement_page
def invoice(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The invoice in force, once issued; those taken back with their credit notes."""
    return _page(request, engagement)


def _page(request: HttpRequest, engagement: Engagement, payer: forms.Form | None = None) -> HttpResponse:
    known = list(
        engagement.invoices.exclude(number=None).select_related("document", "credit_note__document").order_by("-pk")
    )
    current = next((one for one in known if one.state != Invoice.State.VOID), None)
    context = {
        "engagement": engagement,
        "invoice": current,
        "taken_back": [_taken_back(one) for one in known if one.state == Invoice.State.VOID],
        "papers": [_file(one) for one in engagement.documents.filter(kind__in=PAPERS).order_by("-pk")[:6]],
        "may_order_statement": bool(known) and access.viewer_of(request).has(*statements.READERS),
        **(_money(current) | card.offer(request, engagement, current) if current else {}),
        **(doors.to_invoice(request, engagement, current, payer) if current else {}),
    }
    return pages.show(request, "customer/invoice.html", context, form=payer)


def _money(invoice: Invoice) -> dict[str, Any]:
    paid = payments.paid_so_far(invoice)
    left = max(invoice.gross - paid, Decimal(0))
    return {
        "tone": TONES.get(Invoice.State(invoice.state), "warn"),
        "lines": list(invoice.lines.all()),
        "lines_total": invoice.net + invoice.discount,
        "payments": list(invoice.payments.filter(payments.STANDING)),
        "paid": paid,
        "open": left,
        "overpaid": payments.overpaid(invoice),
        "bank": settings.SELLER,
        "scan": _scan(invoice, left),
        "files": [_file(invoice.document)] if invoice.document else [],
    }


def _scan(invoice: Invoice, left: Decimal) -> str:
    """The QR code that fills in a transfer of what is open; nothing outside SEPA."""
    bank = settings.SELLER
    return epc.code(
        name=bank["name"], iban=bank["iban"], bic=bank["bic"], amount=left, currency=invoice.currency,
        reference=invoice.remittance_reference or "",
    )  # fmt: skip


def _file(document: Document) -> dict[str, Any]:
    return files.drawn(document, url_name="customer:document")


def _taken_back(invoice: Invoice) -> dict[str, Any]:
    papers = [invoice.credit_note.document, invoice.document]
    return {
        "invoice": invoice, "note": invoice.credit_note, "files": [_file(one) for one in papers if one],
        "overpaid": payments.overpaid(invoice),
    }  # fmt: skip


@require_POST
@engagement_page
def statement(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Have a statement of account made, up to now."""
    viewer = access.viewer_of(request)
    if pages.attempt(request, lambda: statements.order(engagement.pk, by=viewer, at=now())):
        return pages.done(request, "Your statement of account is being made. It is listed below.", "customer:invoice")
    return pages.turned_down(request, "customer:invoice")


@require_POST
@engagement_page
def let_pay(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Let somebody without an account pay it, by a link of their own."""
    found, by = invoice_in_force(engagement), access.viewer_of(request)
    if found is None or found.number is None:
        return pages.turned_down(request, "customer:invoice")
    form = doors.PayerForm(request.POST, auto_id="payer-%s")
    if form.is_valid() and pages.attempt(
        request, lambda: links.let_pay(found.pk, **form.cleaned_data, by=by, at=now()), form=form
    ):
        return pages.done(request, f"The link is on its way to {form.cleaned_data['email']}.", "customer:invoice")
    return _page(request, engagement, form) if form.errors else pages.turned_down(request, "customer:invoice")
