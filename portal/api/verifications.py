"""…/verifications/, …/domain-proof/, …/company/ and …/records/: who the customer is, proved, corrected, approved."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import verifications
from onboarding.library.verification_checks import BY_CODE, CHOICES
from onboarding.models import Company, Document, Engagement, Verification
from onboarding.queries import duplicates, records
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

READ, WRITE = "verifications:read", "verifications:write"
DECISIONS = ["passed", "failed", "waived"]
CODES = [code for code, _ in CHOICES]


class VerificationSerializer(Reads):
    check = serializers.ChoiceField(CODES)
    title = serializers.CharField()
    proves = serializers.CharField(help_text="What it proves once it passed")
    outcome = serializers.ChoiceField(Verification.Outcome.values)
    value = serializers.CharField(allow_blank=True, help_text="What was checked")
    evidence = serializers.CharField(allow_blank=True, help_text="What shows it, or what was wrong")
    document = serializers.UUIDField(allow_null=True, help_text="The document that shows it")
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)
    reopened_at = serializers.DateTimeField(allow_null=True, help_text="Set while a change has to be checked anew")
    reopened_because = serializers.CharField(allow_blank=True)
    is_internal = serializers.BooleanField(help_text="Only InterWeave's own tokens see such a check")


class TwinSerializer(Reads):
    legal_name = serializers.CharField()
    registration_number = serializers.CharField()
    country = serializers.CharField()
    state = serializers.ChoiceField(Company.State.values)
    registered_at = serializers.DateTimeField()
    shared = serializers.ListField(child=serializers.CharField(), help_text="What both have, such as `tax id`")
    engagement = serializers.CharField(allow_blank=True, help_text="Its newest engagement's reference; empty: none yet")


class VerificationListSerializer(Reads):
    items = VerificationSerializer(many=True)
    twins = TwinSerializer(
        many=True, required=False, help_text="Other companies like this one; only InterWeave's own tokens see them"
    )


class DecisionSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(DECISIONS)
    evidence = serializers.CharField(max_length=500)
    document = serializers.UUIDField(required=False, help_text="A released document of the engagement that shows it")


class CompanySerializer(serializers.Serializer):
    """Every detail may be left out of a correction; what is sent as an empty text is emptied."""

    name = serializers.CharField(max_length=200, required=False)
    legal_name = serializers.CharField(max_length=200, required=False)
    registration_number = serializers.CharField(max_length=60, required=False)
    tax_id = serializers.CharField(max_length=60, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, help_text="ISO 3166-1, two letters")
    street = serializers.CharField(max_length=200, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    region = serializers.CharField(max_length=100, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    website = serializers.URLField(required=False, allow_blank=True)


class KnownCompanySerializer(CompanySerializer):
    mail_domain = serializers.CharField(allow_blank=True, help_text="Changed by proving another domain")


class Verifications(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="verifications",
        tags=["verifications"],
        summary="The checks of the customer's details",
        description="Empty before step IV. A changed detail opens its check again: `reopened_because` says what changed.",
        responses={200: schema.told(VerificationListSerializer, "The checks"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_told(request, self.engagement(reference)))


class Decide(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="decide_verification",
        tags=["verifications"],
        summary="Decide a check",
        description="By specialists, with what shows it; leads alone waive, and not every check can be waived.",
        request=DecisionSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(VerificationSerializer, "Decided"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str, check: str) -> Response:
        engagement, given = self.engagement(reference), taken(DecisionSerializer, request)
        row = access.get(request, _visible(request, engagement), check_code=check)

        def decide() -> tuple[int, dict[str, Any]]:
            document_id = _document_id(request, engagement, given.get("document"))
            try:
                done = verifications.decide(
                    engagement.pk, check_code=row.check_code, outcome=given["outcome"], evidence=given["evidence"],
                    document_id=document_id, by=request.viewer, at=now(),
                )  # fmt: skip
            except errors.BadInput as refusal:  # on the wire a document is named by its uuid
                fields = {name.removesuffix("_id"): words for name, words in refusal.fields.items()}
                raise errors.BadInput(fields=fields) from None
            return 200, drawn(done)

        return idempotency.once(request, decide)


class RunRules(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="run_verification_rules",
        tags=["verifications"],
        summary="Have the rules look again",
        description="By specialists: at what is open, and at what a rule failed. What a person decided stays.",
        request=None,
        parameters=[schema.KEY],
        responses={200: schema.told(VerificationListSerializer, "The checks"), **schema.refusals(400, 409, 413, 415)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)

        def look() -> tuple[int, dict[str, Any]]:
            verifications.look_again(engagement.pk, by=request.viewer, at=now())
            return 200, _told(request, engagement)

        return idempotency.once(request, look)


class CompanyDetails(Endpoint):
    scopes = {"GET": READ, "PATCH": WRITE}

    @extend_schema(
        operation_id="company",
        tags=["verifications"],
        summary="The company's details",
        description="As agreement and invoice print them.",
        responses={200: schema.told(KnownCompanySerializer, "The details"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_company(self.engagement(reference)))

    @extend_schema(
        operation_id="correct_company",
        tags=["verifications"],
        summary="Correct the company's details",
        description="By the owner or a specialist. Checks of what changed are open again, the approval of the records is "
        "withdrawn, and a draft of the agreement is written anew.",
        request=CompanySerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(KnownCompanySerializer, "Corrected"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def patch(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(CompanySerializer, request)

        def correct() -> tuple[int, dict[str, Any]]:
            engagement.company = verifications.correct_company(engagement.pk, **given, by=request.viewer, at=now())
            return 200, _company(engagement)

        return idempotency.once(request, correct)


def _visible(request: Request, engagement: Engagement) -> Any:
    rows = Verification.objects.select_related("document").filter(engagement=engagement)
    if request.viewer.is_staff:
        return rows
    return rows.filter(check_code__in=[code for code, check in BY_CODE.items() if check.for_customers])


def _told(request: Request, engagement: Engagement) -> dict[str, Any]:
    """The checks; for InterWeave also whom the check of duplicates found, which no customer may learn."""
    rows = records.in_order(access.listed(request, _visible(request, engagement)))
    told: dict[str, Any] = {"items": [drawn(row) for row in rows]}
    if request.viewer.is_staff:
        told["twins"] = [_twin(one) for one in duplicates.like(engagement.company)] if told["items"] else []
    return told


def _twin(one: duplicates.Twin) -> dict[str, Any]:
    plain = ("legal_name", "registration_number", "country", "state")
    return {
        **{name: getattr(one, name) for name in plain},
        "registered_at": iso(one.registered_at),
        "shared": list(one.shared),
        "engagement": one.reference,
    }


def _document_id(request: Request, engagement: Engagement, uuid: Any) -> int | None:
    """The document's own id; BadInput when the engagement has none of this uuid."""
    if uuid is None:
        return None
    rows = access.listed(request, Document.objects.filter(engagement=engagement, uuid=uuid))
    if (found := rows.first()) is None:
        raise errors.BadInput(fields={"document": "The engagement has no document of this uuid."})
    return int(found.pk)


def drawn(row: Verification) -> dict[str, Any]:
    about = BY_CODE[row.check_code]
    return {
        "check": row.check_code,
        "title": about.title,
        "proves": about.proves,
        **{name: getattr(row, name) for name in ("outcome", "value", "evidence", "by", "reopened_because")},
        **{name: iso(getattr(row, name)) for name in ("at", "reopened_at")},
        "document": str(row.document.uuid) if row.document else None,
        "is_internal": row.is_internal,
    }


def _company(engagement: Engagement) -> dict[str, str]:
    return {name: getattr(engagement.company, name) for name in (*verifications.DETAILS, "mail_domain")}
