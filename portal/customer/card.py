"""Paying the invoice by card or direct debit: off to the payment page, and back from it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from integrations import card_payments
from onboarding.actions import checkouts, payments
from onboarding.models import Checkout, Engagement, Invoice
from onboarding.workflow.invoice_machine import OWED
from onboarding.workflow.step_04_customer_verification import invoice_in_force
from portal import access, pages, paying
from portal.customer.engagement import engagement_page, may

State = Checkout.State


def offer(request: HttpRequest, engagement: Engagement, invoice: Invoice) -> dict[str, Any]:
    """What `_card.html` draws: whether this viewer may pay by card now, and how the last try stands."""
    last = invoice.checkouts.order_by("-pk").first()
    is_owed = invoice.state in OWED
    left = invoice.gross - payments.paid_so_far(invoice)
    return {
        "card_is_offered": card_payments.takes(left) and is_owed,
        "being_checked": checkouts.being_checked(invoice) if is_owed else 0,
        "may_pay_by_card": is_owed and may(request, engagement, payments.PAYERS),
        "debit": last if last and last.state == State.PROCESSING else None,
        "refused_debit": last if last and last.state == State.FAILED and last.session_id and is_owed else None,
    }


@transaction.non_atomic_requests  # asks Stripe over HTTP: never inside a transaction
@require_POST
@engagement_page
def pay(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Off to the payment page of the invoice in force; pressing twice leads to the same one."""
    found = invoice_in_force(engagement)
    if found is None:
        raise Http404
    away = paying.start(request, found.pk, place=paying.MEMBER, by=access.viewer_of(request))
    return away or pages.turned_down(request, "customer:invoice")


@transaction.non_atomic_requests
@require_safe
@engagement_page
def paid(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Back from the payment page: ask how it stands, and say it with what comes next."""
    session_id = request.GET.get("session", "")
    if not session_id:
        return redirect("customer:invoice")
    rows = Checkout.objects.visible_to(access.viewer_of(request)).select_related("invoice", "engagement")
    checkout = rows.filter(session_id=session_id).first()
    if checkout is None:
        raise Http404
    checkout, is_unasked = card_payments.look_if_undecided(checkout, at=now())
    invoice = Invoice.objects.get(pk=checkout.invoice_id)
    context = {
        "engagement": engagement, "checkout": checkout, "invoice": invoice, "is_unasked": is_unasked,
        "open": max(invoice.gross - payments.paid_so_far(invoice), 0), "overpaid": payments.overpaid(invoice),
    }  # fmt: skip
    return pages.show(request, "customer/paid.html", context)
