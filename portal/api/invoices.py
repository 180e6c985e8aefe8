"""…/invoices/: drafts and their lines, issued under a number, voided; what is open of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import invoices, payments
from onboarding.models import Invoice
from onboarding.models.invoices import TaxCategory
from onboarding.workflow.invoice_machine import OWED, InvoiceState
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

READ, WRITE = "invoices:read", "invoices:write"
MONEY = {"max_digits": 12, "decimal_places": 2}


class InvoiceLineSerializer(serializers.Serializer):
    description = serializers.CharField(max_length=300)
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2)
    unit = serializers.CharField(max_length=3, default="C62", help_text="UN/ECE Recommendation 20: C62 one, MON month")
    unit_price = serializers.DecimalField(**MONEY)


class InvoiceSerializer(Reads):
    id = serializers.IntegerField()
    number = serializers.CharField(allow_null=True, help_text="Given when it is issued")
    state = serializers.ChoiceField(InvoiceState.values)
    currency = serializers.CharField()
    lines = InvoiceLineSerializer(many=True)
    discount = serializers.DecimalField(**MONEY)
    discount_reason = serializers.CharField(allow_blank=True)
    net = serializers.DecimalField(**MONEY)
    tax_category = serializers.ChoiceField(TaxCategory.values, help_text="As in EN 16931")
    tax_rate = serializers.DecimalField(max_digits=5, decimal_places=2, help_text="Percent")
    tax_note = serializers.CharField(allow_blank=True)
    tax = serializers.DecimalField(**MONEY)
    gross = serializers.DecimalField(**MONEY)
    paid = serializers.DecimalField(**MONEY, help_text="What came in and stayed")
    open = serializers.DecimalField(**MONEY, help_text="What is still to be paid")
    overpaid = serializers.DecimalField(**MONEY, help_text="What has to go back")
    remittance_reference = serializers.CharField(allow_null=True, help_text="ISO 11649, for bank transfers")
    issued_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    voided_at = serializers.DateTimeField(allow_null=True)
    void_reason = serializers.CharField(allow_blank=True)
    document = serializers.UUIDField(allow_null=True, help_text="The PDF with the e-invoice inside")
    credit_note = serializers.CharField(allow_null=True, help_text="The number of what took it back")
    credit_note_document = serializers.UUIDField(allow_null=True)
    url = serializers.URLField()


class ChangeInvoiceSerializer(serializers.Serializer):
    lines = InvoiceLineSerializer(many=True)
    tax_category = serializers.ChoiceField(TaxCategory.values, required=False)
    tax_rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    tax_note = serializers.CharField(max_length=300, allow_blank=True, default="")
    discount = serializers.DecimalField(**MONEY, default=Decimal(0))
    discount_reason = serializers.CharField(max_length=100, allow_blank=True, default="")
    terms_days = serializers.IntegerField(min_value=0, max_value=invoices.LONGEST_TERMS, required=False)


class VoidInvoiceSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class Invoices(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="invoices",
        tags=["invoices"],
        summary="The invoices, newest first",
        description="A customer's token sees what was issued; drafts are InterWeave's own.",
        responses={
            200: schema.told(
                inline_serializer("InvoiceList", {"items": InvoiceSerializer(many=True)}), "Every invoice"
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, _rows(self, request, reference).order_by("-id"))
        return Response({"items": [drawn(request, reference, one) for one in rows]})

    @extend_schema(
        operation_id="draft_invoice",
        tags=["invoices"],
        summary="Draft an invoice anew",
        description="By specialists and finance, after the former one was voided.",
        request=None,
        parameters=[schema.KEY],
        responses={201: schema.told(InvoiceSerializer, "Drafted"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)

        def draft() -> tuple[int, dict[str, Any]]:
            made = invoices.draft_again(engagement.pk, by=request.viewer, at=now())
            return 201, drawn(request, reference, found(self, request, reference, made.pk))

        return idempotency.once(request, draft)


class InvoiceDetail(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="invoice",
        tags=["invoices"],
        summary="One invoice",
        description="With its lines, and what is paid and open of it.",
        responses={200: schema.told(InvoiceSerializer, "The invoice"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, invoice_id: int) -> Response:
        return Response(drawn(request, reference, found(self, request, reference, invoice_id)))


class _Act(Endpoint):
    """One act on one invoice; answers with it as it is then."""

    scopes = {"POST": WRITE}

    def act(self, request: Request, reference: str, invoice_id: int, do: Callable[[int], Any]) -> Response:
        row = found(self, request, reference, invoice_id)

        def once() -> tuple[int, dict[str, Any]]:
            do(row.pk)
            return 200, drawn(request, reference, found(self, request, reference, row.pk))

        return idempotency.once(request, once)


def _described(operation_id: str, summary: str, description: str, body: Any = None) -> Any:
    return extend_schema(
        operation_id=operation_id,
        tags=["invoices"],
        summary=summary,
        description=description,
        request=body,
        parameters=[schema.KEY],
        responses={200: schema.told(InvoiceSerializer, "Done"), **schema.refusals(400, 409, 413, 415, 422)},
    )


class ChangeInvoice(_Act):
    @_described("change_invoice", "Replace a draft's lines, discount, tax and terms", "By specialists and finance.",
                ChangeInvoiceSerializer)  # fmt: skip
    def post(self, request: Request, reference: str, invoice_id: int) -> Response:
        given = taken(ChangeInvoiceSerializer, request)
        return self.act(
            request, reference, invoice_id, lambda pk: invoices.change(pk, **given, by=request.viewer, at=now())
        )


class IssueInvoice(_Act):
    @_described("issue_invoice", "Issue an invoice", "By specialists and finance: it takes the next number.")
    def post(self, request: Request, reference: str, invoice_id: int) -> Response:
        return self.act(request, reference, invoice_id, lambda pk: invoices.issue(pk, by=request.viewer, at=now()))


class VoidInvoice(_Act):
    @_described("void_invoice", "Void an invoice", "By finance; an issued one is taken back by a credit note.",
                VoidInvoiceSerializer)  # fmt: skip
    def post(self, request: Request, reference: str, invoice_id: int) -> Response:
        reason = taken(VoidInvoiceSerializer, request)["reason"]
        return self.act(
            request, reference, invoice_id, lambda pk: invoices.void(pk, reason=reason, by=request.viewer, at=now())
        )


def _rows(view: Endpoint, request: Request, reference: str) -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(engagement=view.engagement(reference))
    rows = rows.select_related("document", "credit_note__document").prefetch_related("lines")
    return rows if request.viewer.is_staff else rows.exclude(issued_at=None)


def found(view: Endpoint, request: Request, reference: str, invoice_id: int) -> Invoice:
    """The invoice of the address, if the token may see it; else 404."""
    return access.get(request, _rows(view, request, reference), pk=invoice_id)


def drawn(request: Request, reference: str, row: Invoice) -> dict[str, Any]:
    """An invoice as it is told."""
    paid = payments.paid_so_far(row)
    plain = ("id", "number", "state", "currency", "discount_reason", "tax_category", "tax_note", "remittance_reference", "void_reason")  # fmt: skip
    note = getattr(row, "credit_note", None)
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: iso(getattr(row, name)) for name in ("issued_at", "paid_at", "voided_at")},
        **{name: f"{getattr(row, name):.2f}" for name in ("discount", "net", "tax", "tax_rate", "gross")},
        "lines": list(InvoiceLineSerializer(row.lines.all(), many=True).data),
        "paid": f"{paid:.2f}",
        "open": f"{max(row.gross - paid, 0) if row.state in OWED else 0:.2f}",
        "overpaid": f"{payments.overpaid(row):.2f}",
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "document": str(row.document.uuid) if row.document else None,
        "credit_note": note.number if note else None,
        "credit_note_document": str(note.document.uuid) if note and note.document else None,
        "url": request.build_absolute_uri(reverse("api:invoice", args=[reference, row.pk])),
    }
