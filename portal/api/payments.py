"""…/invoices/N/payments/: money that came in or went back, and the second person who confirms it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations import card_payments
from onboarding.actions import payments
from onboarding.models import Payment
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.invoices import MONEY, READ, found
from portal.api.serializers import Reads

WRITE = "payments:write"


class PaymentSerializer(Reads):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Payment.Kind.values)
    state = serializers.ChoiceField(Payment.State.values, help_text="Only a confirmed one counts")
    amount = serializers.DecimalField(**MONEY)
    currency = serializers.CharField()
    method = serializers.ChoiceField(Payment.Method.values)
    reference = serializers.CharField(help_text="The bank's or the card processor's own")
    received_on = serializers.DateField()
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField(allow_blank=True)
    disputed_at = serializers.DateTimeField(allow_null=True)
    dispute_outcome = serializers.CharField(allow_blank=True)


class RecordPaymentSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Payment.Kind.values, default=Payment.Kind.PAYMENT)
    amount = serializers.DecimalField(**MONEY)
    currency = serializers.CharField(max_length=3)
    method = serializers.ChoiceField(Payment.Method.values)
    reference = serializers.CharField(max_length=140)
    received_on = serializers.DateField(help_text="The day it arrived, or left")


class PaymentListSerializer(Reads):
    items = PaymentSerializer(many=True)


class SendPaymentBackSerializer(serializers.Serializer):
    amount = serializers.DecimalField(**MONEY, help_text="At most what of it was not sent back yet")


class RejectPaymentSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=300)


class Payments(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="payments",
        tags=["invoices"],
        summary="The payments of an invoice",
        description="Part, over and double payments each as they came; refunds as they left. A customer's token sees what "
        "was confirmed.",
        responses={
            200: schema.told(PaymentListSerializer, "Every payment"),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str, invoice_id: int) -> Response:
        rows = access.listed(request, _rows(self, request, reference, invoice_id))
        return Response({"items": [drawn(one) for one in rows]})

    @extend_schema(
        operation_id="record_payment",
        tags=["invoices"],
        summary="Record a payment or a refund",
        description="By finance. Large ones count once another person confirmed them.",
        request=RecordPaymentSerializer,
        parameters=[schema.KEY],
        responses={201: schema.told(PaymentSerializer, "Recorded"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, invoice_id: int) -> Response:
        row, given = found(self, request, reference, invoice_id), taken(RecordPaymentSerializer, request)
        act = payments.refund if given.pop("kind") == Payment.Kind.REFUND else payments.record

        def record() -> tuple[int, dict[str, Any]]:
            return 201, drawn(act(row.pk, **given, by=request.viewer, at=now()))

        return idempotency.once(request, record)


class _Decision(Endpoint):
    """The second person's word on one payment."""

    scopes = {"POST": WRITE}

    def decide(
        self, request: Request, reference: str, invoice_id: int, payment_id: int, do: Callable[[int], Payment]
    ) -> Response:
        row = access.get(request, _rows(self, request, reference, invoice_id), pk=payment_id)
        return idempotency.once(request, lambda: (200, drawn(do(row.pk))))


class ConfirmPayment(_Decision):
    @extend_schema(
        operation_id="confirm_payment",
        tags=["invoices"],
        summary="Confirm a payment",
        description="By another person of finance than who recorded it.",
        request=None,
        parameters=[schema.KEY],
        responses={200: schema.told(PaymentSerializer, "Confirmed"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, invoice_id: int, payment_id: int) -> Response:
        return self.decide(
            request, reference, invoice_id, payment_id,
            lambda pk: payments.confirm(pk, by=request.viewer, at=now()),
        )  # fmt: skip


class RejectPayment(_Decision):
    @extend_schema(
        operation_id="reject_payment",
        tags=["invoices"],
        summary="Reject a payment",
        description="By another person of finance than who recorded it, with what is wrong.",
        request=RejectPaymentSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(PaymentSerializer, "Rejected"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, invoice_id: int, payment_id: int) -> Response:
        note = taken(RejectPaymentSerializer, request)["note"]
        return self.decide(
            request, reference, invoice_id, payment_id,
            lambda pk: payments.reject(pk, note=note, by=request.viewer, at=now()),
        )  # fmt: skip


class SendBack(Endpoint):
    """Its address is marked `non_atomic_requests`: it asks Stripe, and nothing could take that back."""

    is_atomic = False
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="send_payment_back",
        tags=["invoices"],
        summary="Send some of a card payment back",
        description="By finance, to the card or account it came from; recorded at once, as a refund of its own. Money that "
        "came by bank transfer goes back there, and is recorded as a refund. Answers with every payment of the invoice.",
        request=SendPaymentBackSerializer,
        parameters=[schema.KEY],
        responses={
            200: schema.told(PaymentListSerializer, "Sent back"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, reference: str, invoice_id: int, payment_id: int) -> Response:
        row = access.get(request, _rows(self, request, reference, invoice_id), pk=payment_id)
        amount = taken(SendPaymentBackSerializer, request)["amount"]

        def send() -> tuple[int, dict[str, Any]]:
            card_payments.send_back(
                row.pk, amount=amount, request_key=idempotency.key_beyond(request), by=request.viewer, at=now()
            )
            found = access.listed(request, _rows(self, request, reference, invoice_id))
            return 200, {"items": [drawn(one) for one in found]}

        return idempotency.once_outside(request, send)


def _rows(view: Endpoint, request: Request, reference: str, invoice_id: int) -> Any:
    rows = Payment.objects.filter(invoice=found(view, request, reference, invoice_id))
    return rows if request.viewer.is_staff else rows.filter(state=Payment.State.CONFIRMED)


def drawn(row: Payment) -> dict[str, Any]:
    """A payment as it is told."""
    plain = ("id", "kind", "state", "currency", "method", "reference", "recorded_by", "decided_by",
             "decision_note", "dispute_outcome")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: iso(getattr(row, name)) for name in ("recorded_at", "decided_at", "disputed_at")},
        "amount": f"{row.amount:.2f}",
        "received_on": row.received_on.isoformat(),
    }
