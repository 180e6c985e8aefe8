"""/api/v1/bank/: our own bank's statements and their credits, for InterWeave's finance alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import bank_statements
from onboarding.models import BankEntry
from onboarding.queries import bank_entries as query
from portal.api import cursors, idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.problems import TooLarge
from portal.api.requirements import taken
from portal.api.serializers import Reads
from portal.uploads import REFUSED

READ, WRITE = "bank:read", "bank:write"


class EntrySerializer(Reads):
    id = serializers.IntegerField()
    statement = serializers.IntegerField(help_text="The file it came in")
    bank_reference = serializers.CharField()
    booked_on = serializers.DateField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()
    payer = serializers.CharField(allow_blank=True)
    remittance = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(BankEntry.State.values)
    invoice_number = serializers.CharField(allow_blank=True, help_text="Suggested, or recorded for")
    matched_by = serializers.CharField(allow_blank=True, help_text="Why this invoice")
    payment = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class EntryPageSerializer(Reads):
    items = EntrySerializer(many=True)
    after = serializers.CharField(
        allow_blank=True, help_text="Sent as `after`, it opens the next page; empty: the last"
    )


class StatementSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="camt.053 or CSV, up to 10 MB")


class TakenInSerializer(Reads):
    statement = serializers.IntegerField()
    new = serializers.IntegerField(help_text="Credits that no earlier file brought")
    known = serializers.IntegerField(help_text="Credits that were here already")
    is_repeat = serializers.BooleanField(help_text="This very file was taken in before")


class RecordSerializer(serializers.Serializer):
    invoice_number = serializers.CharField(max_length=20)


class DismissSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=300)


class Entries(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="bank_entries",
        tags=["bank"],
        summary="Credits on our account, newest first",
        description="With the invoice each seems to pay.",
        parameters=[
            OpenApiParameter("state", str, enum=BankEntry.State.values, description="Only entries in this state"),
            OpenApiParameter("after", str, description="Where this page begins: `after` of the one before"),
        ],
        responses={200: schema.told(EntryPageSerializer, "A page of entries"), **schema.refusals(422)},
    )
    def get(self, request: Request) -> Response:
        _require_finance(request)
        cursors.require_known(request.GET, frozenset({"state", "after"}))
        state = request.GET.get("state", "")
        if state and state not in BankEntry.State.values:
            raise errors.BadInput(fields={"state": f"Ask for one of {', '.join(BankEntry.State.values)}."})
        found = query.page(request.viewer, query.Filters(state=state, text="", statement=None),
                           after=request.GET.get("after", ""))  # fmt: skip
        return Response({"items": [_drawn(one) for one in found.entries], "after": found.after})


class Statements(Endpoint):
    scopes = {"POST": WRITE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="take_in_statement",
        tags=["bank"],
        summary="Take in a statement",
        description="As `multipart/form-data`. The same file, and the same credit in two files, counts once.",
        request={"multipart/form-data": StatementSerializer},
        parameters=[schema.KEY],
        responses={
            200: schema.told(TakenInSerializer, "This very file was here already"),
            201: schema.told(TakenInSerializer, "Taken in"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request) -> Response:
        _require_finance(request)
        data = request.data
        if words := getattr(request._request, REFUSED, ""):  # noqa: SLF001 - where the upload handler says so
            raise TooLarge(words)
        given = StatementSerializer(data=data)
        given.is_valid(raise_exception=True)

        def take_in() -> tuple[int, dict[str, Any]]:
            found = bank_statements.take_in(upload=given.validated_data["file"], by=request.viewer, at=now())
            told = {name: getattr(found, name) for name in ("new", "known", "is_repeat")}
            return 200 if found.is_repeat else 201, {"statement": found.statement.pk, **told}

        return idempotency.once(request, take_in)


class _Act(Endpoint):
    """One decision about one entry; answers with it as it is then."""

    scopes = {"POST": WRITE}

    def act(self, request: Request, do: Callable[[], BankEntry]) -> Response:
        _require_finance(request)
        return idempotency.once(request, lambda: (200, _drawn(do())))


def _described(operation_id: str, summary: str, description: str, body: Any = None) -> Any:
    return extend_schema(
        operation_id=operation_id,
        tags=["bank"],
        summary=summary,
        description=description,
        request=body,
        parameters=[schema.KEY],
        responses={200: schema.told(EntrySerializer, "Done"), **schema.refusals(400, 409, 413, 415, 422)},
    )


class RecordEntry(_Act):
    @_described("record_bank_entry", "Record a credit for an invoice",
                "As a payment under the bank's own reference; large ones wait for a second person.",
                RecordSerializer)  # fmt: skip
    def post(self, request: Request, entry_id: int) -> Response:
        return self.act(
            request,
            lambda: bank_statements.record(entry_id, **taken(RecordSerializer, request), by=request.viewer, at=now()),
        )


class DismissEntry(_Act):
    @_described("dismiss_bank_entry", "Say that a credit pays no invoice", "And what it is instead.", DismissSerializer)
    def post(self, request: Request, entry_id: int) -> Response:
        return self.act(
            request,
            lambda: bank_statements.dismiss(entry_id, **taken(DismissSerializer, request), by=request.viewer, at=now()),
        )


class ReopenEntry(_Act):
    @_described("reopen_bank_entry", "Look again at a dismissed credit", "It is matched anew.")
    def post(self, request: Request, entry_id: int) -> Response:
        return self.act(request, lambda: bank_statements.reopen(entry_id, by=request.viewer, at=now()))


def _require_finance(request: Request) -> None:
    """Nobody outside InterWeave learns that this is here."""
    if not request.viewer.is_staff:
        raise errors.NotFound
    if not request.viewer.has(*query.READERS):
        raise errors.NotYours("Finance reads the bank's statements.")


def _drawn(row: BankEntry) -> dict[str, Any]:
    plain = ("id", "bank_reference", "currency", "payer", "remittance", "state", "invoice_number", "matched_by", "note")
    return {
        **{name: getattr(row, name) for name in plain},
        "statement": row.statement_id,
        "booked_on": row.booked_on.isoformat(),
        "amount": f"{row.amount:.2f}",
        "payment": row.payment_id,
    }
