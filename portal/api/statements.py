"""…/statements/: statements of account, of everything billed and paid on an engagement: ordered, followed, fetched."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import statements
from onboarding.models import Document, Rendering
from onboarding.models.base import Work
from onboarding.workflow.status import iso
from portal import access
from portal.api import cursors, idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.invoices import READ, WRITE
from portal.api.serializers import Reads


class AccountStatementSerializer(Reads):
    document = serializers.UUIDField()
    state = serializers.ChoiceField(Work.State.values, help_text="Of its making: ask again while `queued` or `running`")
    problem = serializers.CharField(allow_blank=True, help_text="Why it could not be made; then order another")
    ordered_at = serializers.DateTimeField(help_text="It holds what was booked until then")
    ordered_by = serializers.CharField()
    file_name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes; 0 while it is made")
    sha256 = serializers.CharField(allow_blank=True)
    url = serializers.URLField()
    download_url = serializers.URLField(allow_null=True, help_text="Of the PDF, with `documents:read`; null until made")


class Statements(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="statements",
        tags=["invoices"],
        summary="The statements of account, newest first",
        description="Each with how its making stands, and where its PDF is.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "StatementPage",
                    {"items": AccountStatementSerializer(many=True), "next": serializers.URLField(allow_null=True)},
                ),
                "A page of statements",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        found, following = cursors.page(request, access.listed(request, _rows(self, reference)))
        return Response({"items": [_drawn(request, reference, one) for one in found], "next": following})

    @extend_schema(
        operation_id="order_statement",
        tags=["invoices"],
        summary="Order a statement of account",
        description="Up to now, by the owner, the signatory, billing, finance or a specialist; also of an engagement that "
        "is over. A worker makes it: follow it at `url`. While nothing was billed or paid since the last one, that one "
        "is answered.",
        request=None,
        parameters=[schema.KEY],
        responses={
            200: schema.told(AccountStatementSerializer, "The last one still holds, and is made"),
            202: schema.told(AccountStatementSerializer, "Ordered"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)

        def order() -> tuple[int, dict[str, Any]]:
            document = statements.order(engagement.pk, by=request.viewer, at=now())
            row = _rows(self, reference).get(document=document)
            return 200 if document.is_ready else 202, _drawn(request, reference, row)

        return idempotency.once(request, order)


class StatementDetail(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="statement",
        tags=["invoices"],
        summary="One statement of account",
        description="How its making stands. Its PDF is fetched from `download_url`.",
        responses={200: schema.told(AccountStatementSerializer, "The statement"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, uuid: str) -> Response:
        return Response(_drawn(request, reference, access.get(request, _rows(self, reference), document__uuid=uuid)))


def _rows(view: Endpoint, reference: str) -> QuerySet[Rendering]:
    of_statements = {"document__kind": Document.Kind.STATEMENT, "document__withdrawn_at": None}
    return Rendering.objects.filter(engagement=view.engagement(reference), **of_statements).select_related("document")


def _drawn(request: Request, reference: str, row: Rendering) -> dict[str, Any]:
    document = row.document
    at = [reference, document.uuid]
    return {
        "document": str(document.uuid),
        "state": row.state,
        "problem": row.problem.get("words", "") if row.problem and row.state == Rendering.State.FAILED else "",
        "ordered_at": iso(document.created_at),
        "ordered_by": document.created_by,
        **{name: getattr(document, name) for name in ("file_name", "size", "sha256")},
        "url": request.build_absolute_uri(reverse("api:statement", args=at)),
        "download_url": request.build_absolute_uri(reverse("api:download", args=at)) if document.is_ready else None,
    }
