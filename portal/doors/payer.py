"""A payer's door: the invoice, its file, a bank transfer's details, and the way to the card's page and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from integrations import card_payments
from onboarding.actions import checkouts, payments
from onboarding.models import Checkout, Door, Invoice
from onboarding.queries.doors import State
from onboarding.rendering import epc
from portal import pages, paying
from portal.doors.room import Visit, inside, told

PAY = Door.Purpose.PAY


def page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The invoice with what is open of it and every way to pay; thanks once nothing is."""
    invoice = _invoice(visit)
    context = told(visit) | _money(invoice)
    if visit.state == State.PAID:
        return pages.show(request, "doors/paid_up.html", context)
    return pages.show(request, "doors/invoice.html", context | _card(invoice, left=context["open"]))


def _invoice(visit: Visit) -> Invoice:
    assert visit.door.invoice is not None  # noqa: S101 - a payer's door
    return visit.door.invoice


def _money(invoice: Invoice) -> dict[str, Any]:
    paid, bank = payments.paid_so_far(invoice), settings.SELLER
    left = max(invoice.gross - paid, Decimal(0))
    scan = epc.code(
        name=bank["name"], iban=bank["iban"], bic=bank["bic"], amount=left, currency=invoice.currency,
        reference=invoice.remittance_reference or "",
    )  # fmt: skip
    return {
        "invoice": invoice, "lines": list(invoice.lines.all()), "lines_total": invoice.net + invoice.discount,
        "paid": paid, "open": left, "bank": bank, "scan": scan,
    }  # fmt: skip


def _card(invoice: Invoice, *, left: Decimal) -> dict[str, Any]:
    last = invoice.checkouts.order_by("-pk").first()
    return {
        "card_is_offered": card_payments.takes(left),
        "being_checked": checkouts.being_checked(invoice),
        "debit": last if last and last.state == Checkout.State.PROCESSING else None,
        "refused_debit": last if last and last.state == Checkout.State.FAILED and last.session_id else None,
    }


@transaction.non_atomic_requests  # asks Stripe over HTTP: never inside a transaction
@require_POST
@inside(State.IN_USE, purpose=PAY)
def pay(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Off to the payment page; success and giving up both lead back to this door."""
    away = paying.start(request, _invoice(visit).pk, place=str(visit.door.pk), by=visit.by)
    return away or pages.turned_down(request, "doors:inside", visit.door.pk)


@transaction.non_atomic_requests
@require_safe
@inside(State.IN_USE, State.PAID, purpose=PAY)
def paid(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Back from the payment page: ask how it stands, and say it."""
    session_id, invoice = request.GET.get("session", ""), _invoice(visit)
    if not session_id:
        return redirect("doors:inside", visit.door.pk)
    checkout = Checkout.objects.select_related("invoice", "engagement").filter(
        invoice=invoice, session_id=session_id
    ).first()  # fmt: skip
    if checkout is None:
        raise Http404
    checkout, is_unasked = card_payments.look_if_undecided(checkout, at=now())
    context = {"checkout": checkout, "is_unasked": is_unasked, "overpaid": payments.overpaid(invoice)}
    return pages.show(request, "doors/paid.html", told(visit) | _money(Invoice.objects.get(pk=invoice.pk)) | context)
