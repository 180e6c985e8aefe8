"""…/agreements/: where the Master Services Agreement stands; reviewed, issued, commented, declined, voided.

Signing is not here: a signature needs a person who reads, consents and is identified just then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import agreement_comments, agreements, signing
from onboarding.models import Agreement, AgreementComment, Document, Signature, Signer
from onboarding.workflow.agreement_machine import INTERNAL, AgreementState
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.endpoints import Endpoint
from portal.api.requirements import taken
from portal.api.serializers import Reads

READ, WRITE = "agreements:read", "agreements:write"


class SignerSerializer(Reads):
    position = serializers.IntegerField(help_text="Their turn, from 1")
    party = serializers.ChoiceField(Signer.Party.values)
    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    email = serializers.EmailField(allow_blank=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    viewed_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    authentication = serializers.CharField(allow_blank=True, help_text="How their identity was confirmed")


class AgreementCommentSerializer(Reads):
    id = serializers.IntegerField()
    clause = serializers.CharField(allow_blank=True, help_text="Its number as printed; empty: about the whole")
    text = serializers.CharField()
    side = serializers.ChoiceField(Signer.Party.values)
    by = serializers.CharField()
    at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class AgreementSerializer(Reads):
    number = serializers.CharField()
    state = serializers.ChoiceField(AgreementState.values)
    provider = serializers.ChoiceField(Agreement.Provider.values, help_text="Where it is signed")
    template_version = serializers.CharField()
    total = serializers.CharField(help_text="Sum of its fees, before tax")
    currency = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True, help_text="The last day to sign, where the company is")
    issued_at = serializers.DateTimeField(allow_null=True)
    executed_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_reason = serializers.CharField(allow_blank=True)
    document = serializers.UUIDField(help_text="The version to sign, among the documents")
    sha256 = serializers.CharField(allow_blank=True, help_text="Of the version to sign; empty while it is made")
    executed_document = serializers.UUIDField(allow_null=True, help_text="The sealed file")
    executed_sha256 = serializers.CharField(allow_blank=True)
    signers = SignerSerializer(many=True)
    comments = AgreementCommentSerializer(many=True)
    url = serializers.URLField()


class SendBackSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=2000)


class AgreementReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class AgreementWordsSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=4000)
    clause = serializers.CharField(max_length=20, allow_blank=True, default="")


class Agreements(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="agreements",
        tags=["agreements"],
        summary="The agreements, newest first",
        description="A customer's token sees what was issued; drafts are InterWeave's own.",
        responses={
            200: schema.told(
                inline_serializer("AgreementList", {"items": AgreementSerializer(many=True)}), "Every agreement"
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, _rows(self, request, reference).order_by("-id"))
        return Response({"items": [_drawn(request, reference, one) for one in rows]})

    @extend_schema(
        operation_id="draft_agreement",
        tags=["agreements"],
        summary="Draft the agreement anew",
        description="By specialists: after the last one was closed, or in place of one that nobody signed yet.",
        request=None,
        parameters=[schema.KEY],
        responses={201: schema.told(AgreementSerializer, "Drafted"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)

        def draft() -> tuple[int, dict[str, Any]]:
            made = agreements.draft_again(engagement.pk, by=request.viewer, at=now())
            return 201, _told(self, request, reference, made.number)

        return idempotency.once(request, draft)


class AgreementDetail(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="agreement",
        tags=["agreements"],
        summary="One agreement",
        description="With its signers in their order, when each was asked, read and signed, and the comments.",
        responses={200: schema.told(AgreementSerializer, "The agreement"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, agreement: str) -> Response:
        return Response(_told(self, request, reference, agreement))


class _Act(Endpoint):
    """One act on one agreement; answers with it as it is then."""

    scopes = {"POST": WRITE}

    def act(self, request: Request, reference: str, agreement: str, do: Callable[[int], Any]) -> Response:
        found = access.get(request, _rows(self, request, reference), number=agreement)

        def once() -> tuple[int, dict[str, Any]]:
            do(found.pk)
            return 200, _told(self, request, reference, agreement)

        return idempotency.once(request, once)


def _described(operation_id: str, summary: str, description: str, body: Any = None) -> Any:
    return extend_schema(
        operation_id=operation_id,
        tags=["agreements"],
        summary=summary,
        description=description,
        request=body,
        parameters=[schema.KEY],
        responses={200: schema.told(AgreementSerializer, "Done"), **schema.refusals(400, 409, 413, 415, 422)},
    )


class SendForReview(_Act):
    @_described("send_agreement_for_review", "Send a draft for internal review", "By specialists.")
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.act(
            request, reference, agreement, lambda pk: agreements.send_for_review(pk, by=request.viewer, at=now())
        )


class SendAgreementBack(_Act):
    @_described(
        "send_agreement_back", "Send a reviewed draft back", "By the reviewer, with what has to change.",
        SendBackSerializer,
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        note = taken(SendBackSerializer, request)["note"]
        return self.act(
            request, reference, agreement, lambda pk: agreements.send_back(pk, note=note, by=request.viewer, at=now())
        )


class IssueAgreement(_Act):
    @_described("issue_agreement", "Issue an agreement", "By another person than who sent it for review, or by a lead.")
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.act(request, reference, agreement, lambda pk: agreements.issue(pk, by=request.viewer, at=now()))


class DeclineAgreement(_Act):
    @_described(
        "decline_agreement", "Decline an agreement", "By the customer's owner or signatory, with the reason; everyone "
        "concerned is told.", AgreementReasonSerializer,
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        reason = taken(AgreementReasonSerializer, request)["reason"]
        return self.act(
            request, reference, agreement, lambda pk: signing.decline(pk, reason=reason, by=request.viewer, at=now())
        )


class VoidAgreement(_Act):
    @_described("void_agreement", "Void an agreement", "By a lead, signed or not, with the reason.",
                AgreementReasonSerializer)  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        reason = taken(AgreementReasonSerializer, request)["reason"]
        return self.act(
            request, reference, agreement, lambda pk: agreements.void(pk, reason=reason, by=request.viewer, at=now())
        )


class CommentOnAgreement(_Act):
    @_described(
        "comment_on_agreement", "Comment an agreement", "By either side, at a clause or about the whole.",
        AgreementWordsSerializer,
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        given = taken(AgreementWordsSerializer, request)
        return self.act(
            request, reference, agreement,
            lambda pk: agreement_comments.write(pk, **given, by=request.viewer, at=now()),
        )  # fmt: skip


def _rows(view: Endpoint, request: Request, reference: str) -> Any:
    rows = Agreement.objects.filter(engagement=view.engagement(reference))
    rows = rows.select_related("document", "executed_document").prefetch_related("signers__signature", "comments")
    return rows if request.viewer.is_staff else rows.exclude(state__in=[state.value for state in INTERNAL])


def _told(view: Endpoint, request: Request, reference: str, number: str) -> dict[str, Any]:
    return _drawn(request, reference, access.get(request, _rows(view, request, reference), number=number))


def _drawn(request: Request, reference: str, row: Agreement) -> dict[str, Any]:
    executed: Document | None = row.executed_document
    times = ("issued_at", "executed_at", "closed_at")
    return {
        **{name: getattr(row, name) for name in ("number", "state", "provider", "template_version", "closed_reason")},
        **{name: iso(getattr(row, name)) for name in times},
        "total": row.terms["total"],
        "currency": row.terms["currency"],
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "document": str(row.document.uuid),
        "sha256": row.document.sha256,
        "executed_document": str(executed.uuid) if executed and executed.is_ready else None,
        "executed_sha256": executed.sha256 if executed else "",
        "signers": [_signer(one) for one in row.signers.all()],
        "comments": [_comment(one) for one in row.comments.all()],
        "url": request.build_absolute_uri(reverse("api:agreement", args=[reference, row.number])),
    }


def _signer(one: Signer) -> dict[str, Any]:
    signature: Signature | None = getattr(one, "signature", None)
    return {
        **{name: getattr(one, name) for name in ("position", "party", "name", "title", "email")},
        "asked_at": iso(one.asked_at),
        "viewed_at": iso(one.viewed_at),
        "signed_at": iso(signature.signed_at) if signature else None,
        "authentication": signature.authentication if signature else "",
    }


def _comment(one: AgreementComment) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("id", "clause", "text", "side", "by")}
    return plain | {"at": iso(one.at), "settled_at": iso(one.settled_at)}
