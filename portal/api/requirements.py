"""…/requirements/: the list with its sources; added, changed, left out, signed off under its hash."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import requirements
from onboarding.library import flows as flow_library
from onboarding.models import Requirement, RequirementSource
from onboarding.queries import requirements as queries
from onboarding.queries import threads
from onboarding.workflow.status import iso
from portal import access
from portal.api import cursors, idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

FLOWS = sorted(flow_library.NAMES)
PRIORITIES = Requirement.Priority.values
READ, WRITE = "requirements:read", "requirements:write"
AGREED = (404, 409, 422)


class RequirementSourceSerializer(Reads):
    """Where a requirement comes from, with the words as they were."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(RequirementSource.Kind.values)
    quote = serializers.CharField()
    sentence = serializers.IntegerField(allow_null=True, help_text="Its index in the transcript")
    meeting = serializers.IntegerField(allow_null=True, help_text="The meeting whose transcript it is in")
    questionnaire = serializers.CharField(allow_blank=True)
    question = serializers.CharField(allow_blank=True)
    document = serializers.UUIDField(allow_null=True)
    place = serializers.CharField(allow_blank=True)
    said_by = serializers.CharField(allow_blank=True)
    said_on = serializers.DateField(allow_null=True)


class RequirementSerializer(Reads):
    number = serializers.IntegerField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(Requirement.Kind.values)
    priority = serializers.ChoiceField(PRIORITIES, allow_blank=True, help_text="Empty: not agreed yet")
    flow = serializers.ChoiceField(FLOWS, allow_blank=True)
    state = serializers.ChoiceField(Requirement.State.values)
    declined_reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    sources = RequirementSourceSerializer(many=True)
    url = serializers.URLField()


class RequirementListSerializer(Reads):
    """The hash names exactly this list: send it back to sign it off."""

    sha256 = serializers.CharField()
    signed_version = serializers.IntegerField(allow_null=True, help_text="Null: the list is not signed off")
    items = RequirementSerializer(many=True)


class RequirementWordsSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=requirements.LONGEST)
    kind = serializers.ChoiceField(Requirement.Kind.values)
    priority = serializers.ChoiceField(PRIORITIES, allow_blank=True, default="")
    flow = serializers.ChoiceField(FLOWS, allow_blank=True, default="")


class AddRequirementSerializer(RequirementWordsSerializer):
    source = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="What was said, and by whom")


class ChangeRequirementSerializer(serializers.Serializer):
    """What is left out stays."""

    text = serializers.CharField(max_length=requirements.LONGEST, required=False)
    kind = serializers.ChoiceField(Requirement.Kind.values, required=False)
    priority = serializers.ChoiceField(PRIORITIES, allow_blank=True, required=False)
    flow = serializers.ChoiceField(FLOWS, allow_blank=True, required=False)


class LeaveOutSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class SignOffListSerializer(serializers.Serializer):
    sha256 = serializers.RegexField("^[0-9a-f]{64}$", help_text="As the list gave it")


class SignedListSerializer(Reads):
    version = serializers.IntegerField()
    sha256 = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class ThreadLinkSerializer(Reads):
    part = serializers.ChoiceField(threads.PARTS)
    state = serializers.ChoiceField([threads.THERE, threads.MISSING, threads.LATER, threads.NOT_NEEDED])
    words = serializers.CharField()


class ThreadSerializer(Reads):
    """One requirement from its source to its test."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    links = ThreadLinkSerializer(many=True)
    gaps = serializers.ListField(child=serializers.CharField())


class LooseFlowSerializer(Reads):
    flow = serializers.CharField()
    words = serializers.CharField()


class Requirements(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="requirements",
        tags=["requirements"],
        summary="The list of requirements, with their sources",
        description="Every requirement by its number, those left out as well, and the hash of the list as it stands.",
        responses={200: schema.told(RequirementListSerializer, "The whole list"), **schema.refusals(422)},
    )
    def get(self, request: Request, reference: str) -> Response:
        cursors.require_known(request.GET, frozenset())
        engagement = self.engagement(reference)
        found = access.listed(request, _rows().filter(engagement=engagement)).order_by("number")
        signoff = queries.signoff_in_force(engagement)
        return Response(
            {
                "sha256": queries.list_hash(engagement),
                "signed_version": signoff.version if signoff else None,
                "items": [drawn(request, reference, one) for one in found],
            }
        )

    @extend_schema(
        operation_id="add_requirement",
        tags=["requirements"],
        summary="Add a requirement",
        description="By the customer it is a proposal. A list that is signed off changes by change requests alone (409).",
        request=AddRequirementSerializer,
        parameters=[schema.KEY],
        responses={201: schema.told(RequirementSerializer, "On the list"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(AddRequirementSerializer, request)

        def add() -> tuple[int, dict[str, Any]]:
            one = requirements.add(engagement.pk, **given, by=request.viewer, at=now())
            return 201, drawn(request, reference, one)

        return idempotency.once(request, add)


class RequirementDetail(Endpoint):
    scopes = {"GET": READ, "PATCH": WRITE}

    @extend_schema(
        operation_id="requirement",
        tags=["requirements"],
        summary="One requirement",
        description="With its sources.",
        responses={200: schema.told(RequirementSerializer, "The requirement"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, number: int) -> Response:
        return Response(drawn(request, reference, found(self, request, reference, number)))

    @extend_schema(
        operation_id="change_requirement",
        tags=["requirements"],
        summary="Change a requirement",
        description="By specialists, while the list is not signed off; it is proposed again. What is left out stays.",
        request=ChangeRequirementSerializer,
        responses={200: schema.told(RequirementSerializer, "As it is now"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def patch(self, request: Request, reference: str, number: int) -> Response:
        one, given = found(self, request, reference, number), taken(ChangeRequirementSerializer, request)
        return Response(
            drawn(request, reference, requirements.change(one.pk, **given, by=request.viewer, at=now()))
        )  # fmt: skip


class Decline(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="decline_requirement",
        tags=["requirements"],
        summary="Leave a requirement out",
        description="By specialists, while the list is not signed off. Its number is not given again.",
        request=LeaveOutSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(RequirementSerializer, "Left out"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        one, given = found(self, request, reference, number), taken(LeaveOutSerializer, request)

        def decline() -> tuple[int, dict[str, Any]]:
            row = requirements.decline(one.pk, reason=given["reason"], by=request.viewer, at=now())
            return 200, drawn(request, reference, row)

        return idempotency.once(request, decline)


class SignOff(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="sign_off_requirements",
        tags=["requirements"],
        summary="Sign the list off",
        description="By the owner or the signatory: exactly the list whose hash is sent. 409 when it changed since.",
        request=SignOffListSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(SignedListSerializer, "Signed off"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(SignOffListSerializer, request)

        def sign() -> tuple[int, dict[str, Any]]:
            one = requirements.sign_off(engagement.pk, sha256=given["sha256"], by=request.viewer, at=now())
            return 200, {"version": one.version, "sha256": one.sha256, "by": one.by, "at": iso(one.at)}

        return idempotency.once(request, sign)


class Threads(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="requirement_threads",
        tags=["requirements"],
        summary="Every requirement from its source to its test",
        description="With the gaps named: no source, no flow, no mapping, no test case, no passing run; and flows that "
        "no requirement asks for.",
        responses={
            200: schema.told(
                inline_serializer(
                    "Threads", {"items": ThreadSerializer(many=True), "loose": LooseFlowSerializer(many=True)}
                ),
                "All of them",
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        overview = threads.overview(self.engagement(reference))
        return Response(
            {
                "items": [_thread(one) for one in overview.threads],
                "loose": [{"flow": flow.code, "words": words} for flow, words in overview.loose],
            }
        )


def _rows() -> Any:
    return Requirement.objects.prefetch_related(
        "sources__sentence__transcript", "sources__questionnaire", "sources__document"
    )


def found(view: Endpoint, request: Request, reference: str, number: int) -> Requirement:
    """The requirement of this number of the address's engagement, or 404."""
    return access.get(request, _rows().filter(engagement=view.engagement(reference)), number=number)


def drawn(request: Request, reference: str, one: Requirement) -> dict[str, Any]:
    """A requirement on the wire."""
    plain = ("number", "text", "kind", "priority", "flow", "state", "declined_reason", "created_by")
    return {
        **{name: getattr(one, name) for name in plain},
        "created_at": iso(one.created_at),
        "sources": [source(each) for each in one.sources.all()],
        "url": request.build_absolute_uri(reverse("api:requirement", args=[reference, one.number])),
    }


def source(one: RequirementSource) -> dict[str, Any]:
    """A source on the wire."""
    return {
        "id": one.pk,
        "kind": one.kind,
        "quote": one.quote,
        "sentence": one.sentence.index if one.sentence else None,
        "meeting": one.sentence.transcript.meeting_id if one.sentence else None,
        "questionnaire": one.questionnaire.kind if one.questionnaire else "",
        "question": one.question,
        "document": str(one.document.uuid) if one.document else None,
        "place": one.place,
        "said_by": one.said_by,
        "said_on": one.said_on.isoformat() if one.said_on else None,
    }


def _thread(one: threads.Thread) -> dict[str, Any]:
    return {
        "number": one.requirement.number,
        "text": one.requirement.text,
        "links": [{"part": link.part, "state": link.state, "words": link.words} for link in one.links],
        "gaps": one.gaps,
    }
