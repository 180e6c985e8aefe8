"""/api/v1/bank/statements/: the files of our own bank, taken in once, for InterWeave's finance alone."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import bank_statements
from onboarding.queries import bank_entries as query
from onboarding.workflow.status import iso
from portal.api import cursors, idempotency, schema
from portal.api.bank import READ, WRITE, require_finance
from portal.api.bodies import taken_file
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads


class StatementFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="camt.053 or CSV, up to 10 MB")


class TakenInSerializer(Reads):
    statement = serializers.IntegerField()
    new = serializers.IntegerField(help_text="Credits that no earlier file brought")
    known = serializers.IntegerField(help_text="Credits that were here already")
    is_repeat = serializers.BooleanField(help_text="This very file was taken in before")


class BankStatementSerializer(Reads):
    id = serializers.IntegerField()
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    form = serializers.CharField(help_text="`camt.053` or `csv`")
    account = serializers.CharField(allow_blank=True, help_text="IBAN")
    from_on = serializers.DateField(allow_null=True)
    to_on = serializers.DateField(allow_null=True)
    credits = serializers.IntegerField(help_text="That no earlier file brought")
    to_decide = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField(), help_text="How many of what kind are no credits")
    imported_at = serializers.DateTimeField()
    imported_by = serializers.CharField()


class BankStatementPageSerializer(Reads):
    items = BankStatementSerializer(many=True)
    after = serializers.CharField(
        allow_blank=True, help_text="Sent as `after`, it opens the next page; empty: the last"
    )


class Statements(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="bank_statements",
        tags=["bank"],
        summary="The statements that were taken in, the latest first",
        description="With how many credits each brought, how many still wait for a decision, and what was left out.",
        parameters=[OpenApiParameter("after", str, description="Where this page begins: `after` of the one before")],
        responses={200: schema.told(BankStatementPageSerializer, "A page of statements"), **schema.refusals(422)},
    )
    def get(self, request: Request) -> Response:
        require_finance(request)
        cursors.require_known(request.GET, frozenset({"after"}))
        found = query.statements(request.viewer, after=request.GET.get("after", ""))
        return Response({"items": [_drawn(one) for one in found.statements], "after": found.after})

    @extend_schema(
        operation_id="take_in_statement",
        tags=["bank"],
        summary="Take in a statement",
        description="As `multipart/form-data`. The same file, and the same credit in two files, counts once.",
        request={"multipart/form-data": StatementFileSerializer},
        parameters=[schema.KEY],
        responses={
            200: schema.told(TakenInSerializer, "This very file was here already"),
            201: schema.told(TakenInSerializer, "Taken in"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request) -> Response:
        require_finance(request)
        given = taken_file(StatementFileSerializer, request)

        def take_in() -> tuple[int, dict[str, Any]]:
            found = bank_statements.take_in(upload=given["file"], by=request.viewer, at=now())
            told = {name: getattr(found, name) for name in ("new", "known", "is_repeat")}
            return 200 if found.is_repeat else 201, {"statement": found.statement.pk, **told}

        return idempotency.once(request, take_in)


def _drawn(row: Any) -> dict[str, Any]:
    plain = ("id", "file_name", "sha256", "form", "account", "left_out", "imported_by")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: day.isoformat() if (day := getattr(row, name)) else None for name in ("from_on", "to_on")},
        "credits": row.count,
        "to_decide": row.left,
        "imported_at": iso(row.imported_at),
    }
