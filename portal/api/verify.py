"""/api/v1/verify/: whether a PDF is one of ours, told to anybody as the verify page tells it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from allauth.core import ratelimit
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from onboarding import errors
from onboarding.workflow.status import iso
from portal import sealed_files
from portal.api import schema
from portal.api.bodies import taken_file
from portal.api.idempotency import KEY_HEADER
from portal.api.serializers import Reads

NO_KEY = OpenApiParameter(
    KEY_HEADER, str, OpenApiParameter.HEADER,
    description="Not looked at here: nothing is kept and nothing happens, however often the file is sent.",
)  # fmt: skip
WAIT_SECONDS = 60  # after which an address may ask again, if at a lower pace


class SealedFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="One PDF of up to 25 MB")


class FoundSerializer(Reads):
    """Of a file that is not ours nothing but its name and hash is told."""

    verdict = serializers.ChoiceField(sealed_files.VERDICTS)
    title = serializers.CharField(help_text="The verdict in a few words")
    meaning = serializers.CharField(help_text="What it means for whoever holds the file")
    words = serializers.ListField(child=serializers.CharField(), help_text="What it rests on, and what to do")
    agreement = serializers.CharField(allow_blank=True, help_text="Its number, of a file that is ours unchanged")
    provider = serializers.CharField(allow_blank=True, help_text="Where it was signed, when that was elsewhere")
    envelope = serializers.CharField(allow_blank=True, help_text="The provider's own id of it")
    completed_at = serializers.DateTimeField(allow_null=True)
    sealed_at = serializers.DateTimeField(allow_null=True)
    stamped_by = serializers.CharField(allow_blank=True, help_text="The time stamp's authority; empty: our own clock")
    certificate = serializers.CharField(allow_blank=True, help_text="With which it was sealed")
    serial = serializers.CharField(allow_blank=True, help_text="The certificate's, hexadecimal")
    file_name = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField()


class Verify(APIView):
    """No token is asked for, as the page asks for no account: whoever was handed an agreement may be anybody, and a token
    would tell us who they are. So it counts by address, in the page's own allowance, and knows no tenant. Its address is
    marked `non_atomic_requests`: another process reads the file, and no transaction waits for it.
    """

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []
    parser_classes = [MultiPartParser]
    is_atomic = False
    metadata_class = None

    @extend_schema(
        operation_id="verify",
        tags=["agreements"],
        summary="Verify a sealed agreement",
        description="Whether a PDF is one that we sealed, or fetched from where it was signed, and whether anything in it "
        "was changed since. As `multipart/form-data`. It is looked at, not kept. No token is needed; an address may ask "
        "20 times a minute and 200 times an hour, on the page and here together. 409 while many files are looked at.",
        request={"multipart/form-data": SealedFileSerializer},
        parameters=[NO_KEY],
        auth=[],
        responses={200: schema.told(FoundSerializer, "What it is"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        if not ratelimit.consume(request._request, action=sealed_files.RATE):  # noqa: SLF001 - Django's own
            raise Throttled(wait=WAIT_SECONDS)
        file = taken_file(SealedFileSerializer, request)["file"]
        if not sealed_files.is_pdf(file):
            raise errors.BadInput(fields={"file": sealed_files.no_pdf_words()})
        return Response(_drawn(sealed_files.look_at(file)), headers={"Cache-Control": "no-store"})


def _drawn(finding: sealed_files.Finding) -> dict[str, Any]:
    facts = asdict(finding.facts)
    times = {name: iso(facts.pop(name)) for name in ("completed_at", "sealed_at")}
    told = {name: getattr(finding, name) for name in ("verdict", "title", "meaning", "words", "sha256")}
    return told | facts | times | {"file_name": finding.name}
