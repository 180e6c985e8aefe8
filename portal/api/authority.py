"""…/authority/: the document that shows that the customer's signatory may sign, and what came of it."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import verifications
from onboarding.library.verification_checks import Code
from onboarding.models import Contact, Engagement, Verification
from portal import access
from portal.api import documents, idempotency, schema
from portal.api.bodies import taken_file
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads
from portal.api.verifications import READ, WRITE, VerificationSerializer, drawn


class SignatorySerializer(Reads):
    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    email = serializers.EmailField()


class AuthoritySerializer(Reads):
    signatory = SignatorySerializer(allow_null=True, help_text="The executive sponsor; null: nobody is named yet")
    check = VerificationSerializer(allow_null=True, help_text="Null before step IV")
    is_settled = serializers.BooleanField(help_text="True: nothing is to be sent, or not before step IV")
    document = documents.DocumentSerializer(allow_null=True, help_text="What was sent last")


class GiveAuthoritySerializer(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True, help_text="PDF or a picture, such as a register extract")


class Authority(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="authority",
        tags=["verifications"],
        summary="The signatory's authority",
        description="Who signs, what was sent to show that they may, and what the check of it came to.",
        responses={200: schema.told(AuthoritySerializer, "How it stands"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_told(request, self.engagement(reference)))

    @extend_schema(
        operation_id="give_authority",
        tags=["verifications"],
        summary="Send what shows the signatory's authority",
        description="As `multipart/form-data`. The check is open again until a specialist decides it (`verifications/"
        "authority/decide/`), once the file is checked and released. 409 once it is settled.",
        request={"multipart/form-data": GiveAuthoritySerializer},
        parameters=[schema.KEY],
        responses={201: schema.told(AuthoritySerializer, "Sent"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken_file(GiveAuthoritySerializer, request)

        def give() -> tuple[int, dict[str, Any]]:
            verifications.give_authority(engagement.pk, upload=given["file"], by=request.viewer, at=now())
            return 201, _told(request, engagement)

        return idempotency.once(request, give)


def _told(request: Request, engagement: Engagement) -> dict[str, Any]:
    rows = access.listed(request, Verification.objects.filter(engagement=engagement, check_code=Code.AUTHORITY))
    check: Verification | None = rows.select_related("document__file_check").first()
    document = check.document if check else None
    signatory = engagement.contacts.filter(kind=Contact.Kind.SPONSOR).first()
    return {
        "signatory": signatory and {name: getattr(signatory, name) for name in ("name", "title", "email")},
        "check": drawn(check) if check else None,
        "is_settled": check is None or check.outcome in verifications.SETTLED,
        "document": documents.drawn(request, engagement.reference, document) if document else None,
    }
