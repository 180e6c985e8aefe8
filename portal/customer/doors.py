"""The links without an account to the agreement or the invoice: sent again, revoked, and a new one for another payer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding.actions import doors
from onboarding.models import Agreement, Door, Engagement, Invoice
from onboarding.queries import doors as queries
from onboarding.workflow.invoice_machine import OWED
from portal import access, pages
from portal.customer.engagement import engagement_page, may

PLACES = {Door.Purpose.SIGN: "customer:agreement", Door.Purpose.PAY: "customer:invoice"}


class PayerForm(forms.Form):
    name = forms.CharField(label="Name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )


def to_agreement(request: HttpRequest, engagement: Engagement, agreement: Agreement) -> dict[str, Any]:
    """What `_doors.html` draws of the agreement's doors."""
    is_keeper = may(request, engagement, doors.KEEPERS[Door.Purpose.SIGN])
    return {"doors": queries.to_agreement(agreement, at=now()), "may_keep_doors": is_keeper}


def to_invoice(
    request: HttpRequest, engagement: Engagement, invoice: Invoice, form: forms.Form | None = None
) -> dict[str, Any]:
    """What `_doors.html` draws of the invoice's doors, and the form for one more payer while money is owed."""
    is_keeper = may(request, engagement, doors.KEEPERS[Door.Purpose.PAY])
    payer = (form or PayerForm(auto_id="payer-%s")) if is_keeper and invoice.state in OWED else None
    return {"doors": queries.to_invoice(invoice, at=now()), "may_keep_doors": is_keeper, "payer": payer}


@require_POST
@engagement_page
def send_again(request: HttpRequest, engagement: Engagement, door_id: int) -> HttpResponse:
    """A new link in place of one that was lost or has expired."""
    door, by = access.get(request, Door.objects.filter(engagement=engagement), pk=door_id), access.viewer_of(request)
    if pages.attempt(request, lambda: doors.send_again(door.pk, by=by, at=now())):
        return pages.done(request, f"A new link is on its way to {door.email}.", PLACES[Door.Purpose(door.purpose)])
    return pages.turned_down(request, PLACES[Door.Purpose(door.purpose)])


@require_POST
@engagement_page
def revoke(request: HttpRequest, engagement: Engagement, door_id: int) -> HttpResponse:
    """The link leads nowhere from now on."""
    door, by = access.get(request, Door.objects.filter(engagement=engagement), pk=door_id), access.viewer_of(request)
    if pages.attempt(request, lambda: doors.revoke(door.pk, by=by, at=now())):
        return pages.done(request, "Revoked. The link leads nowhere from now on.", PLACES[Door.Purpose(door.purpose)])
    return pages.turned_down(request, PLACES[Door.Purpose(door.purpose)])
