"""/api/v1/bank/: the credits of our own bank's statements and the payments of them, for InterWeave's finance alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import bank_statements
from onboarding.models import BankEntry, Payment
from onboarding.queries import bank_entries as query
from onboarding.queries import bank_matches
from portal.api import cursors, idempotency, payments, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.payments import PaymentSerializer
from portal.api.serializers import Reads
from portal.plain_text import whole_number

READ, WRITE = "bank:read", "bank:write"
STATES = [state for state in query.STATES if state]
FILTERS = frozenset({"state", "statement", "q"})
LONGEST_TEXT = 100


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


class EntryDetailSerializer(EntrySerializer):
    would = serializers.CharField(allow_blank=True, help_text="What recording it for the suggested invoice would do")
    is_refused = serializers.BooleanField(
        allow_null=True, help_text="True: that invoice can't take it; null: none found"
    )
    twins = serializers.ListField(
        child=serializers.IntegerField(), help_text="Entries of the same day, amount and account in other files"
    )


class WaitingPaymentSerializer(PaymentSerializer):
    engagement = serializers.CharField(help_text="Its reference")
    company = serializers.CharField()
    invoice = serializers.IntegerField()
    invoice_number = serializers.CharField()
    entry = serializers.IntegerField(allow_null=True, help_text="The credit it was recorded from; null: typed in")
    confirm_url = serializers.URLField()
    reject_url = serializers.URLField()


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
        description="With the invoice each seems to pay. Without `state`: those that wait for a decision.",
        parameters=[
            OpenApiParameter(
                "state",
                str,
                enum=STATES,
                description="Only entries in this state; `waits`: recorded, and waiting for a "
                "second person; `all`: whatever their state",
            ),
            OpenApiParameter("statement", int, description="Only entries of this file"),
            OpenApiParameter("q", str, description="Words of payer, remittance, references; or an amount"),
            OpenApiParameter("after", str, description="Where this page begins: `after` of the one before"),
        ],
        responses={200: schema.told(EntryPageSerializer, "A page of entries"), **schema.refusals(422)},
    )
    def get(self, request: Request) -> Response:
        require_finance(request)
        cursors.require_known(request.GET, FILTERS | {"after"})
        found = query.page(request.viewer, _filters(request), after=request.GET.get("after", ""))
        return Response({"items": [_drawn(one) for one in found.entries], "after": found.after})


class EntryDetail(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="bank_entry",
        tags=["bank"],
        summary="One credit, and what would follow",
        description="What recording it for the suggested invoice would do, and credits that may be the same one.",
        responses={200: schema.told(EntryDetailSerializer, "The entry"), **schema.refusals()},
    )
    def get(self, request: Request, entry_id: int) -> Response:
        require_finance(request)
        row = query.entry(request.viewer, entry_id)
        if row is None:
            raise errors.NotFound
        invoice = bank_matches.invoice_of(row) if row.state == BankEntry.State.SUGGESTED else None
        outcome = bank_matches.outcome(row, invoice) if invoice else None
        return Response(_drawn(row) | {
            "would": " ".join(outcome.words) if outcome else "",
            "is_refused": outcome.is_refused if outcome else None,
            "twins": [one.pk for one in query.twins(request.viewer, row)],
        })  # fmt: skip


class WaitingPayments(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="waiting_payments",
        tags=["bank"],
        summary="Payments that wait for a second person, newest first",
        description="Of every engagement. Another person of finance than who recorded one confirms or rejects it, at the "
        "addresses beside it.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "WaitingPaymentPage",
                    {"items": WaitingPaymentSerializer(many=True), "next": serializers.URLField(allow_null=True)},
                ),
                "A page of payments",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request) -> Response:
        require_finance(request)
        found, following = cursors.page(request, query.proposed(request.viewer))
        sources = query.sources(request.viewer, [one.pk for one in found])
        return Response({"items": [_waiting(request, one, sources.get(one.pk)) for one in found], "next": following})


class _Act(Endpoint):
    """One decision about one entry; answers with it as it is then."""

    scopes = {"POST": WRITE}

    def act(self, request: Request, do: Callable[[], BankEntry]) -> Response:
        require_finance(request)
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


def _filters(request: Request) -> query.Filters:
    """What is asked for; BadInput for what can't be."""
    asked, wrong = request.GET, {}
    state, statement, text = (asked.get(name, "") for name in ("state", "statement", "q"))
    if state and state not in STATES:
        wrong["state"] = f"Ask for one of {', '.join(STATES)}."
    number = whole_number(statement)
    if statement and number is None:
        wrong["statement"] = "Ask for a statement's id."
    if len(text) > LONGEST_TEXT:
        wrong["q"] = f"Search for at most {LONGEST_TEXT} characters."
    if wrong:
        raise errors.BadInput(fields=wrong)
    return query.Filters(state=state, text=text, statement=number if statement else None)


def require_finance(request: Request) -> None:
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


def _waiting(request: Request, row: Payment, source: BankEntry | None) -> dict[str, Any]:
    engagement = row.invoice.engagement
    at = [engagement.reference, row.invoice_id, row.pk]
    return payments.drawn(row) | {
        "engagement": engagement.reference,
        "company": engagement.company.name,
        "invoice": row.invoice_id,
        "invoice_number": row.invoice.number,
        "entry": source.pk if source else None,
        "confirm_url": request.build_absolute_uri(reverse("api:confirm_payment", args=at)),
        "reject_url": request.build_absolute_uri(reverse("api:reject_payment", args=at)),
    }
