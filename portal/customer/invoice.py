"""The invoice: what it is for, how to pay it, what arrived."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.actions.payments import paid_so_far
from onboarding.models import Engagement, Invoice
from onboarding.workflow.step_04_customer_verification import invoice_in_force
from portal import pages
from portal.customer.engagement import engagement_page


@require_safe
@engagement_page
def invoice(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The invoice in force, once issued."""
    found = invoice_in_force(engagement)
    if found and found.state == Invoice.State.DRAFT:
        found = None
    paid = paid_so_far(found) if found else 0
    context = {
        "engagement": engagement,
        "invoice": found,
        "lines": list(found.lines.all()) if found else [],
        "payments": list(found.payments.all()) if found else [],
        "paid": paid,
        "open": found.gross - paid if found else 0,
        "bank": settings.SELLER,
    }
    return pages.show(request, "customer/invoice.html", context)
