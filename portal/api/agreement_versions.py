"""…/agreements/versions/: what was printed to be signed, and what changed from one version to another, word by word."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.models import Rendering
from onboarding.queries import agreements
from onboarding.rendering import redline
from onboarding.workflow.status import iso
from portal import access, redlines
from portal.api import cursors, schema
from portal.api.agreements import READ
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

ASKED = frozenset({"from", "to"})


class VersionSerializer(Reads):
    version = serializers.IntegerField()
    document = serializers.UUIDField()
    printed_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="The document's own address")


class PieceSerializer(Reads):
    kind = serializers.ChoiceField(["same", "added", "removed"])
    text = serializers.CharField()


class PassageSerializer(Reads):
    kind = serializers.ChoiceField(["added", "removed", "changed"])
    heading = serializers.CharField(allow_blank=True)
    clause = serializers.CharField(allow_blank=True, help_text="Its number as printed, or empty")
    pieces = PieceSerializer(many=True, help_text="The passage in its words: kept, put in, taken out")


class VersionsSerializer(Reads):
    items = VersionSerializer(many=True, help_text="Newest first")
    earlier = serializers.IntegerField(allow_null=True, help_text="Null: there are not two to compare")
    later = serializers.IntegerField(allow_null=True)
    changes = PassageSerializer(many=True, help_text="From the earlier to the later, in reading order")


class Versions(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="agreement_versions",
        tags=["agreements"],
        summary="The versions of the agreement, and what changed",
        description="The last two are compared unless `from` and `to` name others. A customer's token sees what was "
        "issued; InterWeave's the drafts too.",
        parameters=[
            OpenApiParameter("from", int, description="The `version` to compare from; with `to`"),
            OpenApiParameter("to", int, description="The `version` to compare to; with `from`"),
        ],
        responses={200: schema.told(VersionsSerializer, "The versions and the changes"), **schema.refusals(422)},
    )
    def get(self, request: Request, reference: str) -> Response:
        cursors.require_known(request.GET, ASKED)
        of = agreements.versions if request.viewer.is_staff else agreements.issued_versions
        versions = list(access.listed(request, of(self.engagement(reference))))
        found = redlines.compared(versions, request.GET)
        if found.unknown:
            words = "There is no version of this number. Choose both of those under items."
            raise errors.BadInput(fields=dict.fromkeys(found.unknown, words))
        return Response({
            "items": [_version(request, reference, row) for row in reversed(versions)],
            "earlier": found.earlier.document.version if found.earlier else None,
            "later": found.later.document.version if found.later else None,
            "changes": [_change(one) for one in found.changes],
        })  # fmt: skip


def _version(request: Request, reference: str, row: Rendering) -> dict[str, Any]:
    document = row.document
    return {
        "version": document.version,
        "document": str(document.uuid),
        "printed_at": iso(document.created_at),
        "url": request.build_absolute_uri(reverse("api:document", args=[reference, document.uuid])),
    }


def _change(one: redline.Change) -> dict[str, Any]:
    pieces = [{"kind": piece.kind, "text": piece.text} for piece in one.pieces]
    return {"kind": one.kind, "heading": one.heading, "clause": one.clause, "pieces": pieces}
