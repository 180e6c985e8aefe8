"""…/moves/: which step changes there are from here, and making one."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import engagements
from onboarding.queries.step_changes import StepChange, from_step
from portal.api import idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import STEP_CODES, Reads, StatusSerializer
from portal.api.status import etag


class ChangeSerializer(Reads):
    change = serializers.CharField()
    to = serializers.ChoiceField(STEP_CODES)
    is_return = serializers.BooleanField(help_text="Back to an earlier step: needs a reason")
    is_allowed = serializers.BooleanField(help_text="True: this token's role may make it")


class MoveSerializer(serializers.Serializer):
    change = serializers.CharField(max_length=60, help_text="Such as `complete_welcome_call`")
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class Moves(Endpoint):
    scopes = {"GET": "engagements:read", "POST": "engagements:move"}

    @extend_schema(
        operation_id="moves",
        tags=["moves"],
        summary="The step changes from here",
        description="At most one leads forward; the others lead back and need a reason. `is_allowed` says whether this "
        "token's role may make it, not whether the criteria are met: the status says that.",
        responses={
            200: schema.told(inline_serializer("Changes", {"items": ChangeSerializer(many=True)}), "The step changes"),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        step = self.engagement(reference).at_step
        return Response({"items": [_drawn(request, change) for change in from_step(step)]})

    @extend_schema(
        operation_id="move",
        tags=["moves"],
        summary="Make one step change, or hear everything that is missing",
        description="For tokens of InterWeave's specialists. Forward: every criterion of the current step is met or "
        "waived, else a 409 lists all that are not. Back: with a reason.",
        request=MoveSerializer,
        parameters=[schema.KEY],
        responses={
            200: schema.told(StatusSerializer, "Moved: the new status document"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)
        given = MoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)

        def move() -> tuple[int, dict[str, Any]]:
            moved = engagements.move(engagement.pk, **given.validated_data, by=request.viewer, at=now())
            return 200, moved.status

        response = idempotency.once(request, move)
        response["ETag"] = etag(reference, response.data["version"])
        return response


def _drawn(request: Request, change: StepChange) -> dict[str, Any]:
    return {
        "change": change.name,
        "to": change.target.value,
        "is_return": change.is_return,
        "is_allowed": request.viewer.has(*change.roles),
    }
