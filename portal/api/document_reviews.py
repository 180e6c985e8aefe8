"""…/documents/<uuid>/…: its versions, its review, and taking it back."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.db.models import Q
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import documents
from onboarding.models import Document
from portal import access
from portal.api import idempotency, schema
from portal.api.documents import DocumentSerializer, drawn, found
from portal.api.endpoints import Endpoint

OUTCOMES = ("accepted", "revision_needed", "none")
DONE = {200: schema.told(DocumentSerializer, "The document as it is now")}


class ReviewSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(OUTCOMES, help_text="`none` takes an earlier review back")
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000,
                                 help_text="With `revision_needed`: what is missing; the customer reads it")  # fmt: skip
    expires_on = serializers.DateField(required=False, allow_null=True, default=None,
                                       help_text="With `accepted`: its last good day, where its request asks for one")  # fmt: skip


class Versions(Endpoint):
    scopes = {"GET": "documents:read"}

    @extend_schema(
        operation_id="document_versions",
        tags=["documents"],
        summary="Every version of one file, newest first",
        description="Also those that were replaced or taken back.",
        responses={
            200: schema.told(
                inline_serializer("DocumentVersions", {"items": DocumentSerializer(many=True)}), "All versions"
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str, uuid: uuids.UUID) -> Response:
        one = found(self, request, reference, str(uuid))
        same = Q(lineage=one.lineage) if one.lineage else Q(pk=one.pk)
        rows = access.listed(request, Document.objects.filter(same, engagement_id=one.engagement_id))
        return Response({"items": [drawn(request, reference, each) for each in rows.order_by("-version", "-pk")]})


class DocumentReview(Endpoint):
    scopes = {"POST": "documents:write"}

    @extend_schema(
        operation_id="review_document",
        tags=["documents"],
        summary="Accept a document, ask for another version, or take the review back",
        description="For tokens of InterWeave's specialists. A document is accepted once its check found it clean.",
        request=ReviewSerializer,
        parameters=[schema.KEY],
        responses={**DONE, **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, uuid: uuids.UUID) -> Response:
        found(self, request, reference, str(uuid))
        given = ReviewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data

        def review() -> tuple[int, dict[str, Any]]:
            who: dict[str, Any] = {"by": request.viewer, "at": now()}
            if said["outcome"] == "accepted":
                done = documents.accept(str(uuid), note=said["note"], expires_on=said["expires_on"], **who)
            elif said["outcome"] == "none":
                done = documents.undo_review(str(uuid), **who)
            else:
                done = documents.need_revision(str(uuid), note=said["note"], **who)
            return 200, drawn(request, reference, done)

        return idempotency.once(request, review)


class DocumentWithdrawal(Endpoint):
    scopes = {"POST": "documents:write"}

    @extend_schema(
        operation_id="withdraw_document",
        tags=["documents"],
        summary="Take an upload back",
        description="One that was not accepted yet; its version stays in the record.",
        request=None,
        parameters=[schema.KEY],
        responses={**DONE, **schema.refusals(409, 422)},
    )
    def post(self, request: Request, reference: str, uuid: uuids.UUID) -> Response:
        found(self, request, reference, str(uuid))

        def withdraw() -> tuple[int, dict[str, Any]]:
            return 200, drawn(request, reference, documents.withdraw(str(uuid), by=request.viewer, at=now()))

        return idempotency.once(request, withdraw, asked="")
