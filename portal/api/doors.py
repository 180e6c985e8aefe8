"""…/doors/: links for signers and payers without an account, and …/invoices/N/checkout/: the payment page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations import card_payments
from onboarding.actions import doors
from onboarding.models import Door
from onboarding.queries import doors as queries
from onboarding.workflow.status import iso
from portal import access, paying
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.invoices import READ, WRITE, found
from portal.api.serializers import Reads

PAY = "payments:write"


class DoorSerializer(Reads):
    id = serializers.IntegerField()
    purpose = serializers.ChoiceField(Door.Purpose.values)
    to = serializers.CharField(help_text="The agreement or invoice it leads to")
    name = serializers.CharField()
    email = serializers.EmailField()
    state = serializers.ChoiceField(queries.State.values)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class PayerSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=150)
    email = serializers.EmailField()


class CheckoutSerializer(Reads):
    url = serializers.URLField(help_text="Stripe's page; the payer opens it")


def _described(operation_id: str, summary: str, description: str, *, body: Any = None, status: int = 200) -> Any:
    return extend_schema(
        operation_id=operation_id,
        tags=["doors"],
        summary=summary,
        description=description,
        request=body,
        parameters=[schema.KEY],
        responses={status: schema.told(DoorSerializer, "Done"), **schema.refusals(400, 409, 413, 415, 422)},
    )


class Doors(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="doors",
        tags=["doors"],
        summary="The links without an account",
        description="Newest first, each with how it stands. Their secrets stand in the mails alone.",
        responses={
            200: schema.told(inline_serializer("DoorList", {"items": DoorSerializer(many=True)}), "Every link"),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, _rows(self, reference).order_by("-id"))
        return Response({"items": [_drawn(one) for one in rows]})


class Payers(Endpoint):
    scopes = {"POST": WRITE}

    @_described("let_pay", "Let somebody without an account pay", "They get a link by mail, good for a week.",
                body=PayerSerializer, status=201)  # fmt: skip
    def post(self, request: Request, reference: str, invoice_id: int) -> Response:
        row, given = found(self, request, reference, invoice_id), taken(PayerSerializer, request)

        def let() -> tuple[int, dict[str, Any]]:
            made = doors.let_pay(row.pk, **given, by=request.viewer, at=now())
            return 201, _drawn(_rows(self, reference).get(pk=made.pk))

        return idempotency.once(request, let)


class _Act(Endpoint):
    """One act on one link; answers with the link it leaves."""

    scopes = {"POST": WRITE}

    def act(self, request: Request, reference: str, door_id: int, do: Callable[[int], Door]) -> Response:
        row = access.get(request, _rows(self, reference), pk=door_id)
        return idempotency.once(request, lambda: (200, _drawn(_rows(self, reference).get(pk=do(row.pk).pk))))


class SendDoorAgain(_Act):
    @_described("send_door_again", "Send a link again", "A new one in its place; the old one leads nowhere then.")
    def post(self, request: Request, reference: str, door_id: int) -> Response:
        return self.act(request, reference, door_id, lambda pk: doors.send_again(pk, by=request.viewer, at=now()))


class RevokeDoor(_Act):
    @_described("revoke_door", "Revoke a link", "At once, also for the browser that is in.")
    def post(self, request: Request, reference: str, door_id: int) -> Response:
        return self.act(request, reference, door_id, lambda pk: doors.revoke(pk, by=request.viewer, at=now()))


class Checkouts(Endpoint):
    """Its address is marked `non_atomic_requests`: it asks Stripe, and nothing could take that back."""

    is_atomic = False
    scopes = {"POST": PAY}

    @extend_schema(
        operation_id="checkout",
        tags=["invoices"],
        summary="The page to pay an invoice by card or direct debit",
        description="For the owner or billing. Asking twice leads to the same page, with a key or without.",
        request=None,
        parameters=[schema.KEY],
        responses={200: schema.told(CheckoutSerializer, "The page"), **schema.refusals(409, 413, 415)},
    )
    def post(self, request: Request, reference: str, invoice_id: int) -> Response:
        row = found(self, request, reference, invoice_id)
        back_url = settings.BASE_URL + paying.back_path(row.pk)
        url = card_payments.start(row.pk, back_url=back_url, by=request.viewer, at=now())
        return Response({"url": url})


def _rows(view: Endpoint, reference: str) -> Any:
    return Door.objects.filter(engagement=view.engagement(reference)).select_related("signer__agreement", "invoice")


def _drawn(row: Door) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("id", "purpose", "name", "email")},
        **{name: iso(getattr(row, name)) for name in ("created_at", "expires_at", "opened_at", "closed_at")},
        "to": queries.names(row),
        "state": str(queries.state_of(row, at=now()).value),
    }
