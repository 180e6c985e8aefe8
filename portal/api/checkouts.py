"""…/invoices/N/checkouts/: the payment pages that were opened for an invoice, and what came of each."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.models import Checkout
from onboarding.workflow.status import iso
from portal import access
from portal.api import schema
from portal.api.endpoints import Endpoint
from portal.api.invoices import MONEY, READ, found
from portal.api.serializers import Reads


class OpenedCheckoutSerializer(Reads):
    """The page's own address stays with whoever opened it: asking for the page again leads there."""

    state = serializers.ChoiceField(Checkout.State.values, help_text="`processing`: paid, and the bank takes its days")
    amount = serializers.DecimalField(**MONEY)
    currency = serializers.CharField()
    opened_by = serializers.CharField()
    opened_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    payment = serializers.IntegerField(allow_null=True, help_text="The payment it became")


class OpenedCheckouts(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="checkouts",
        tags=["invoices"],
        summary="The payment pages of an invoice, newest first",
        description="A direct debit stays `processing` for days, and may still fail: then nothing was charged. The portal "
        "hears of it from the payment service, and asks by itself where it hears nothing.",
        responses={
            200: schema.told(
                inline_serializer("CheckoutList", {"items": OpenedCheckoutSerializer(many=True)}), "Every payment page"
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str, invoice_id: int) -> Response:
        rows = Checkout.objects.filter(invoice=found(self, request, reference, invoice_id)).order_by("-pk")
        return Response({"items": [_drawn(one) for one in access.listed(request, rows)]})


def _drawn(row: Checkout) -> dict[str, Any]:
    return {
        "state": row.state,
        "amount": f"{row.amount:.2f}",
        "currency": row.currency,
        "opened_by": row.created_by,
        "opened_at": iso(row.created_at),
        "settled_at": iso(row.settled_at),
        "payment": row.payment_id,
    }
