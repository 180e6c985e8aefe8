"""…/timeline/: what happened, newest first; the customer's own part of it for a company's token."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.library.event_words import words_of
from onboarding.models import Event
from onboarding.workflow.status import iso
from portal import access
from portal.api import cursors, schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import STEP_CODES, Reads


class EventSerializer(Reads):
    """One event. Each hash covers the one before it: whoever holds the last hash can prove what came before."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    step = serializers.ChoiceField(STEP_CODES)
    data = serializers.DictField()
    is_internal = serializers.BooleanField(help_text="InterWeave's own; never sent to a company's token")
    hash = serializers.CharField()
    previous_hash = serializers.CharField()


class Timeline(Endpoint):
    scopes = {"GET": "engagements:read"}

    @extend_schema(
        operation_id="timeline",
        tags=["engagements"],
        summary="What happened, newest first",
        description="Each event has the hash of the one before it: who keeps the latest hash can prove later that nothing "
        "earlier was changed. InterWeave's internal events are left out for a company's token.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "TimelinePage", {"items": EventSerializer(many=True), "next": serializers.URLField(allow_null=True)}
                ),
                "A page of events",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, Event.objects.filter(engagement=self.engagement(reference)))
        if not request.viewer.is_staff:
            rows = rows.filter(is_internal=False)
        events, following = cursors.page(request, rows, key="number")
        return Response({"items": [_drawn(event) for event in events], "next": following})


def _drawn(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "kind": event.kind,
        "title": words_of(event.kind, event.data),
        "at": iso(event.at),
        "by": event.by.get("name", ""),
        "step": event.step,
        "data": event.data,
        "is_internal": event.is_internal,
        "hash": event.hash,
        "previous_hash": event.previous_hash,
    }
