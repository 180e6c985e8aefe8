"""…/questionnaires/: both documents of step II with their questions, answers and reviews; answered and submitted."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import questionnaires
from onboarding.library import questionnaires as library
from onboarding.models import Answer, Questionnaire, QuestionnaireSubmission
from onboarding.queries import questionnaires as queries
from onboarding.queries import section_assignments, submissions
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads
from portal.plain_text import plain

MOST_ANSWERS = 100
ROWS = ("last_submission__document", "engagement__company")
IF_NONE_MATCH = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you hold")


@extend_schema_field({"type": ["string", "integer", "boolean", "array"]})
class AnswerField(serializers.JSONField):
    """An answer as its question's type has it; null for none."""


class AnswerSerializer(Reads):
    question = serializers.CharField()
    label = serializers.CharField()
    value = AnswerField(allow_null=True, help_text="As stored; null while unanswered")
    shown = serializers.ListField(child=serializers.CharField(), help_text="The answer in words")
    version = serializers.IntegerField(help_text="0 while nobody answered; send it back when you change the answer")
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)
    review = serializers.ChoiceField([value for value in Answer.Review.values if value], allow_blank=True)
    review_note = serializers.CharField(allow_blank=True)


class SectionSerializer(Reads):
    code = serializers.CharField()
    title = serializers.CharField()
    assigned_to = serializers.CharField(allow_null=True, help_text="The member who was asked to answer it")
    answers = AnswerSerializer(many=True)


class SubmissionSerializer(Reads):
    number = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the answers as canonical JSON, or of the file")
    is_file = serializers.BooleanField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    document = serializers.UUIDField(help_text="Its PDF, or the file: among the documents")


class QuestionnaireSerializer(Reads):
    kind = serializers.ChoiceField(Questionnaire.Kind.values)
    title = serializers.CharField()
    state = serializers.ChoiceField(Questionnaire.State.values)
    schema_version = serializers.IntegerField()
    answered = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Questions that the present answers lead to")
    reviewed_at = serializers.DateTimeField(allow_null=True)
    reviewed_by = serializers.CharField(allow_blank=True)
    review_note = serializers.CharField(allow_blank=True)
    submission = SubmissionSerializer(allow_null=True, help_text="The last one")
    url = serializers.URLField()


class QuestionnaireDetailSerializer(QuestionnaireSerializer):
    sha256 = serializers.CharField(help_text="Of the present answers: send it with your submission")
    sections = SectionSerializer(many=True)


class GivenSerializer(serializers.Serializer):
    value = AnswerField(allow_null=True)
    version = serializers.IntegerField(
        min_value=0, required=False, allow_null=True, help_text="As last read; without it whatever is there is replaced"
    )


class AnswersSerializer(serializers.Serializer):
    answers = serializers.DictField(child=GivenSerializer(), allow_empty=False, help_text="By question code")

    def validate_answers(self, given: dict[str, Any]) -> dict[str, Any]:
        if len(given) > MOST_ANSWERS:
            raise serializers.ValidationError(f"Send at most {MOST_ANSWERS} answers at a time.")
        return given


class SubmitSerializer(serializers.Serializer):
    sha256 = serializers.CharField(
        required=False, default="", max_length=64, help_text="Of the answers you read; 409 when one changed since"
    )


def found(view: Endpoint, request: Request, reference: str, kind: str) -> Questionnaire:
    """The questionnaire of the address, if the token may see it; else 404."""
    rows = Questionnaire.objects.select_related(*ROWS).filter(engagement=view.engagement(reference))
    return access.get(request, rows, kind=kind)


def plain_value(value: Any) -> Any:
    """A JSON value whose texts hold nothing that databases refuse."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [plain_value(one) for one in value]
    if isinstance(value, dict):
        return {plain(str(name)): plain_value(one) for name, one in value.items()}
    return value


class Questionnaires(Endpoint):
    scopes = {"GET": "questionnaires:read"}

    @extend_schema(
        operation_id="questionnaires",
        tags=["questionnaires"],
        summary="Both documents of step II, and how far they are",
        description="Empty before step II.",
        responses={
            200: schema.told(
                inline_serializer("Questionnaires", {"items": QuestionnaireSerializer(many=True)}), "At most two"
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)
        rows = access.listed(request, Questionnaire.objects.filter(engagement=engagement)).select_related(*ROWS)
        return Response({"items": [_summary(request, one, queries.sheet(one)) for one in rows.order_by("pk")]})


class QuestionnaireDetail(Endpoint):
    scopes = {"GET": "questionnaires:read"}

    @extend_schema(
        operation_id="questionnaire",
        tags=["questionnaires"],
        summary="One document with its questions and answers",
        description="Only the questions that the present answers lead to. Reviews of a document in review are told once "
        "it is sent back or accepted.",
        parameters=[IF_NONE_MATCH],
        responses={
            200: schema.told(QuestionnaireDetailSerializer, "The document as it stands"),
            304: OpenApiResponse(description="Unchanged since the ETag you sent"),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str, kind: str) -> HttpResponseBase:
        body = drawn(request, found(self, request, reference, kind))
        tag = f'W/"{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]}"'
        if tag in [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]:
            return HttpResponseNotModified(headers={"ETag": tag})
        return Response(body, headers={"ETag": tag})


class QuestionnaireSchema(Endpoint):
    scopes = {"GET": "questionnaires:read"}

    @extend_schema(
        operation_id="questionnaire_schema",
        tags=["questionnaires"],
        summary="Every question there is, shown or not",
        description="Each with its type, choices, columns, bounds and the answer that shows it. A version never changes: "
        "keep it by `kind` and `version`.",
        responses={
            200: schema.told(
                inline_serializer(
                    "QuestionnaireSchema",
                    {
                        "kind": serializers.ChoiceField(Questionnaire.Kind.values),
                        "version": serializers.IntegerField(),
                        "title": serializers.CharField(),
                        "sections": serializers.ListField(child=serializers.DictField()),
                    },
                ),
                "The questions",
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str, kind: str) -> Response:
        asked = queries.schema_of(found(self, request, reference, kind))
        return Response(
            {
                "kind": asked.kind,
                "version": asked.version,
                "title": asked.title,
                "sections": [
                    {"code": one.code, "title": one.title, "questions": [question_drawn(q) for q in one.questions]}
                    for one in asked.sections
                ],
            }
        )


class Answers(Endpoint):
    scopes = {"PATCH": "questionnaires:write"}

    @extend_schema(
        operation_id="save_answers",
        tags=["questionnaires"],
        summary="Answer several questions at once, all or none",
        description="Each answer with the `version` you read. 409 when a colleague changed one meanwhile: `answers` then "
        "holds theirs (`value`, `version`, `by`); decide, and send it with that version. 422 with words at each "
        "question that can't be taken. Null clears an answer.",
        request=AnswersSerializer,
        responses={
            200: schema.told(QuestionnaireDetailSerializer, "Saved: the document as it stands"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def patch(self, request: Request, reference: str, kind: str) -> Response:
        row = found(self, request, reference, kind)
        given = AnswersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        answers = {
            plain(code): (plain_value(one["value"]), one.get("version"))
            for code, one in given.validated_data["answers"].items()
        }
        questionnaires.save_answers(row.pk, answers=answers, by=request.viewer, at=now())
        return Response(drawn(request, row), headers={"Cache-Control": "no-store"})


class Submit(Endpoint):
    scopes = {"POST": "questionnaires:write"}

    @extend_schema(
        operation_id="submit",
        tags=["questionnaires"],
        summary="Hand the document in",
        description="422 with every required question that has no answer. With `sha256`, 409 when an answer changed since "
        "you read them.",
        request=SubmitSerializer,
        parameters=[schema.KEY],
        responses={
            200: schema.told(QuestionnaireDetailSerializer, "Submitted"),
            **schema.refusals(400, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, reference: str, kind: str) -> Response:
        row = found(self, request, reference, kind)
        given = SubmitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        seen = given.validated_data["sha256"]

        def submit() -> tuple[int, dict[str, Any]]:
            done = questionnaires.submit(row.pk, seen_sha256=seen, by=request.viewer, at=now())
            return 200, drawn(request, done)

        return idempotency.once(request, submit)


def drawn(request: Request, row: Questionnaire) -> dict[str, Any]:
    """A questionnaire with its sections and answers."""
    sections, given = queries.sheet(row), section_assignments.by_section(row)
    is_staff = request.viewer.is_staff
    return {
        **_summary(request, row, sections),
        "sha256": submissions.present_sha256(row, sections),
        "sections": [
            {
                "code": one.code,
                "title": one.title,
                "assigned_to": _whose(given.get(one.code)),
                "answers": [_line(line, is_staff=is_staff) for line in one.lines],
            }
            for one in sections
        ],
    }


def _whose(given: Any) -> str | None:
    return None if given is None or given.has_lapsed else str(given.member.user.name)


def _summary(request: Request, row: Questionnaire, sections: list[queries.Sheet]) -> dict[str, Any]:
    place = reverse("api:questionnaire", args=[row.engagement.reference, row.kind])
    return {
        "kind": row.kind,
        "title": row.get_kind_display(),
        "state": row.state,
        "schema_version": row.schema_version,
        "answered": sum(one.answered for one in sections),
        "total": sum(len(one.lines) for one in sections),
        "reviewed_at": iso(row.reviewed_at),
        "reviewed_by": row.reviewed_by,
        "review_note": row.review_note,
        "submission": submission_drawn(row.last_submission) if row.last_submission else None,
        "url": request.build_absolute_uri(place),
    }


def submission_drawn(row: QuestionnaireSubmission) -> dict[str, Any]:
    """One submission, without its answers."""
    plain_values = ("number", "schema_version", "sha256", "is_file", "by")
    return {
        **{name: getattr(row, name) for name in plain_values},
        "at": iso(row.at),
        "document": str(row.document.uuid),
    }


def _line(line: queries.Line, *, is_staff: bool) -> dict[str, Any]:
    is_told = is_staff or line.is_sent_back
    return {
        "question": line.question.code,
        "label": line.question.label,
        "value": line.value,
        "shown": line.shown if isinstance(line.shown, list) else [line.shown] if line.shown else [],
        "version": line.version,
        "by": line.by,
        "at": iso(line.at),
        "review": line.review if is_told else "",
        "review_note": line.review_note if is_told else "",
    }


def question_drawn(question: library.Question) -> dict[str, Any]:
    """One question as programs need it; what does not belong to its type is left out."""
    said: dict[str, Any] = {
        "code": question.code, "label": question.label, "type": question.type, "is_required": question.required,
        "is_key": question.key, "hint": question.hint,
    }  # fmt: skip
    if question.knower:
        said["usually_known_by"] = question.knower
    if question.choices:
        said["choices"] = [{"value": one.value, "label": one.label} for one in question.choices]
    if question.type == "number":
        said |= {"unit": question.unit, "minimum": question.minimum, "maximum": question.maximum,
                 "decimals": question.decimals}  # fmt: skip
    if question.type in {"text", "long_text"}:
        said["max_length"] = question.max_length
    if question.columns:
        said |= {"columns": [question_drawn(one) for one in question.columns], "min_rows": question.min_rows,
                 "max_rows": question.max_rows}  # fmt: skip
    if question.not_before:
        said["not_before"] = question.not_before
    if question.type == "file":
        said["most"] = question.most
    if question.show_if:
        said["show_if"] = {"question": question.show_if.question, "is": list(question.show_if.values)}
    return said


def of_submission(row: Questionnaire, given: str, *, field: str) -> QuestionnaireSubmission:
    """The submission of this number; BadInput with words at the field for any other."""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
    if one := row.submissions.filter(number=number).first():
        return one
    last = row.last_submission.number if row.last_submission else 0
    there = f"Choose from 1 to {last}." if last else "There are none yet."
    raise errors.BadInput(fields={field: f"There is no such submission. {there}"})
