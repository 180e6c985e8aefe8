"""…/documents/: everything uploaded and everything the portal made; listed, uploaded, downloaded."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import documents
from onboarding.models import Document, DocumentRequest
from onboarding.workflow.status import iso
from portal import access, files
from portal.api import cursors, idempotency, schema
from portal.api.bodies import taken_file
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads
from portal.uploads import LIMIT, largest


class DocumentSerializer(Reads):
    uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(Document.Kind.values)
    title = serializers.CharField()
    version = serializers.IntegerField()
    file_name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(allow_blank=True, help_text="Empty while the portal is making it")
    scan = serializers.ChoiceField(Document.Scan.values, help_text="`pending`: a worker checks it; ask again")
    scan_note = serializers.CharField(allow_blank=True, help_text="Why it is quarantined, and what to do about it")
    review = serializers.ChoiceField([value for value in Document.Review.values if value], allow_blank=True)
    review_note = serializers.CharField(allow_blank=True)
    request = serializers.IntegerField(allow_null=True, help_text="The request for documents that it answers")
    expires_on = serializers.DateField(allow_null=True, help_text="Its last good day, where it has one")
    is_expired = serializers.BooleanField()
    is_generated = serializers.BooleanField()
    is_ready = serializers.BooleanField(help_text="True: it can be downloaded")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    url = serializers.URLField()
    download_url = serializers.URLField(allow_null=True)


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True)
    kind = serializers.ChoiceField(list(documents.UPLOAD_KINDS), default=Document.Kind.CUSTOMER_DOCUMENT)
    request = serializers.IntegerField(required=False, min_value=1, help_text="The request that it answers")
    replaces = serializers.UUIDField(required=False, help_text="The document whose next version it is")
    expires_on = serializers.DateField(required=False, help_text="Its last good day")


class Documents(Endpoint):
    scopes = {"GET": "documents:read", "POST": "documents:write"}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="documents",
        tags=["documents"],
        summary="Every version of every document, newest first",
        description="What either side uploaded and what the portal made; withdrawn ones are left out. `download_url` is "
        "null until a document is made and checked.",
        parameters=[
            OpenApiParameter("kind", str, enum=Document.Kind.values, description="Only documents of this kind"),
            schema.LIMIT,
            schema.CURSOR,
        ],
        responses={
            200: schema.told(
                inline_serializer(
                    "DocumentPage",
                    {"items": DocumentSerializer(many=True), "next": serializers.URLField(allow_null=True)},
                ),
                "A page of documents",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)
        rows = access.listed(request, Document.objects.filter(engagement=engagement, withdrawn_at=None))
        rows = rows.select_related("file_check")
        if kind := request.GET.get("kind"):
            rows = rows.filter(kind=kind)
        rows_here, following = cursors.page(request, rows, filters=frozenset({"kind"}))
        return Response({"items": [drawn(request, reference, one) for one in rows_here], "next": following})

    @extend_schema(
        operation_id="upload",
        tags=["documents"],
        summary="Upload a document",
        description="As `multipart/form-data`; files too large for one request go in pieces, to `uploads/`. Hashed while "
        "it streams in and looked at before it is kept. The same bytes for the same request are taken once.",
        request={"multipart/form-data": UploadSerializer},
        parameters=[schema.KEY],
        responses={201: schema.told(DocumentSerializer, "Kept"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)
        asked_for = access.listed(request, DocumentRequest.objects.filter(engagement=engagement))
        setattr(request._request, LIMIT, largest(asked_for))  # noqa: SLF001 - where the upload handler looks
        asked = taken_file(UploadSerializer, request)

        def take() -> tuple[int, dict[str, Any]]:
            document = documents.upload(
                engagement.pk, kind=asked["kind"], upload=asked["file"], request_id=asked.get("request"),
                replaces=asked.get("replaces"), expires_on=asked.get("expires_on"), by=request.viewer, at=now(),
            )  # fmt: skip
            return 201, drawn(request, reference, document)

        return idempotency.once(request, take)


class DocumentDetail(Endpoint):
    scopes = {"GET": "documents:read"}

    @extend_schema(
        operation_id="document",
        tags=["documents"],
        summary="One document",
        description="Ask again while `is_ready` is false: it is being made or checked.",
        responses={200: schema.told(DocumentSerializer, "The document, without its bytes"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, uuid: str) -> Response:
        return Response(drawn(request, reference, found(self, request, reference, uuid)))


class Download(Endpoint):
    scopes = {"GET": "documents:read"}

    @extend_schema(
        operation_id="download",
        tags=["documents"],
        summary="A document's bytes",
        description="404 while it is being made or checked.",
        responses={
            (200, "application/octet-stream"): schema.told(OpenApiTypes.BINARY, "The bytes"),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str, uuid: str) -> FileResponse:
        return files.send(found(self, request, reference, uuid))


def found(view: Endpoint, request: Request, reference: str, uuid: str) -> Document:
    """The document of this engagement, if the token may see it; else 404."""
    return access.get(request, Document.objects.filter(engagement=view.engagement(reference)), uuid=uuid)


def drawn(request: Request, reference: str, document: Document) -> dict[str, Any]:
    """A document as the API tells it."""
    at = [reference, document.uuid]
    plain = ("kind", "title", "version", "file_name", "content_type", "size", "sha256", "scan", "review", "review_note",
             "is_generated", "is_ready", "created_by")  # fmt: skip
    return {
        "uuid": str(document.uuid),
        **{name: getattr(document, name) for name in plain},
        "scan_note": files.why_quarantined(document) if document.scan == Document.Scan.QUARANTINED else "",
        "request": document.request_id,
        "expires_on": iso(document.expires_on),
        "is_expired": document.expired_at is not None,
        "created_at": iso(document.created_at),
        "url": request.build_absolute_uri(reverse("api:document", args=at)),
        "download_url": request.build_absolute_uri(reverse("api:download", args=at)) if document.is_ready else None,
    }
