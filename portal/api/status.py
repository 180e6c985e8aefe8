"""…/status/: the stored status document, its version as ETag, in one SQL statement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound

from onboarding.errors import NotFound as Absent
from onboarding.queries.engagements import status_for_token
from portal.api import schema
from portal.api.endpoints import LeanEndpoint
from portal.api.serializers import StatusSerializer

# A browser or proxy of the same person may keep it, and asks each time whether it still holds.
CACHING = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


class Status(LeanEndpoint):
    scopes = {"GET": "engagements:read"}

    @extend_schema(
        operation_id="status",
        tags=["engagements"],
        summary="Where an engagement stands",
        description="The step, what is met and what is missing, whose turn it is and since when, and the go-live date. "
        "Cheap enough to ask often: send the `ETag` back as `If-None-Match`, and an unchanged status is a 304 without a "
        "body.",
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you hold")],
        responses={
            200: schema.told(StatusSerializer, "The status document"),
            304: OpenApiResponse(description="Unchanged since the ETag you sent"),
            **schema.refusals(),
        },
    )
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        tags = request.META.get("HTTP_IF_NONE_MATCH", "")
        known = version_in(tags, reference) if tags else None
        found = self.read(request, lambda digest: status_for_token(digest, reference, known_version=known, at=now()))
        if found.version is None:
            raise NotFound(Absent().words)
        headers = {"ETag": etag(reference, found.version), **CACHING}
        if found.body is None or tags == "*":
            return HttpResponseNotModified(headers=headers, content_type="")  # spares it the work of a default
        return HttpResponse(found.body, headers=headers, content_type="application/json")


def etag(reference: str, version: int) -> str:
    return f'W/"{reference}-{version}"'


def version_in(tags: str, reference: str) -> int | None:
    """The latest version among the tags of an If-None-Match; None when none of them is this engagement's."""
    versions = []
    for tag in tags.split(","):
        name, _, number = tag.strip().removeprefix("W/").strip('"').rpartition("-")
        if name == reference and number.isascii() and number.isdigit() and len(number) < 10:
            versions.append(int(number))
    return max(versions, default=None)
