"""…/agreements/N/copies/: who else gets the executed agreement by mail, a lawyer or an accountant."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import agreement_copies
from onboarding.models import Agreement, AgreementCopy
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.agreements import READ, WRITE, found
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads


class CopySerializer(Reads):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    email = serializers.EmailField()
    added_by = serializers.CharField()
    added_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True, help_text="Null: the agreement is not executed yet")


class CopyListSerializer(Reads):
    items = CopySerializer(many=True)


class NewCopySerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=150, allow_blank=True, default="")


class Copies(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="agreement_copies",
        tags=["agreements"],
        summary="Who else gets a copy",
        description="Beside the signers: the sealed file is mailed to them once the agreement is executed.",
        responses={200: schema.told(CopyListSerializer, "Every recipient"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, agreement: str) -> Response:
        return Response(_listed(found(self, request, reference, agreement)))

    @extend_schema(
        operation_id="add_agreement_copy",
        tags=["agreements"],
        summary="Name one more recipient",
        description="By the owner, the signatory or a specialist, until it is executed. The same address twice stays one.",
        request=NewCopySerializer,
        parameters=[schema.KEY],
        responses={201: schema.told(CopySerializer, "Named"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        row, given = found(self, request, reference, agreement), taken(NewCopySerializer, request)

        def add() -> tuple[int, dict[str, Any]]:
            return 201, _drawn(agreement_copies.add(row.pk, **given, by=request.viewer, at=now()))

        return idempotency.once(request, add)


class RemoveCopy(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="remove_agreement_copy",
        tags=["agreements"],
        summary="Take a recipient off again",
        description="By whoever may name one, until it is executed. Answers with those who stay.",
        request=None,
        parameters=[schema.KEY],
        responses={200: schema.told(CopyListSerializer, "Taken off"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, agreement: str, copy_id: int) -> Response:
        row = found(self, request, reference, agreement)

        def remove() -> tuple[int, dict[str, Any]]:
            copy = access.get(request, AgreementCopy.objects.filter(agreement=row), pk=copy_id)
            return 200, _listed(agreement_copies.remove(copy.pk, by=request.viewer, at=now()))

        return idempotency.once(request, remove)


def _listed(agreement: Agreement) -> dict[str, Any]:
    return {"items": [_drawn(one) for one in agreement.copies.order_by("pk")]}


def _drawn(row: AgreementCopy) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("id", "name", "email", "added_by")}
    return plain | {"added_at": iso(row.added_at), "sent_at": iso(row.sent_at)}
