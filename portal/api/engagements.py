"""engagements/: the list of status documents in one SQL statement; engagements/{reference}/: one of them, its people and doors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, now
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.models import Engagement, Specialist
from onboarding.queries.engagements import STATES, PageRead, Wanted, page_for_token
from onboarding.workflow.status import iso
from portal.api import cursors, schema
from portal.api.endpoints import Endpoint, LeanEndpoint
from portal.api.serializers import OWNERS, STEP_CODES, Reads, StatusSerializer
from portal.api.status import CACHING

CHOICES = {"step": STEP_CODES, "state": list(STATES), "waiting_for": OWNERS, "count": ["0", "1"]}
PLAIN = ("specialist", "solution", "company")
KNOWN = frozenset({*CHOICES, *PLAIN, "updated_since", *cursors.PAGING})
FILTERS = [
    OpenApiParameter("step", str, enum=STEP_CODES, description="The step they stand in"),
    OpenApiParameter("state", str, enum=list(STATES), description="Active, on hold or cancelled"),
    OpenApiParameter("waiting_for", str, enum=OWNERS, description="Whose turn it is"),
    OpenApiParameter("specialist", str, description="E-mail address of the Technical Specialist"),
    OpenApiParameter("solution", str, description="Code of the solution"),
    OpenApiParameter("company", str, description="The company's name, exactly"),
    OpenApiParameter(
        "updated_since",
        {"type": "string", "format": "date-time"},
        description="Changed at or after this moment; with a zone",
    ),
    OpenApiParameter("count", {"type": "integer", "enum": [0, 1]}, description="1: also count all pages"),
    schema.LIMIT,
    schema.CURSOR,
]


class Engagements(LeanEndpoint):
    scopes = {"GET": "engagements:read"}

    @extend_schema(
        operation_id="engagements",
        tags=["engagements"],
        summary="The engagements this token may see, newest first",
        description="Each item is the status document that `…/status/` sends. Filters narrow the list together; one that "
        "does not exist is refused (422). Follow `next` until it is null: a page starts after the last one's last item, "
        "however many came or went.",
        parameters=FILTERS,
        responses={
            200: schema.told(
                inline_serializer(
                    "EngagementPage",
                    {
                        "items": StatusSerializer(many=True),
                        "next": serializers.URLField(allow_null=True),
                        "count": serializers.IntegerField(required=False),
                    },
                ),
                "A page of status documents",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = _wanted(request.GET)
        found: PageRead = self.read(request, lambda digest: page_for_token(digest, wanted, at=now()))
        following = cursors.following(request, found.next_below)
        count = f',"count":{found.total}' if wanted.with_total else ""
        tail = "null" if following is None else f'"{following}"'
        return HttpResponse(
            f'{{"items":{found.items},"next":{tail}{count}}}', headers=CACHING, content_type="application/json"
        )


def _wanted(given: QueryDict) -> Wanted:
    """The filters of the address; BadInput names each that is no such thing."""
    if not given:
        return Wanted()
    cursors.require_known(given, KNOWN)
    wrong = {
        name: f"One of: {', '.join(known)}."
        for name, known in CHOICES.items()
        if given.get(name, known[0]) not in known
    }
    wrong |= {name: "Give a value, or leave it out." for name in PLAIN if "\x00" in given.get(name, "")}
    if wrong:
        raise errors.BadInput(fields=wrong)
    cursor = given.get("cursor")
    specialist = given.get("specialist")
    return Wanted(
        step=given.get("step"),
        state=given.get("state"),
        waiting_for=given.get("waiting_for"),
        specialist=None if specialist is None else specialist.lower(),
        solution=given.get("solution"),
        company=given.get("company"),
        updated_since=_moment(given.get("updated_since")),
        below=None if cursor is None else cursors.decode(cursor),
        size=cursors.size(given.get("limit")),
        with_total=given.get("count") == "1",
    )


def _moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = parse_datetime(given.replace(" ", "+"))  # a plus sign that was not escaped
    except ValueError:
        moment = None
    if moment is None or is_naive(moment):
        raise errors.BadInput(fields={"updated_since": "Give a date and time with a zone: 2026-11-23T15:00:00Z."})
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise errors.BadInput(fields={"updated_since": "Give a date of our age."}) from None


class PersonSerializer(Reads):
    name = serializers.CharField()
    title = serializers.CharField()
    email = serializers.EmailField()
    working_hours = serializers.CharField()
    time_zone = serializers.CharField()


class LinksSerializer(Reads):
    status = serializers.URLField()
    steps = serializers.URLField()
    timeline = serializers.URLField()
    moves = serializers.URLField()
    documents = serializers.URLField()
    connections = serializers.URLField()
    checks = serializers.URLField()


class EngagementSerializer(Reads):
    """One engagement: its status document, the people to ask, and where the rest is."""

    reference = serializers.CharField()
    deployment = serializers.ChoiceField(["cloud", "on_premises"])
    activated_at = serializers.DateTimeField(allow_null=True)
    went_live_at = serializers.DateTimeField(allow_null=True)
    specialist = PersonSerializer(allow_null=True)
    status = StatusSerializer()
    links = LinksSerializer()


class EngagementDetail(Endpoint):
    scopes = {"GET": "engagements:read"}

    @extend_schema(
        operation_id="engagement",
        tags=["engagements"],
        summary="One engagement, the people to ask, and where the rest is",
        description="The status document with the Technical Specialist in charge, and the addresses of everything else "
        "that can be asked of this engagement.",
        responses={200: schema.told(EngagementSerializer, "The engagement"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_drawn(request, self.engagement(reference)))


def _drawn(request: Request, engagement: Engagement) -> dict[str, Any]:
    return {
        "reference": engagement.reference,
        "deployment": engagement.deployment,
        "activated_at": iso(engagement.activated_at),
        "went_live_at": iso(engagement.went_live_at),
        "specialist": _person(engagement.specialist),
        "status": engagement.status,
        "links": {
            name: request.build_absolute_uri(reverse(f"api:{name}", args=[engagement.reference]))
            for name in LinksSerializer().fields
        },
    }


def _person(specialist: Specialist | None) -> dict[str, Any] | None:
    if specialist is None:
        return None
    return {
        "name": specialist.user.name,
        "title": specialist.title,
        "email": specialist.user.email,
        "working_hours": specialist.working_hours,
        "time_zone": specialist.time_zone,
    }
