"""…/checks/: climbs of the connections' check ladders, rung by rung as they happen, and ordering one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import connections
from onboarding.models import CheckRun, Connection
from onboarding.models.base import Work
from onboarding.workflow.status import iso
from portal import access
from portal.api import cursors, idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads


class RungSerializer(Reads):
    """One probe: what it found, who can mend it, and what to do."""

    code = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField(help_text="waiting · running · passed · warned · failed · skipped")
    ms = serializers.IntegerField()
    words = serializers.CharField(allow_blank=True)
    who_can_fix = serializers.CharField(allow_blank=True)
    what_to_do = serializers.CharField(allow_blank=True)
    details = serializers.DictField()


class CheckSerializer(Reads):
    id = serializers.IntegerField()
    connection = serializers.IntegerField()
    state = serializers.ChoiceField(Work.State.values)
    is_passed = serializers.BooleanField(allow_null=True, help_text="Null until it is done")
    reason = serializers.CharField(allow_blank=True)
    started_by = serializers.CharField()
    queued_at = serializers.DateTimeField()
    claimed_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.IntegerField()
    rungs = RungSerializer(many=True)
    problem = serializers.DictField(allow_null=True, help_text="Why it could not be done, if so")
    url = serializers.URLField()


class OrderSerializer(serializers.Serializer):
    connection = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=100, required=False, default="asked for by a program")


class Checks(Endpoint):
    scopes = {"GET": "connections:read", "POST": "connections:check"}

    @extend_schema(
        operation_id="checks",
        tags=["connections"],
        summary="Checks of the connections, newest first",
        description="Each climb of a connection's ladder, rung by rung: what was found, who can mend it and what to do.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "CheckPage", {"items": CheckSerializer(many=True), "next": serializers.URLField(allow_null=True)}
                ),
                "A page of checks",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, CheckRun.objects.filter(engagement=self.engagement(reference)))
        found, following = cursors.page(request, rows)
        return Response({"items": [_drawn(request, reference, run) for run in found], "next": following})

    @extend_schema(
        operation_id="check",
        tags=["connections"],
        summary="Have a connection checked",
        description="A worker climbs the ladder; follow it at the address under `url`. A check that is still open is "
        "answered, not doubled.",
        request=OrderSerializer,
        parameters=[schema.KEY],
        responses={202: schema.told(CheckSerializer, "Ordered"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)
        given = OrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        rows = Connection.objects.filter(engagement=engagement)
        connection = access.get(request, rows, pk=given.validated_data["connection"])

        def order() -> tuple[int, dict[str, Any]]:
            reason = given.validated_data["reason"]
            run = connections.check(connection.pk, reason=reason, by=request.viewer, at=now())
            return 202, _drawn(request, reference, run)

        return idempotency.once(request, order)


class CheckDetail(Endpoint):
    scopes = {"GET": "connections:read"}

    @extend_schema(
        operation_id="check_progress",
        tags=["connections"],
        summary="One check, rung by rung",
        description="Its rungs appear as they are climbed: ask again while `state` is `queued` or `running`.",
        responses={200: schema.told(CheckSerializer, "The check as it is now"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, check_id: int) -> Response:
        run = access.get(request, CheckRun.objects.filter(engagement=self.engagement(reference)), pk=check_id)
        return Response(_drawn(request, reference, run))


def _drawn(request: Request, reference: str, run: CheckRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "connection": run.connection_id,
        "state": run.state,
        "is_passed": run.is_passed,
        "reason": run.reason,
        "started_by": run.started_by,
        "queued_at": iso(run.queued_at),
        "claimed_at": iso(run.claimed_at),
        "finished_at": iso(run.finished_at),
        "attempts": run.attempts,
        "rungs": run.rungs,
        "problem": run.problem,
        "url": request.build_absolute_uri(reverse("api:check", args=[reference, run.pk])),
    }
