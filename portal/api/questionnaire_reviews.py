"""…/questionnaires/<kind>/…: the review of a document by specialists, its comments, and what was submitted when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import answer_comments, answer_reviews, key_facts, questionnaires
from onboarding.models import AnswerComment, Questionnaire
from onboarding.queries import submissions
from onboarding.workflow.status import iso
from portal.api import cursors, idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.questionnaires import (
    AnswerField,
    QuestionnaireDetailSerializer,
    SubmissionSerializer,
    drawn,
    found,
    of_submission,
    plain_value,
    submission_drawn,
)
from portal.api.serializers import Reads

DONE = {
    200: schema.told(QuestionnaireDetailSerializer, "Done: the document as it stands"),
    **schema.refusals(400, 409, 413, 415, 422),
}


class AnswerReviewSerializer(serializers.Serializer):
    accepted = serializers.ListField(child=serializers.CharField(max_length=60), required=False, default=list)
    revision_needed = serializers.DictField(
        child=serializers.CharField(max_length=answer_reviews.LONGEST_NOTE), required=False, default=dict,
        help_text="By question code, what should change",
    )  # fmt: skip
    cleared = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list, help_text="Marks to take away"
    )


class AcceptanceSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class RevisionSerializer(AcceptanceSerializer):
    questions = serializers.DictField(
        child=serializers.CharField(max_length=answer_reviews.LONGEST_NOTE), required=False, default=dict,
        help_text="By question code, what should change, beside what is marked already",
    )  # fmt: skip


class QuestionSerializer(serializers.Serializer):
    question = serializers.CharField(max_length=60)


class ReopeningSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class FactsSerializer(serializers.Serializer):
    facts = serializers.DictField(child=AnswerField(allow_null=True), help_text="By key question's code")


class CommentSerializer(Reads):
    id = serializers.IntegerField()
    question = serializers.CharField()
    text = serializers.CharField()
    is_staff = serializers.BooleanField(help_text="True: InterWeave's side wrote it")
    by = serializers.CharField()
    at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = serializers.CharField(allow_blank=True)


class WriteCommentSerializer(QuestionSerializer):
    text = serializers.CharField(max_length=answer_comments.LONGEST)


class DifferenceSerializer(Reads):
    kind = serializers.ChoiceField(["added", "changed", "removed"])
    question = serializers.CharField()
    label = serializers.CharField()
    before = serializers.ListField(child=serializers.CharField(), help_text="In words")
    after = serializers.ListField(child=serializers.CharField())
    only_in = serializers.IntegerField(help_text="The version of the questions that alone asks it; 0: both do")


class Acting(Endpoint):
    """One act on a questionnaire: its fields are the action's own keywords."""

    scopes = {"POST": "questionnaires:write"}

    def act(
        self, request: Request, reference: str, kind: str, takes: type[serializers.Serializer],
        call: Callable[..., Questionnaire],
    ) -> Response:  # fmt: skip
        row = found(self, request, reference, kind)
        given = takes(data=request.data)
        given.is_valid(raise_exception=True)

        def do() -> tuple[int, dict[str, Any]]:
            return 200, drawn(request, call(row.pk, **plain_value(given.validated_data), by=request.viewer, at=now()))

        return idempotency.once(request, do)


class Review(Acting):
    @extend_schema(
        operation_id="review_answers", tags=["questionnaires"], summary="Review single answers of a submission",
        description="For tokens of InterWeave's specialists. Accepted answers are locked; the customer sees the marks once "
        "the document is sent back.",
        request=AnswerReviewSerializer, parameters=[schema.KEY], responses=DONE,
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        def record(pk: int, *, accepted: Any, revision_needed: Any, cleared: Any, **who: Any) -> Questionnaire:
            outcomes = dict.fromkeys(cleared, "") | dict.fromkeys(accepted, "accepted")
            outcomes |= dict.fromkeys(revision_needed, "revision_needed")
            return answer_reviews.record(pk, outcomes=outcomes, notes=revision_needed, **who)

        return self.act(request, reference, kind, AnswerReviewSerializer, record)


class Undo(Acting):
    @extend_schema(
        operation_id="undo_acceptance", tags=["questionnaires"], summary="Take the acceptance of one answer back",
        description="For tokens of InterWeave's specialists.",
        request=QuestionSerializer, parameters=[schema.KEY], responses=DONE,
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        return self.act(request, reference, kind, QuestionSerializer, answer_reviews.undo)


class Accept(Acting):
    @extend_schema(
        operation_id="accept_questionnaire", tags=["questionnaires"], summary="Accept the document",
        description="For tokens of InterWeave's specialists: with it every answer not reviewed yet. 409 while an answer is "
        "marked for revision, 422 while a key fact of a file is not confirmed.",
        request=AcceptanceSerializer, parameters=[schema.KEY], responses=DONE,
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        return self.act(request, reference, kind, AcceptanceSerializer, questionnaires.accept)


class Revision(Acting):
    @extend_schema(
        operation_id="send_back", tags=["questionnaires"], summary="Send the document back",
        description="For tokens of InterWeave's specialists; the customer gets a mail with what should change.",
        request=RevisionSerializer, parameters=[schema.KEY], responses=DONE,
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        return self.act(request, reference, kind, RevisionSerializer, questionnaires.need_revision)


class Reopen(Acting):
    @extend_schema(
        operation_id="reopen_questionnaire", tags=["questionnaires"], summary="Put an accepted document back into review",
        description="For tokens of InterWeave's specialists.",
        request=ReopeningSerializer, parameters=[schema.KEY], responses=DONE,
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        return self.act(request, reference, kind, ReopeningSerializer, answer_reviews.reopen)


class Facts(Acting):
    @extend_schema(
        operation_id="confirm_key_facts", tags=["questionnaires"], summary="Note what a submitted file says",
        description="For tokens of InterWeave's specialists: the key questions (`is_key` in the schema) of a document that "
        "was handed in as a file. Null clears one.",
        request=FactsSerializer, parameters=[schema.KEY], responses=DONE,
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        def confirm(pk: int, *, facts: dict[str, Any], **who: Any) -> Questionnaire:
            return key_facts.confirm(pk, facts=facts, **who)

        return self.act(request, reference, kind, FactsSerializer, confirm)


class Comments(Endpoint):
    scopes = {"GET": "questionnaires:read", "POST": "questionnaires:write"}

    @extend_schema(
        operation_id="answer_comments", tags=["questionnaires"], summary="What was said about answers, newest first",
        description="By both sides, read by both.", parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "CommentPage", {"items": CommentSerializer(many=True), "next": serializers.URLField(allow_null=True)}
                ),
                "A page of comments",
            ),
            **schema.refusals(422),
        },
    )  # fmt: skip
    def get(self, request: Request, reference: str, kind: str) -> Response:
        rows, following = cursors.page(request, found(self, request, reference, kind).comments.all())
        return Response({"items": [_comment(row) for row in rows], "next": following})

    @extend_schema(
        operation_id="comment_on_answer", tags=["questionnaires"], summary="Say something about one answer",
        description="The other side gets a mail, one for a burst of comments.",
        request=WriteCommentSerializer, parameters=[schema.KEY],
        responses={201: schema.told(CommentSerializer, "Said"), **schema.refusals(400, 409, 413, 415, 422)},
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        row = found(self, request, reference, kind)
        given = WriteCommentSerializer(data=request.data)
        given.is_valid(raise_exception=True)

        def write() -> tuple[int, dict[str, Any]]:
            return 201, _comment(answer_comments.write(row.pk, **given.validated_data, by=request.viewer, at=now()))

        return idempotency.once(request, write)


class Settle(Acting):
    @extend_schema(
        operation_id="settle_comments", tags=["questionnaires"], summary="Settle what was said about one answer",
        description="By either side; another comment opens it again. 409 when nothing is open.",
        request=QuestionSerializer, parameters=[schema.KEY], responses=DONE,
    )  # fmt: skip
    def post(self, request: Request, reference: str, kind: str) -> Response:
        return self.act(request, reference, kind, QuestionSerializer, answer_comments.resolve)


def _comment(row: AnswerComment) -> dict[str, Any]:
    plain = ("id", "question", "text", "is_staff", "by", "resolved_by")
    return {**{name: getattr(row, name) for name in plain}, "at": iso(row.at), "resolved_at": iso(row.resolved_at)}


class Submissions(Endpoint):
    scopes = {"GET": "questionnaires:read"}

    @extend_schema(
        operation_id="submissions", tags=["questionnaires"], summary="Every submission, newest first",
        description="Each as it was handed in, for good, with its answers and their hash.",
        parameters=[schema.LIMIT, schema.CURSOR],
        responses={
            200: schema.told(
                inline_serializer(
                    "SubmissionPage",
                    {
                        "items": inline_serializer(
                            "SubmissionWithAnswers",
                            {
                                **SubmissionSerializer().get_fields(),
                                "answers": serializers.DictField(help_text="By question code; empty for a file"),
                            },
                            many=True,
                        ),
                        "next": serializers.URLField(allow_null=True),
                    },
                ),
                "A page of submissions",
            ),
            **schema.refusals(422),
        },
    )  # fmt: skip
    def get(self, request: Request, reference: str, kind: str) -> Response:
        rows = found(self, request, reference, kind).submissions.select_related("document")
        page, following = cursors.page(request, rows, key="number")
        return Response(
            {"items": [submission_drawn(row) | {"answers": row.answers} for row in page], "next": following}
        )


class Compare(Endpoint):
    scopes = {"GET": "questionnaires:read"}

    @extend_schema(
        operation_id="compare_submissions", tags=["questionnaires"], summary="What changed between two submissions",
        description="A file is compared by the key facts that were read from it.",
        parameters=[
            OpenApiParameter("from", int, description="The earlier submission's number; else the last but one"),
            OpenApiParameter("to", int, description="The later one's; else the last"),
        ],
        responses={
            200: schema.told(
                inline_serializer("Comparison", {"items": DifferenceSerializer(many=True)}), "In the order of the questions"
            ),
            **schema.refusals(422),
        },
    )  # fmt: skip
    def get(self, request: Request, reference: str, kind: str) -> Response:
        row = found(self, request, reference, kind)
        cursors.require_known(request.GET, frozenset({"from", "to"}))
        last = row.last_submission.number if row.last_submission else 1
        usual = {"from": str(max(last - 1, 1)), "to": str(last)}
        pair = [of_submission(row, request.GET.get(name, usual[name]), field=name) for name in usual]
        names = ("kind", "label", "before", "after", "only_in")
        changes = [
            {"question": one.code, **{name: getattr(one, name) for name in names}} for one in submissions.compare(*pair)
        ]
        return Response({"items": changes})
