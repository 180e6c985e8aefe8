"""…/change-requests/: how a signed list changes: asked for, weighed, approved as a new version or turned down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import change_requests, requirements
from onboarding.models import ChangeRequest, Requirement
from onboarding.workflow.status import iso
from portal import access
from portal.api import cursors, idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.requirements import FLOWS, PRIORITIES, READ, WRITE, RequirementWordsSerializer
from portal.api.serializers import Reads


class ChangeRequestSerializer(Reads):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(ChangeRequest.Kind.values)
    requirement = serializers.IntegerField(allow_null=True, help_text="Its number; null while one is to be added")
    before = RequirementWordsSerializer(allow_null=True, help_text="As it was when this was asked for")
    proposed = RequirementWordsSerializer(allow_null=True, help_text="As it shall be; null for one to leave out")
    reason = serializers.CharField()
    state = serializers.ChoiceField(ChangeRequest.State.values)
    effect = serializers.CharField(allow_blank=True, help_text="On the plan; empty: not stated yet")
    effect_days = serializers.IntegerField(allow_null=True, help_text="Working days")
    effect_money = serializers.CharField(allow_blank=True)
    effect_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField(allow_blank=True)
    decided_by = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="Of the list, once approved")
    by = serializers.CharField()
    at = serializers.DateTimeField()
    url = serializers.URLField()


class AskForChangeSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(ChangeRequest.Kind.values)
    requirement = serializers.IntegerField(min_value=1, required=False, help_text="Its number; for change and remove")
    text = serializers.CharField(max_length=requirements.LONGEST, allow_blank=True, default="")
    requirement_kind = serializers.ChoiceField(Requirement.Kind.values, required=False)
    priority = serializers.ChoiceField(PRIORITIES, allow_blank=True, default="")
    flow = serializers.ChoiceField(FLOWS, allow_blank=True, default="")
    reason = serializers.CharField(max_length=2000)


class StateEffectSerializer(serializers.Serializer):
    words = serializers.CharField(max_length=2000)
    days = serializers.IntegerField(min_value=0, max_value=change_requests.MOST_DAYS, help_text="Working days")
    money = serializers.CharField(max_length=200, allow_blank=True, default="")


class ApproveChangeSerializer(serializers.Serializer):
    effect_at = serializers.DateTimeField(help_text="As the request gave it: which statement of the effect was read")


class TurnDownSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=500)


class ChangeRequests(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="change_requests",
        tags=["requirements"],
        summary="Change requests, newest first",
        description="Changes of the signed list that either side asked for.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "ChangeRequestPage",
                    {"items": ChangeRequestSerializer(many=True), "next": serializers.URLField(allow_null=True)},
                ),
                "A page of change requests",
            ),
            **schema.refusals(422),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, _rows().filter(engagement=self.engagement(reference)))
        found, following = cursors.page(request, rows)
        return Response({"items": [_drawn(request, reference, one) for one in found], "next": following})

    @extend_schema(
        operation_id="ask_for_change",
        tags=["requirements"],
        summary="Ask for a change of the signed list",
        description="A requirement added, changed or left out, and why. 409 while no list is signed off.",
        request=AskForChangeSerializer,
        parameters=[schema.KEY],
        responses={201: schema.told(ChangeRequestSerializer, "Asked for"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(AskForChangeSerializer, request)

        def propose() -> tuple[int, dict[str, Any]]:
            row = change_requests.propose(engagement.pk, **given, by=request.viewer, at=now())
            return 201, _drawn(request, reference, row)

        return idempotency.once(request, propose)


class ChangeRequestDetail(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="change_request",
        tags=["requirements"],
        summary="One change request",
        description="From what to what, why, what it means for the plan, and what was decided.",
        responses={200: schema.told(ChangeRequestSerializer, "The change request"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, number: int) -> Response:
        return Response(_drawn(request, reference, _found(self, request, reference, number)))


class _Decision(Endpoint):
    """One act on one change request."""

    scopes = {"POST": WRITE}

    def act(
        self, request: Request, reference: str, number: int, do: Callable[[ChangeRequest], ChangeRequest]
    ) -> Response:
        row = _found(self, request, reference, number)
        return idempotency.once(request, lambda: (200, _drawn(request, reference, do(row))))


class Effect(_Decision):
    @extend_schema(
        operation_id="state_effect",
        tags=["requirements"],
        summary="State what a change means for the plan",
        description="By specialists; those who decide for the customer are asked by mail.",
        request=StateEffectSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(ChangeRequestSerializer, "Stated"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        given = taken(StateEffectSerializer, request)
        return self.act(
            request, reference, number,
            lambda row: change_requests.state_effect(row.pk, **given, by=request.viewer, at=now()),
        )  # fmt: skip


class Approve(_Decision):
    @extend_schema(
        operation_id="approve_change",
        tags=["requirements"],
        summary="Approve a change",
        description="By the owner or the signatory: the list gets a new version under its own hash. 409 when the effect "
        "was stated anew since it was read.",
        request=ApproveChangeSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(ChangeRequestSerializer, "Approved"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        read = iso(taken(ApproveChangeSerializer, request)["effect_at"])

        def approve(row: ChangeRequest) -> ChangeRequest:
            # On the wire moments have no fraction of a second.
            seen = row.effect_at.isoformat() if row.effect_at and iso(row.effect_at) == read else str(read)
            return change_requests.approve(row.pk, seen=seen, by=request.viewer, at=now())

        return self.act(request, reference, number, approve)


class DeclineChange(_Decision):
    @extend_schema(
        operation_id="decline_change",
        tags=["requirements"],
        summary="Turn a change down",
        description="By the owner, the signatory or a specialist, with the reason; the list stays.",
        request=TurnDownSerializer,
        parameters=[schema.KEY],
        responses={
            200: schema.told(ChangeRequestSerializer, "Turned down"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        note = taken(TurnDownSerializer, request)["note"]
        return self.act(
            request, reference, number,
            lambda row: change_requests.decline(row.pk, note=note, by=request.viewer, at=now()),
        )  # fmt: skip


class Withdraw(_Decision):
    @extend_schema(
        operation_id="withdraw_change",
        tags=["requirements"],
        summary="Withdraw a change request",
        description="By the side that asked for it.",
        request=None,
        parameters=[schema.KEY],
        responses={200: schema.told(ChangeRequestSerializer, "Withdrawn"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        return self.act(
            request, reference, number, lambda row: change_requests.withdraw(row.pk, by=request.viewer, at=now())
        )


def _rows() -> Any:
    return ChangeRequest.objects.select_related("requirement", "signoff")


def _found(view: Endpoint, request: Request, reference: str, number: int) -> ChangeRequest:
    return access.get(request, _rows().filter(engagement=view.engagement(reference)), number=number)


def _drawn(request: Request, reference: str, row: ChangeRequest) -> dict[str, Any]:
    plain = ("number", "kind", "reason", "state", "effect", "effect_days", "effect_money", "decision_note", "decided_by",
             "by")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: iso(getattr(row, name)) for name in ("effect_at", "decided_at", "at")},
        "requirement": row.requirement.number if row.requirement else None,
        "before": row.before or None,
        "proposed": row.proposed or None,
        "version": row.signoff.version if row.signoff else None,
        "url": request.build_absolute_uri(reverse("api:change_request", args=[reference, row.number])),
    }
