"""…/requirements/<number>/sources/ and …/requirements/suggestions/: where requirements come from, or might."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import requirement_sources, suggestions
from onboarding.models import Questionnaire, RequirementSource, Sentence
from onboarding.queries import suggestions as suggested
from onboarding.queries.suggestions import Draft, Suggestion
from portal import access
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.requirements import (
    READ,
    WRITE,
    RequirementSerializer,
    RequirementSourceSerializer,
    RequirementWordsSerializer,
    drawn,
    found,
    source,
)
from portal.api.serializers import Reads

Kind = RequirementSource.Kind


class NameSourceSerializer(serializers.Serializer):
    """A source of one kind: `meeting` and `sentence`, or `questionnaire` and `question`, or `document`, or words."""

    kind = serializers.ChoiceField(Kind.values)
    quote = serializers.CharField(
        max_length=requirement_sources.LONGEST,
        allow_blank=True,
        default="",
        help_text="For documents and what was said",
    )
    meeting = serializers.IntegerField(min_value=1, required=False)
    sentence = serializers.IntegerField(min_value=0, required=False, help_text="Its index in the meeting's transcript")
    questionnaire = serializers.ChoiceField(Questionnaire.Kind.values, required=False)
    question = serializers.CharField(max_length=60, required=False)
    document = serializers.UUIDField(required=False)
    place = serializers.CharField(max_length=100, allow_blank=True, default="", help_text="Page, sheet or line")
    said_by = serializers.CharField(max_length=200, allow_blank=True, default="")
    said_on = serializers.DateField(required=False, allow_null=True)

    NEEDED = {
        Kind.SENTENCE: ("meeting", "sentence"),
        Kind.ANSWER: ("questionnaire", "question"),
        Kind.DOCUMENT: ("document",),
        Kind.SAID: (),
    }

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in self.NEEDED[Kind(given["kind"])] if name not in given]
        if missing:
            raise serializers.ValidationError(dict.fromkeys(missing, "Such a source needs this."))
        return given


class SuggestedSourceSerializer(Reads):
    quote = serializers.CharField()
    label = serializers.CharField()


class SuggestionSerializer(Reads):
    """A requirement that answers or sentences suggest, and why. Computed at each look."""

    key = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.CharField()
    priority = serializers.CharField(allow_blank=True)
    flow = serializers.CharField(allow_blank=True)
    why = serializers.CharField()
    sources = SuggestedSourceSerializer(many=True)


class TakeSuggestionSerializer(RequirementWordsSerializer):
    key = serializers.CharField(max_length=120)


class DismissSuggestionSerializer(serializers.Serializer):
    key = serializers.CharField(max_length=120)


class Sources(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="name_source",
        tags=["requirements"],
        summary="Name a source of a requirement",
        description="By specialists. A sentence, answer or document of another engagement is not there (404).",
        request=NameSourceSerializer,
        parameters=[schema.KEY],
        responses={201: schema.told(RequirementSourceSerializer, "Named"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        one, given = found(self, request, reference, number), taken(NameSourceSerializer, request)
        who: dict[str, Any] = {"by": request.viewer, "at": now()}

        def name() -> tuple[int, dict[str, Any]]:
            if given["kind"] == Kind.SENTENCE:
                here = Sentence.objects.filter(
                    transcript__engagement=one.engagement_id, transcript__meeting=given["meeting"]
                )
                sentence = access.get(request, here, index=given["sentence"])
                named = requirement_sources.cite_sentence(one.pk, sentence_id=sentence.pk, **who)
            elif given["kind"] == Kind.ANSWER:
                rows = Questionnaire.objects.filter(engagement=one.engagement_id)
                row = access.get(request, rows, kind=given["questionnaire"])
                named = requirement_sources.cite_answer(
                    one.pk, questionnaire_id=row.pk, question=given["question"], **who
                )
            elif given["kind"] == Kind.DOCUMENT:
                named = requirement_sources.cite_document(
                    one.pk, document_uuid=str(given["document"]), place=given["place"], quote=given["quote"], **who
                )
            else:
                named = requirement_sources.say(
                    one.pk, quote=given["quote"], said_by=given["said_by"], said_on=given.get("said_on"), **who
                )
            return 201, source(named)

        return idempotency.once(request, name)


class Suggestions(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="suggestions",
        tags=["requirements"],
        summary="Requirements that answers and the transcript suggest",
        description="Neither taken nor put aside yet; each says why, with the words it rests on.",
        responses={
            200: schema.told(
                inline_serializer("Suggestions", {"items": SuggestionSerializer(many=True)}), "All of them"
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        found = suggested.open_for(self.engagement(reference))
        return Response({"items": [_suggestion(one) for one in found]})

    @extend_schema(
        operation_id="take_suggestion",
        tags=["requirements"],
        summary="Put a suggestion on the list",
        description="As edited, with the sources it rests on. Taken twice it is on the list once.",
        request=TakeSuggestionSerializer,
        parameters=[schema.KEY],
        responses={201: schema.told(RequirementSerializer, "On the list"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(TakeSuggestionSerializer, request)

        def take() -> tuple[int, dict[str, Any]]:
            one = suggestions.take(engagement.pk, **given, by=request.viewer, at=now())
            return 201, drawn(request, reference, one)

        return idempotency.once(request, take)


class Dismissals(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="dismiss_suggestion",
        tags=["requirements"],
        summary="Put a suggestion aside",
        description="By specialists. It is suggested no more until that is undone.",
        request=DismissSuggestionSerializer,
        parameters=[schema.KEY],
        responses={
            200: schema.told(DismissSuggestionSerializer, "Put aside"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(DismissSuggestionSerializer, request)

        def dismiss() -> tuple[int, dict[str, Any]]:
            return 200, {"key": suggestions.dismiss(engagement.pk, key=given["key"], by=request.viewer, at=now()).key}

        return idempotency.once(request, dismiss)


class Restorals(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="restore_suggestion",
        tags=["requirements"],
        summary="Show a suggestion again",
        description="By specialists: what was put aside is suggested again. 404 for what was not put aside.",
        request=DismissSuggestionSerializer,
        parameters=[schema.KEY],
        responses={
            200: schema.told(DismissSuggestionSerializer, "Suggested again"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(DismissSuggestionSerializer, request)

        def restore() -> tuple[int, dict[str, Any]]:
            suggestions.restore(engagement.pk, key=given["key"], by=request.viewer, at=now())
            return 200, {"key": given["key"]}

        return idempotency.once(request, restore)


def _suggestion(one: Suggestion) -> dict[str, Any]:
    plain = ("key", "text", "kind", "priority", "flow", "why")
    return {**{name: getattr(one, name) for name in plain}, "sources": [_draft(each) for each in one.sources]}


def _draft(one: Draft) -> dict[str, str]:
    return {"quote": one.quote, "label": one.label}
