"""…/uploads/: large files in pieces that go on where the line broke (tus 1.0.0), for programs."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import partial_uploads
from onboarding.models import PartialUpload
from onboarding.workflow.status import iso
from portal import tus
from portal.api import idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

RESUMABLE = OpenApiParameter(
    "Tus-Resumable",
    str,
    OpenApiParameter.HEADER,
    required=True,
    enum=[tus.VERSION],
    description="The protocol's version",
)
OFFSET = OpenApiParameter(
    "Upload-Offset", int, OpenApiParameter.HEADER, required=True, description="Where this piece begins, in bytes"
)
CHECKSUM = OpenApiParameter(
    "Upload-Checksum", str, OpenApiParameter.HEADER,
    description="`sha256` or `sha1`, a blank, and the piece's digest in base64: a damaged piece is refused whole (460)",
)  # fmt: skip
LENGTH = OpenApiParameter(
    "Upload-Length", int, OpenApiParameter.HEADER, required=True, description="The whole file's size in bytes"
)
METADATA = OpenApiParameter(
    "Upload-Metadata", str, OpenApiParameter.HEADER, required=True,
    description="Pairs of name and base64 value: `filename`, and where wanted `request` (the request that it answers), "
    "`kind`, `replaces` (the document whose next version it is), `expires_on`",
)  # fmt: skip
PIECE = {(tus.PIECE_TYPE): OpenApiTypes.BINARY}


class UploadStateSerializer(Reads):
    uuid = serializers.UUIDField()
    file_name = serializers.CharField()
    length = serializers.IntegerField(help_text="Bytes announced")
    offset = serializers.IntegerField(help_text="Bytes that are here: go on from there")
    state = serializers.ChoiceField(["open", "done"])
    kept_until = serializers.DateTimeField(help_text="Given up unless something comes before")
    document = serializers.UUIDField(allow_null=True, help_text="The document it became")
    url = serializers.URLField()


class TusEndpoint(Endpoint):
    """No transaction is open while bytes come: its addresses are marked `non_atomic_requests`."""

    is_atomic = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.method = tus.method_of(request)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in {"OPTIONS", "GET"}:
            tus.require_version(request._request)  # noqa: SLF001 - DRF's documented way to Django's request


class Uploads(TusEndpoint):
    scopes = {"POST": "documents:write", "OPTIONS": "documents:write"}

    def options(self, request: Request, reference: str) -> Response:
        """What the server offers, as the protocol asks for it."""
        return Response(status=204, headers=tus.OFFERED)

    @extend_schema(
        operation_id="begin_upload",
        tags=["documents"],
        summary="Begin an upload that can be resumed",
        description="The tus protocol 1.0.0 with creation, creation-with-upload, termination, checksum and expiration: "
        "any tus client can send here. What could never be taken (too large, another type, a closed request) is refused "
        "before a byte came. Then send pieces with PATCH to the address under `Location`, at most 64 MB each where a "
        "proxy stands in front. An upload nobody goes on with is given up after two days.",
        request=PIECE,
        parameters=[RESUMABLE, LENGTH, METADATA, schema.KEY],
        responses={
            201: schema.told(UploadStateSerializer, "Begun"),
            **schema.refusals(400, 409, 410, 412, 413, 415, 422, 460),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, plain = self.engagement(reference), request._request  # noqa: SLF001
        said = tus.announced(plain)

        def begin() -> tuple[int, dict[str, Any]]:
            upload = partial_uploads.begin(
                engagement.pk, name=said.name, length=said.length, **said.details, by=request.viewer, at=now()
            )
            return 201, _drawn(request, reference, upload)

        asked = [plain.headers.get(name, "") for name in ("Upload-Length", "Upload-Metadata")]
        response = idempotency.once(request, begin, asked=asked)
        upload = partial_uploads.visible(uuid.UUID(response.data["uuid"]), request.viewer, at=now())
        if tus.has_piece(plain) and idempotency.REPLAYED_HEADER not in response.headers:
            upload = tus.take_piece(plain, upload.uuid, by=request.viewer, is_first=True)
            response.data = _drawn(request, reference, upload)
        return _with_state(response, upload)


class UploadDetail(TusEndpoint):
    scopes = {"GET": "documents:read", "PATCH": "documents:write", "DELETE": "documents:write"}

    @extend_schema(
        operation_id="upload_state",
        tags=["documents"],
        summary="How much of an upload is here",
        description="HEAD tells the same in headers, as tus clients ask. A finished upload names its document.",
        responses={200: schema.told(UploadStateSerializer, "Where it stands"), **schema.refusals(410)},
    )
    def get(self, request: Request, reference: str, uuid: uuid.UUID) -> Response:
        upload = self._upload(request, reference, uuid)
        return _with_state(Response(_drawn(request, reference, upload)), upload)

    def head(self, request: Request, reference: str, uuid: uuid.UUID) -> Response:
        """Offset and length in headers."""
        return _with_state(Response(), self._upload(request, reference, uuid))

    @extend_schema(
        operation_id="send_piece",
        tags=["documents"],
        summary="Send the next piece",
        description="The body is the piece. It must begin where the upload stands (409 tells where), and not go beyond "
        "what was announced. A body that is cut off keeps what came of it. The last piece makes the document: its uuid "
        "is in `Upload-Document`.",
        request=PIECE,
        parameters=[RESUMABLE, OFFSET, CHECKSUM],
        responses={
            204: OpenApiResponse(description="Taken; `Upload-Offset` says how much is here"),
            **schema.refusals(400, 409, 410, 411, 412, 413, 415, 422, 460),
        },
    )
    def patch(self, request: Request, reference: str, uuid: uuid.UUID) -> Response:
        self._upload(request, reference, uuid)
        upload = tus.take_piece(request._request, uuid, by=request.viewer)  # noqa: SLF001
        return _with_state(Response(status=204), upload)

    @extend_schema(
        operation_id="end_upload",
        tags=["documents"],
        summary="Cancel an upload",
        description="What came of it is dropped. A finished upload stays, as its document does (409).",
        parameters=[RESUMABLE],
        responses={204: OpenApiResponse(description="Gone"), **schema.refusals(409, 410, 412)},
    )
    def delete(self, request: Request, reference: str, uuid: uuid.UUID) -> Response:
        self._upload(request, reference, uuid)
        partial_uploads.end(uuid, by=request.viewer, at=now())
        return Response(status=204, headers={"Tus-Resumable": tus.VERSION})

    def _upload(self, request: Request, reference: str, upload_uuid: uuid.UUID) -> PartialUpload:
        engagement = self.engagement(reference)
        upload = partial_uploads.visible(upload_uuid, request.viewer, at=now())
        if upload.engagement_id != engagement.pk:
            raise errors.NotFound
        return upload


def _with_state(response: Response, upload: PartialUpload) -> Response:
    for name, value in tus.state(upload).items():
        response[name] = value
    return response


def _drawn(request: Request, reference: str, upload: PartialUpload) -> dict[str, Any]:
    return {
        "uuid": str(upload.uuid),
        "file_name": upload.file_name,
        "length": upload.length,
        "offset": partial_uploads.offset_of(upload),
        "state": upload.state,
        "kept_until": iso(upload.kept_until),
        "document": str(upload.document.uuid) if upload.document else None,
        "url": request.build_absolute_uri(reverse("api:upload", args=[reference, upload.uuid])),
    }
