"""The OpenAPI description and its page: made once a process, as it changes only with the code."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from onboarding.models import Connection, Document, Questionnaire
from onboarding.models.base import Work
from onboarding.queries.engagements import STATES
from portal.api import problems
from portal.api.idempotency import KEY_HEADER
from portal.api.serializers import JOURNEY_STATES, OWNERS, STEP_CODES, KindSerializer, ProblemSerializer

PROBLEM = (401, 403, 404, 406, 429, 500)
KEY = OpenApiParameter(
    KEY_HEADER, str, OpenApiParameter.HEADER,
    description="Up to 100 visible ASCII characters of your choice, new for each request. Sent again with the same "
    "body, the request gets its first reply and nothing happens twice; with another body it is refused (422). "
    "A key is kept for a day.",
)  # fmt: skip
CURSOR = OpenApiParameter("cursor", str, description="Where this page begins: from the address under `next`")
LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}, description="How many on a page"
)
DESCRIPTION = """Where every engagement stands, and what moves it on.

Tokens are made on the page *People* of the portal and sent as `Authorization: Bearer iw_…`. A token sees its company's
engagements and nothing else; what is not yours reads as 404. Every error is `application/problem+json`.
Ask for the status as often as you like: send the `ETag` back as `If-None-Match` and an unchanged status is a 304."""
CUSTOM = {
    "DESCRIPTION": DESCRIPTION,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "TAGS": [
        {"name": "engagements", "description": "Where engagements stand, and what happened"},
        {"name": "connections", "description": "The connected systems and the checks that prove them"},
        {"name": "documents", "description": "What was uploaded, and what the portal made"},
        {"name": "questionnaires", "description": "The two documents of step II: answered, submitted, reviewed"},
        {"name": "requirements", "description": "What the integration has to do, signed off and changed by requests"},
        {"name": "verifications", "description": "Who the customer is: checked, proved, corrected, approved"},
        {
            "name": "agreements",
            "description": "Drafted, reviewed, issued, answered; signed by people alone. And any file verified",
        },
        {"name": "invoices", "description": "Drafted, issued, paid, taken back; statements of account"},
        {"name": "doors", "description": "Links for signers and payers without an account"},
        {"name": "bank", "description": "Our own bank's statements, for InterWeave's finance"},
        {"name": "meetings", "description": "When both sides meet, and when the specialist is free"},
        {"name": "moves", "description": "From step to step"},
        {"name": "problems", "description": "What every error means"},
    ],
    "ENUM_NAME_OVERRIDES": {
        "StepCode": [(code, code) for code in STEP_CODES],
        "Owner": [(owner, owner) for owner in OWNERS],
        "WorkState": Work.State.choices,
        "ConnectionState": Connection.State.choices,
        "EngagementState": [(state, state) for state in STATES],
        "JourneyState": [(state, state) for state in JOURNEY_STATES],
        "DocumentKind": Document.Kind.choices,
        "QuestionnaireState": Questionnaire.State.choices,
        "QuestionnaireKind": Questionnaire.Kind.choices,
    },
}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "portal.api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


def refusals(*statuses: int) -> dict[Any, Any]:
    """The problems an operation answers with, beside those that any may."""
    return {
        (status, problems.CONTENT_TYPE): OpenApiResponse(ProblemSerializer, description=_what(status))
        for status in (*PROBLEM, *statuses)
    }


def _what(status: int) -> str:
    """Each problem that comes with this status: its code, and what it means."""
    kinds = [kind for kind in problems.KINDS.values() if kind.status == status]
    return "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds)


def told(serializer: Any, words: str) -> OpenApiResponse:
    """An answer with its shape and what it is."""
    return OpenApiResponse(serializer, description=words)


class Schema(SpectacularJSONAPIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []
    custom_settings = CUSTOM

    def _get_schema_response(self, request: Request) -> Response:
        return Response(described())


class Docs(SpectacularSwaggerSplitView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []
    url_name = "api:schema"


class Problems(APIView):
    """Every type of problem there is."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []

    @extend_schema(
        operation_id="problems",
        tags=["problems"],
        summary="Every type of problem",
        description="Each problem's `type` points here: its code, HTTP status, title, and what to do about it. No token "
        "is needed.",
        responses={200: told(KindSerializer(many=True), "All types")},
    )
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "code": kind.code,
                    "type": problems.type_of(kind),
                    "status": kind.status,
                    "title": kind.title,
                    "advice": kind.advice,
                }
                for kind in problems.KINDS.values()
            ]
        )


@csrf_exempt  # no session is asked here: a POST to an address that is none is told so, as a problem
def nothing(request: HttpRequest) -> HttpResponse:
    """Any other address under /api/."""
    words = "There is nothing at this address. Addresses of this API end with a slash."
    return problems.plain(NotFound(words), request)


@cache
def described() -> dict[str, Any]:
    """The OpenAPI description, as Schema's settings have it."""
    generator = Schema.generator_class(urlconf="portal.api.urls")
    return generator.get_schema(request=None, public=True)
