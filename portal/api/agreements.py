"""…/agreements/: where the Master Services Agreement stands; reviewed, issued, commented, settled, declined, voided.

Signing is not here: a signature needs a person who reads, consents and is identified just then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import agreement_comments, agreements, signing
from onboarding.models import Agreement, AgreementComment, Document, Envelope, Sealing, Signature, Signer
from onboarding.models.base import Work
from onboarding.workflow.agreement_machine import INTERNAL, AgreementState
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
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


class EnvelopeSerializer(Reads):
    """Where it is signed at another provider, and how that goes."""

    id = serializers.CharField(allow_blank=True, help_text="The provider's own; empty until it was sent")
    status = serializers.ChoiceField(Envelope.Status.values)
    sent_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(allow_blank=True, help_text="Why it is held up; told to InterWeave's tokens alone")


class SealingSerializer(Reads):
    """The making of the sealed file, once everybody signed."""

    state = serializers.ChoiceField(Work.State.values)
    problem = serializers.CharField(allow_blank=True, help_text="Why it waits; told to InterWeave's tokens alone")


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
    review_note = serializers.CharField(allow_blank=True, help_text="Why it was sent back; InterWeave's tokens alone")
    document = serializers.UUIDField(help_text="The version to sign, among the documents")
    sha256 = serializers.CharField(allow_blank=True, help_text="Of the version to sign; empty while it is made")
    executed_document = serializers.UUIDField(allow_null=True, help_text="The sealed file")
    executed_sha256 = serializers.CharField(allow_blank=True)
    envelope = EnvelopeSerializer(allow_null=True, help_text="Null: it is signed in this portal, or not sent yet")
    sealing = SealingSerializer(allow_null=True, help_text="Null: not everybody signed in this portal yet")
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
        rows = access.listed(request, _whole(self, request, reference).order_by("-id"))
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
            return 201, told_of(self, request, reference, made.number)

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
        return Response(told_of(self, request, reference, agreement))


class AgreementAct(Endpoint):
    """One act on one agreement; answers with it as it is then."""

    scopes = {"POST": WRITE}

    def act(self, request: Request, reference: str, agreement: str, do: Callable[[int], Any]) -> Response:
        row = found(self, request, reference, agreement)

        def once() -> tuple[int, dict[str, Any]]:
            do(row.pk)
            return 200, told_of(self, request, reference, agreement)

        return idempotency.once(request, once)


def described(operation_id: str, summary: str, description: str, body: Any = None) -> Any:
    """How an act on one agreement is described."""
    return extend_schema(
        operation_id=operation_id,
        tags=["agreements"],
        summary=summary,
        description=description,
        request=body,
        parameters=[schema.KEY],
        responses={200: schema.told(AgreementSerializer, "Done"), **schema.refusals(400, 409, 413, 415, 422)},
    )


class SendForReview(AgreementAct):
    @described("send_agreement_for_review", "Send a draft for internal review", "By specialists.")
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.act(
            request, reference, agreement, lambda pk: agreements.send_for_review(pk, by=request.viewer, at=now())
        )


class SendAgreementBack(AgreementAct):
    @described(
        "send_agreement_back", "Send a reviewed draft back", "By the reviewer, with what has to change.",
        SendBackSerializer,
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        note = taken(SendBackSerializer, request)["note"]
        return self.act(
            request, reference, agreement, lambda pk: agreements.send_back(pk, note=note, by=request.viewer, at=now())
        )


class IssueAgreement(AgreementAct):
    @described("issue_agreement", "Issue an agreement", "By another person than who sent it for review, or by a lead.")
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.act(request, reference, agreement, lambda pk: agreements.issue(pk, by=request.viewer, at=now()))


class DeclineAgreement(AgreementAct):
    @described(
        "decline_agreement", "Decline an agreement", "By the customer's owner or signatory, with the reason; everyone "
        "concerned is told.", AgreementReasonSerializer,
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        reason = taken(AgreementReasonSerializer, request)["reason"]
        return self.act(
            request, reference, agreement, lambda pk: signing.decline(pk, reason=reason, by=request.viewer, at=now())
        )


class VoidAgreement(AgreementAct):
    @described("void_agreement", "Void an agreement", "By a lead, signed or not, with the reason.",
                AgreementReasonSerializer)  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        reason = taken(AgreementReasonSerializer, request)["reason"]
        return self.act(
            request, reference, agreement, lambda pk: agreements.void(pk, reason=reason, by=request.viewer, at=now())
        )


class CommentOnAgreement(AgreementAct):
    @described(
        "comment_on_agreement", "Comment an agreement", "By either side, at a clause or about the whole.",
        AgreementWordsSerializer,
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        given = taken(AgreementWordsSerializer, request)
        return self.act(
            request, reference, agreement,
            lambda pk: agreement_comments.write(pk, **given, by=request.viewer, at=now()),
        )  # fmt: skip


class SettleComment(AgreementAct):
    @described(
        "settle_agreement_comment", "Settle what was said at a clause", "By either side: the comment with all others at "
        "its clause. Another comment opens it again.",
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str, comment_id: int) -> Response:
        said = AgreementComment.objects.filter(agreement=found(self, request, reference, agreement))
        row = access.get(request, said, pk=comment_id)
        return self.act(
            request, reference, agreement,
            lambda pk: agreement_comments.settle(row.pk, by=request.viewer, at=now()),
        )  # fmt: skip


def found(view: Endpoint, request: Request, reference: str, number: str) -> Agreement:
    """The agreement of the address, if the token may see it; else 404. A customer's token finds no draft."""
    return access.get(request, _visible(view, request, reference), number=number)


def _visible(view: Endpoint, request: Request, reference: str) -> QuerySet[Agreement]:
    rows = Agreement.objects.filter(engagement=view.engagement(reference))
    rows = rows.select_related("document", "executed_document", "envelope", "sealing")
    return rows if request.viewer.is_staff else rows.exclude(state__in=[state.value for state in INTERNAL])


def _whole(view: Endpoint, request: Request, reference: str) -> QuerySet[Agreement]:
    return _visible(view, request, reference).prefetch_related("signers__signature", "comments")


def told_of(view: Endpoint, request: Request, reference: str, number: str) -> dict[str, Any]:
    """The agreement as it is now."""
    return _drawn(request, reference, access.get(request, _whole(view, request, reference), number=number))


def _drawn(request: Request, reference: str, row: Agreement) -> dict[str, Any]:
    executed: Document | None = row.executed_document
    times = ("issued_at", "executed_at", "closed_at")
    return {
        **{name: getattr(row, name) for name in ("number", "state", "provider", "template_version", "closed_reason")},
        **{name: iso(getattr(row, name)) for name in times},
        "review_note": row.review_note if request.viewer.is_staff else "",
        "total": row.terms["total"],
        "currency": row.terms["currency"],
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "document": str(row.document.uuid),
        "sha256": row.document.sha256,
        "executed_document": str(executed.uuid) if executed and executed.is_ready else None,
        "executed_sha256": executed.sha256 if executed else "",
        "envelope": _envelope(row.envelope, request) if hasattr(row, "envelope") else None,
        "sealing": _sealing(row.sealing, request) if hasattr(row, "sealing") else None,
        "signers": [_signer(one) for one in row.signers.all()],
        "comments": [_comment(one) for one in row.comments.all()],
        "url": request.build_absolute_uri(reverse("api:agreement", args=[reference, row.number])),
    }


def _envelope(one: Envelope, request: Request) -> dict[str, Any]:
    times = {name: iso(getattr(one, name)) for name in ("sent_at", "completed_at")}
    return {"id": one.external_id, "status": one.status, **times, "problem": _problem(one, request)}


def _sealing(one: Sealing, request: Request) -> dict[str, Any]:
    return {"state": one.state, "problem": _problem(one, request)}


def _problem(work: Envelope | Sealing, request: Request) -> str:
    """In words; InterWeave's own, as on the pages."""
    return str(work.problem.get("words", "")) if work.problem and request.viewer.is_staff else ""


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
