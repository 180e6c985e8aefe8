"""Sending some of a card payment back, at Stripe."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from integrations import card_payments
from onboarding import errors
from onboarding.models import Engagement, Payment
from portal import access, pages
from portal.specialist import fields
from portal.specialist.desk import engagement_page


class CardRefundForm(forms.Form):
    payment_id = fields.row_id()
    amount = forms.DecimalField(label="Amount to send back", decimal_places=2, max_digits=12)


def form_of(payment: Payment, *, amount: Decimal) -> CardRefundForm:
    """The form as `_payments.html` draws it at a payment."""
    about = {"payment_id": payment.pk, "amount": amount}
    return CardRefundForm(initial=about, auto_id=f"card_refund-{payment.pk}-%s")


@transaction.non_atomic_requests  # asks Stripe over HTTP: never inside a transaction
@engagement_page
@require_POST
def send_back(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Stripe sends the money to the card it came from; it is recorded at once."""
    form = CardRefundForm(request.POST)
    if pages.attempt(request, lambda: _sent(engagement, form, by=access.viewer_of(request))) is None:
        return pages.turned_down(request, "specialist:invoice", engagement.reference)
    return pages.done(request, "Sent back to the card.", "specialist:invoice", engagement.reference)


def _sent(engagement: Engagement, form: CardRefundForm, *, by: object) -> tuple[int]:
    if not form.is_valid():
        raise errors.BadInput(fields={"amount": "Enter an amount above zero, with at most two decimals."})
    number = form.cleaned_data["payment_id"]
    if not Payment.objects.filter(pk=number, invoice__engagement=engagement).exists():
        raise errors.NotFound
    return (card_payments.send_back(number, amount=form.cleaned_data["amount"], by=by, at=now()),)
