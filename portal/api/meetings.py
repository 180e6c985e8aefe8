"""…/meetings/: booked into a free slot, moved, cancelled; each as a calendar file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import invitations, meetings
from onboarding.models import Meeting
from onboarding.queries import meetings as queries
from onboarding.workflow.status import iso
from portal import access
from portal.api import cursors, idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

READ, WRITE = "meetings:read", "meetings:write"
MOST_DAYS, NOTICE = 31, timedelta(hours=1)
ZONE = "An IANA time zone such as `America/New_York`"


class MeetingSerializer(Reads):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Meeting.Kind.values)
    channel = serializers.ChoiceField(Meeting.Channel.values)
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    place = serializers.CharField(
        allow_blank=True, help_text="Link, phone number or address; a link comes a little later"
    )
    topic = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(["booked", "held", "cancelled", "missed"])
    booked_by = serializers.CharField()
    booked_at = serializers.DateTimeField()
    held_at = serializers.DateTimeField(allow_null=True)
    attendees = serializers.ListField(child=serializers.CharField())
    record = serializers.UUIDField(allow_null=True, help_text="The document with the transcript or the minutes")
    url = serializers.URLField()
    calendar_url = serializers.URLField()


class TimeSerializer(serializers.Serializer):
    """A moment: with its own offset, or on the wall clock of a time zone."""

    starts_at = serializers.CharField(max_length=40, help_text="ISO 8601; without an offset `time_zone` is needed")
    time_zone = serializers.CharField(max_length=60, required=False, help_text=ZONE)


class BookSerializer(TimeSerializer):
    kind = serializers.ChoiceField(Meeting.Kind.values)
    channel = serializers.ChoiceField(Meeting.Channel.values, default=Meeting.Channel.ZOOM)
    minutes = serializers.IntegerField(default=60, min_value=meetings.SHORTEST, max_value=meetings.LONGEST)
    place = serializers.CharField(max_length=300, allow_blank=True, default="")
    topic = serializers.CharField(max_length=200, allow_blank=True, default="")


class MoveMeetingSerializer(TimeSerializer):
    minutes = serializers.IntegerField(required=False, min_value=meetings.SHORTEST, max_value=meetings.LONGEST)


class CancelMeetingSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class SlotsSerializer(serializers.Serializer):
    time_zone = serializers.CharField(max_length=60, default="UTC")
    days = serializers.IntegerField(default=10, min_value=1, max_value=MOST_DAYS)
    minutes = serializers.IntegerField(default=60, min_value=meetings.SHORTEST, max_value=meetings.LONGEST)


class Meetings(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="meetings",
        tags=["meetings"],
        summary="Meetings, newest first",
        description="Coming and past ones, cancelled ones as well.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "MeetingPage",
                    {"items": MeetingSerializer(many=True), "next": serializers.URLField(allow_null=True)},
                ),
                "A page of meetings",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, _rows().filter(engagement=self.engagement(reference)))
        found, following = cursors.page(request, rows)
        return Response({"items": [_drawn(request, reference, one) for one in found], "next": following})

    @extend_schema(
        operation_id="book_meeting",
        tags=["meetings"],
        summary="Book a meeting",
        description="Of a kind that belongs to the present step, at a time the specialist is free: 409 when it was taken "
        "meanwhile. Both sides are invited by mail.",
        request=BookSerializer,
        parameters=[schema.KEY],
        responses={201: schema.told(MeetingSerializer, "Booked"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), _timed(BookSerializer, request)

        def book() -> tuple[int, dict[str, Any]]:
            one = meetings.book(engagement.pk, **given, by=request.viewer, at=now())
            return 201, _drawn(request, reference, one)

        return idempotency.once(request, book)


class Slots(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="slots",
        tags=["meetings"],
        summary="When the specialist is free",
        description="Starts at the full and the half hour, in UTC; empty while nobody is assigned. Days begin and end in "
        "the time zone that is asked for.",
        parameters=[
            OpenApiParameter("time_zone", str, description=ZONE),
            OpenApiParameter(
                "days",
                {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": 10},
                description="How many days from today",
            ),
            OpenApiParameter("minutes", int, description="How long the meeting takes"),
        ],
        responses={
            200: schema.told(
                inline_serializer("Slots", {"items": serializers.ListField(child=serializers.DateTimeField())}),
                "Free starts",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        cursors.require_known(request.GET, frozenset({"time_zone", "days", "minutes"}))
        asked = SlotsSerializer(data=request.GET)
        asked.is_valid(raise_exception=True)
        given, at = asked.validated_data, now()
        zone = _zone(given["time_zone"])
        free = queries.slots(
            self.engagement(reference), from_day=at.astimezone(zone).date(), days=given["days"], zone=zone,
            minutes=given["minutes"], after=at + NOTICE,
        )  # fmt: skip
        return Response({"items": [iso(slot) for slot in free]})


class MeetingDetail(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="meeting",
        tags=["meetings"],
        summary="One meeting",
        description="Ask again for its link: the video service gives it a little after booking.",
        responses={200: schema.told(MeetingSerializer, "The meeting"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, meeting_id: int) -> Response:
        return Response(_drawn(request, reference, _found(self, request, reference, meeting_id)))


class MoveMeeting(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="move_meeting",
        tags=["meetings"],
        summary="Move a meeting",
        description="To another free time; both sides get a new invitation. The same time again changes nothing.",
        request=MoveMeetingSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(MeetingSerializer, "Moved"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, meeting_id: int) -> Response:
        one, given = _found(self, request, reference, meeting_id), _timed(MoveMeetingSerializer, request)

        def move() -> tuple[int, dict[str, Any]]:
            moved = meetings.reschedule(one.pk, **given, by=request.viewer, at=now())
            return 200, _drawn(request, reference, moved)

        return idempotency.once(request, move)


class CancelMeeting(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="cancel_meeting",
        tags=["meetings"],
        summary="Cancel a meeting",
        description="With the reason; both sides are told.",
        request=CancelMeetingSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(MeetingSerializer, "Cancelled"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, meeting_id: int) -> Response:
        one, given = _found(self, request, reference, meeting_id), taken(CancelMeetingSerializer, request)

        def cancel() -> tuple[int, dict[str, Any]]:
            gone = meetings.cancel(one.pk, reason=given["reason"], by=request.viewer, at=now())
            return 200, _drawn(request, reference, gone)

        return idempotency.once(request, cancel)


class MeetingCalendar(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="meeting_calendar",
        tags=["meetings"],
        summary="A meeting as a calendar file",
        description="iCalendar (RFC 5545). Its UID stays the same through every change.",
        responses={
            (200, "text/calendar"): schema.told(OpenApiTypes.STR, "The calendar file"),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str, meeting_id: int) -> HttpResponse:
        engagement = self.engagement(reference)
        one = access.get(request, Meeting.objects.filter(engagement=engagement), pk=meeting_id)
        text = invitations.calendar(one, engagement, at=one.booked_at, asks=False)
        name = f"{engagement.reference}-{one.kind.replace('_', '-')}.ics"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _timed(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    given = taken(shape, request)
    return given | {"starts_at": moment(given["starts_at"], given.pop("time_zone", ""))}


def moment(text: str, zone: str) -> datetime:
    """The moment meant, in UTC; BadInput for what is none, and for an hour that the clocks skip or repeat there."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        words = "Write the start as ISO 8601, such as 2027-03-01T15:00:00Z."
        raise errors.BadInput(fields={"starts_at": words}) from None
    if given.tzinfo is not None:
        return _in_utc(given)
    if not zone:
        raise errors.BadInput(fields={"time_zone": "Name the time zone, or write the start with its offset."})
    there = given.replace(tzinfo=_zone(zone))
    first, second = _in_utc(there), _in_utc(there.replace(fold=1))
    if first.astimezone(there.tzinfo).replace(tzinfo=None) != given:
        raise errors.BadInput(fields={"starts_at": f"The clocks in {zone} skip this hour. Choose another time."})
    if first != second:
        raise errors.BadInput(fields={"starts_at": f"This hour comes twice in {zone}. Write it with its offset."})
    return first


def _in_utc(given: datetime) -> datetime:
    try:
        return given.astimezone(UTC)
    except OverflowError:
        raise errors.BadInput(fields={"starts_at": "Choose a time within the next twelve months."}) from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        words = "Name a time zone of the IANA list, such as America/New_York."
        raise errors.BadInput(fields={"time_zone": words}) from None


def _rows() -> Any:
    return Meeting.objects.select_related("record")


def _found(view: Endpoint, request: Request, reference: str, meeting_id: int) -> Meeting:
    return access.get(request, _rows().filter(engagement=view.engagement(reference)), pk=meeting_id)


def _drawn(request: Request, reference: str, one: Meeting) -> dict[str, Any]:
    plain = ("kind", "channel", "minutes", "place", "topic", "booked_by", "attendees")
    state = "missed" if one.missed_by else "cancelled" if one.cancelled_at else "held" if one.held_at else "booked"
    at = [reference, one.pk]
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in plain},
        **{name: iso(getattr(one, name)) for name in ("starts_at", "booked_at", "held_at")},
        "state": state,
        "record": str(one.record.uuid) if one.record else None,
        "url": request.build_absolute_uri(reverse("api:meeting", args=at)),
        "calendar_url": request.build_absolute_uri(reverse("api:meeting_calendar", args=at)),
    }
