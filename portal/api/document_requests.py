"""…/document-requests/: what the customer is asked to send; asked, changed, settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.timezone import localdate, now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import file_policy
from onboarding.actions import document_requests
from onboarding.actions.receiving import limit_of
from onboarding.models import Document, DocumentRequest
from onboarding.workflow.document_requests import CUSTOMERS, Standing, in_force, standing
from onboarding.workflow.status import iso
from portal import access
from portal.api import cursors, idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

PLAIN = ("title", "why", "description", "example", "usually_with", "file_types", "asks_expiry")
CURRENT = Prefetch("documents", queryset=Document.objects.order_by("pk"))


class DocumentRequestSerializer(Reads):
    id = serializers.IntegerField()
    title = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    example = serializers.CharField(allow_blank=True)
    usually_with = serializers.CharField(allow_blank=True, help_text="Who in a company has it")
    file_types = serializers.ListField(child=serializers.CharField(), help_text="Endings; empty: every type taken")
    limit_bytes = serializers.IntegerField(help_text="How large one file may be")
    asks_expiry = serializers.BooleanField()
    due_on = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField()
    standing = serializers.ChoiceField([one.value for one in Standing])
    reason = serializers.CharField(allow_blank=True, help_text="Why it is withdrawn or does not apply")
    documents = serializers.ListField(child=serializers.UUIDField(), help_text="The files in force that came for it")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    url = serializers.URLField()


class AskSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    why = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    description = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    example = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    usually_with = serializers.CharField(required=False, allow_blank=True, max_length=100)
    file_types = serializers.ListField(
        child=serializers.ChoiceField(sorted(file_policy.CONTENT_TYPES)), required=False, max_length=20
    )
    limit_mb = serializers.IntegerField(required=False, allow_null=True, min_value=1,
                                        max_value=document_requests.MOST_LIMIT_MB)  # fmt: skip
    asks_expiry = serializers.BooleanField(required=False)
    due_on = serializers.DateField(required=False, allow_null=True)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class NoteSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=500)


class TextSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class NothingSerializer(serializers.Serializer):
    """An act that needs no words."""


TOLD = schema.told(DocumentRequestSerializer, "The request as it is now")


class DocumentRequests(Endpoint):
    scopes = {"GET": "documents:read", "POST": "documents:write"}

    @extend_schema(
        operation_id="document_requests",
        tags=["documents"],
        summary="What the customer is asked to send, newest first",
        description="Each with where it stands and the files in force that came for it; withdrawn ones too.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "DocumentRequestPage",
                    {"items": DocumentRequestSerializer(many=True), "next": serializers.URLField(allow_null=True)},
                ),
                "A page of requests",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, DocumentRequest.objects.filter(engagement=self.engagement(reference)))
        found, following = cursors.page(request, rows.prefetch_related(CURRENT))
        return Response({"items": [_drawn(request, reference, one) for one in found], "next": following})

    @extend_schema(
        operation_id="ask_for_document",
        tags=["documents"],
        summary="Ask the customer for one more document",
        description="For tokens of InterWeave's specialists. The customer's people get a mail.",
        request=AskSerializer,
        parameters=[schema.KEY],
        responses={201: TOLD, **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)

        def ask() -> tuple[int, dict[str, Any]]:
            asked = document_requests.ask(engagement.pk, **given.validated_data, by=request.viewer, at=now())
            return 201, _drawn(request, reference, asked)

        return idempotency.once(request, ask)


class OneRequest(Endpoint):
    """Of one request of the engagement, or 404."""

    def asked(self, reference: str, request_id: int) -> DocumentRequest:
        """The request, if the token may see it."""
        rows = DocumentRequest.objects.filter(engagement=self.engagement(reference)).prefetch_related(CURRENT)
        return access.get(self.request, rows, pk=request_id)


class DocumentRequestDetail(OneRequest):
    scopes = {"GET": "documents:read", "PATCH": "documents:write"}

    @extend_schema(
        operation_id="document_request",
        tags=["documents"],
        summary="One request for a document",
        description="What is asked for, where it stands, and which files came.",
        responses={200: TOLD, **schema.refusals()},
    )
    def get(self, request: Request, reference: str, request_id: int) -> Response:
        return Response(_drawn(request, reference, self.asked(reference, request_id)))

    @extend_schema(
        operation_id="change_document_request",
        tags=["documents"],
        summary="Change what is asked for",
        description="For tokens of InterWeave's specialists. What is left out stays as it is.",
        request=AskSerializer(partial=True),
        responses={200: TOLD, **schema.refusals(400, 409, 413, 415, 422)},
    )
    def patch(self, request: Request, reference: str, request_id: int) -> Response:
        asked = self.asked(reference, request_id)
        given = AskSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        document_requests.change(asked.pk, **given.validated_data, by=request.viewer, at=now())
        return Response(_drawn(request, reference, self.asked(reference, request_id)))


def _act(action: Callable[..., object], shape: type[serializers.Serializer], *, name: str, summary: str,
         words: str) -> type[OneRequest]:  # fmt: skip
    """An address that does one thing to a request: POST, once."""

    class RequestAct(OneRequest):
        scopes = {"POST": "documents:write"}

        @extend_schema(
            operation_id=name,
            tags=["documents"],
            summary=summary,
            description=words,
            request=None if shape is NothingSerializer else shape,
            parameters=[schema.KEY],
            responses={200: TOLD, **schema.refusals(400, 409, 413, 415, 422)},
        )
        def post(self, request: Request, reference: str, request_id: int) -> Response:
            asked = self.asked(reference, request_id)
            given = shape(data=request.data)
            given.is_valid(raise_exception=True)

            def act() -> tuple[int, dict[str, Any]]:
                action(asked.pk, **given.validated_data, by=request.viewer, at=now())
                return 200, _drawn(request, reference, self.asked(reference, request_id))

            return idempotency.once(request, act)

    return RequestAct


STAFFS = "For tokens of InterWeave's specialists."
Withdraw = _act(
    document_requests.withdraw, ReasonSerializer, name="withdraw_document_request", summary="Ask for it no longer",
    words=f"{STAFFS} What came for it stays in the record.",
)  # fmt: skip
Remind = _act(
    document_requests.remind, TextSerializer, name="remind_of_document_request", summary="Remind the customer of it",
    words=f"{STAFFS} By mail, once a day, while it waits for the customer (else 409).",
)  # fmt: skip
NotApplicable = _act(
    document_requests.declare_not_applicable, ReasonSerializer, name="declare_not_applicable",
    summary="Say that it does not apply",
    words="Said by a specialist's token it is settled; said by the customer's it waits for a specialist to agree.",
)  # fmt: skip
Agree = _act(
    document_requests.agree_not_applicable, NothingSerializer, name="agree_not_applicable",
    summary="Agree that it does not apply", words=f"{STAFFS} Settles what the customer proposed.",
)  # fmt: skip
Reopen = _act(
    document_requests.reopen, NoteSerializer, name="reopen_document_request", summary="Ask for it again",
    words=f"{STAFFS} After it was withdrawn or said not to apply; the customer reads the note.",
)  # fmt: skip


def _drawn(request: Request, reference: str, asked: DocumentRequest) -> dict[str, Any]:
    files = in_force(asked.documents.all())
    where = standing(asked, files)
    return {
        "id": asked.pk,
        **{name: getattr(asked, name) for name in PLAIN},
        "limit_bytes": limit_of(asked),
        "due_on": iso(asked.due_on),
        "is_overdue": bool(where in CUSTOMERS and asked.due_on and asked.due_on < localdate()),
        "standing": where.value,
        "reason": asked.withdrawn_reason or asked.not_applicable_reason,
        "documents": [str(one.uuid) for one in files],
        "created_at": iso(asked.created_at),
        "created_by": asked.created_by,
        "url": request.build_absolute_uri(reverse("api:document_request", args=[reference, asked.pk])),
    }
