"""The payments on an invoice's page: recorded, confirmed by a second person, sent back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import now

from integrations import card_payments
from onboarding.actions import payments
from onboarding.actors import Role
from onboarding.models import Invoice, Payment
from onboarding.workflow.invoice_machine import OWED
from portal import access
from portal.specialist import fields
from portal.specialist.card_refunds import CardRefundForm, form_of
from portal.specialist.desk import Act, Desk, Drawn, on_row

TELLERS = frozenset({Role.FINANCE, Role.LEAD})


class PaymentForm(forms.Form):
    invoice_id = fields.row_id()
    amount = forms.DecimalField(label="Amount received", decimal_places=2, max_digits=12)
    currency = fields.line("Currency", longest=3)
    method = fields.choice("How", Payment.Method.choices)
    reference = fields.line("Reference", longest=140, hint="The bank's or the card processor's own.")
    received_on = fields.day("Received on")


class RefundForm(PaymentForm):
    amount = forms.DecimalField(label="Amount sent back", decimal_places=2, max_digits=12)
    received_on = fields.day("Sent on")


class ConfirmForm(forms.Form):
    payment_id = fields.row_id()


class RejectForm(ConfirmForm):
    note = fields.line("What is wrong with it?", longest=300)


ACTS = {
    "record_payment": Act(button="Record the payment", done="Recorded.", form=PaymentForm, roles=TELLERS,
                          key="invoice_id",
                          call=on_row(payments.record, "invoice_id")),
    "record_refund": Act(button="Record the refund", done="Recorded.", form=RefundForm, roles=TELLERS,
                         key="invoice_id",
                         kind="secondary", call=on_row(payments.refund, "invoice_id")),
    "confirm_payment": Act(button="Confirm it", done="Confirmed.", form=ConfirmForm, roles=TELLERS, key="payment_id",
                           kind="secondary", call=on_row(payments.confirm, "payment_id")),
    "reject_payment": Act(button="Reject it", done="Rejected.", form=RejectForm, roles=TELLERS, key="payment_id",
                          kind="danger secondary", call=on_row(payments.reject, "payment_id")),
}  # fmt: skip
TONES = {Payment.State.CONFIRMED: "good", Payment.State.PROPOSED: "warn", Payment.State.REJECTED: "none"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One payment as the page lists it, with what the viewer may do about it."""

    payment: Payment
    tone: str
    confirm: Drawn | None = None
    reject: Drawn | None = None
    is_own: bool = False
    refund: CardRefundForm | None = None


def context(desk: Desk, invoice: Invoice) -> dict[str, Any]:
    """What `_payments.html` draws as `money`: every payment and refund, and the forms that fit the invoice now."""
    paid = payments.paid_so_far(invoice)
    about = {"invoice_id": invoice.pk, "currency": invoice.currency, "method": "bank_transfer",
             "received_on": now().date(), "reference": ""}  # fmt: skip
    owed, too_much = max(invoice.gross - paid, 0), payments.overpaid(invoice)
    is_taken = invoice.state in {*OWED, Invoice.State.PAID}
    return {
        "payments": [_line(desk, one) for one in invoice.payments.select_related("checkout")],
        "paid": paid,
        "owed": owed,
        "overpaid": too_much,
        "record_payment": desk.form("record_payment", initial=about | {"amount": owed or None}) if is_taken else None,
        "record_refund": desk.form("record_refund", initial=about | {"amount": too_much or None}) if paid else None,
    }


def _line(desk: Desk, payment: Payment) -> Line:
    viewer = access.viewer_of(desk.request)
    if _came_by_card(payment) and viewer.has(*TELLERS):
        return Line(payment=payment, tone=_tone(payment), refund=form_of(payment, amount=_to_send_back(payment)))
    if payment.state != Payment.State.PROPOSED or not viewer.has(*TELLERS):
        return Line(payment=payment, tone=_tone(payment))
    if viewer.user_id == payment.recorded_by_user:
        return Line(payment=payment, tone=_tone(payment), is_own=True)
    about = {"payment_id": payment.pk}
    confirm, reject = desk.form("confirm_payment", initial=about), desk.form("reject_payment", initial=about)
    return Line(payment=payment, tone=_tone(payment), confirm=confirm, reject=reject)


def _came_by_card(payment: Payment) -> bool:
    """Money of a payment page that can go back the same way."""
    is_disputed = payment.disputed_at and not payment.dispute_outcome
    is_here = hasattr(payment, "checkout") and not is_disputed and payment.dispute_outcome != "lost"
    return card_payments.is_offered() and is_here and payments.sendable(payment) > 0


def _to_send_back(payment: Payment) -> Decimal:
    """What the form proposes: what is too much, else all of it."""
    left = payments.sendable(payment)
    return min(payments.overpaid(payment.invoice) or left, left)


def _tone(payment: Payment) -> str:
    if payment.disputed_at and not payment.dispute_outcome:
        return "bad"
    return TONES[Payment.State(payment.state)]
