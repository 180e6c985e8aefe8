"""…/steps/: the twelve, with the evidence that was frozen when each closed."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.models import Engagement, StepRecord
from onboarding.workflow.steps import by_number
from portal.api import schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import CriterionSerializer, JourneyStepSerializer


class StepSerializer(JourneyStepSerializer):
    purpose = serializers.CharField()
    closed_by = serializers.CharField(allow_null=True)
    visits = serializers.IntegerField(help_text="How often it was entered; more than once after a return")
    return_reason = serializers.CharField(allow_null=True)
    is_frozen = serializers.BooleanField(help_text="True: the criteria are as they were when the step closed")
    criteria = CriterionSerializer(many=True)


class Steps(Endpoint):
    scopes = {"GET": "engagements:read"}

    @extend_schema(
        operation_id="steps",
        tags=["engagements"],
        summary="The twelve steps with their criteria and frozen evidence",
        description="A closed step has the criteria with the evidence they were met by when it closed, the current step "
        "what is met and missing now, a later one none yet. A closed step whose proof no longer holds is `reopened`, and "
        "`broken` names what.",
        responses={
            200: schema.told(inline_serializer("Steps", {"items": StepSerializer(many=True)}), "All twelve, in order"),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)
        records = {record.number: record for record in engagement.step_records.all()}
        journey = engagement.status.get("steps", [])
        return Response({"items": [_drawn(engagement, step, records.get(step["number"])) for step in journey]})


def _drawn(engagement: Engagement, step: dict[str, Any], record: StepRecord | None) -> dict[str, Any]:
    """The step as the status document has it, and what its record adds. A later step holds no criteria yet."""
    is_frozen = step["state"] in {"closed", "reopened"}
    criteria = record.evidence if is_frozen and record else []
    if step["state"] == "current":
        criteria = engagement.status["criteria"]
    return {
        **step,
        "purpose": by_number(step["number"]).purpose,
        "closed_by": record.closed_by or None if record and is_frozen else None,
        "visits": record.visits if record else 0,
        "return_reason": record.return_reason or None if record else None,
        "is_frozen": is_frozen,
        "criteria": criteria,
    }
