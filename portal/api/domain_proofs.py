"""…/domain-proof/: that a mail domain is the company's own, by a code sent there or by a record in its DNS."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import domains
from onboarding.models import DomainLookup, DomainProof, Engagement
from onboarding.queries import domains as queries
from onboarding.workflow.status import iso
from portal import access
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads
from portal.api.verifications import READ, WRITE

STATES = ["none", "waiting", "expired", "exhausted", "proved"]


class LookSerializer(Reads):
    """The worker's last look into the DNS."""

    is_open = serializers.BooleanField(help_text="True: a worker looks, or will look again by itself")
    answer = serializers.ChoiceField(DomainLookup.Answer.values, allow_blank=True, help_text="Empty: not looked yet")
    found = serializers.ListField(child=serializers.CharField(), help_text="TXT records that are there")
    looked_at = serializers.DateTimeField(allow_null=True)


class DomainProofSerializer(Reads):
    state = serializers.ChoiceField(STATES)
    method = serializers.ChoiceField(DomainProof.Method.values, allow_blank=True)
    domain = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True, help_text="Where the code went")
    code_expires_at = serializers.DateTimeField(allow_null=True)
    tries_left = serializers.IntegerField(allow_null=True)
    record = serializers.CharField(allow_blank=True, help_text="What the TXT record at the domain must say")
    look = LookSerializer(allow_null=True)
    problem = serializers.CharField(allow_blank=True, help_text="Why the code just entered did not prove it")
    proved_at = serializers.DateTimeField(allow_null=True)


class AskForProofSerializer(serializers.Serializer):
    method = serializers.ChoiceField(DomainProof.Method.values)
    email = serializers.CharField(max_length=254, required=False, help_text="For `code`: an address in the domain")
    domain = serializers.CharField(max_length=253, required=False, help_text="For `dns`: the domain")


class CodeSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=12)


class Proof(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="domain_proof",
        tags=["verifications"],
        summary="Where the proof of the mail domain stands",
        description="The try that counts: the open one, else the last that proved a domain.",
        responses={200: schema.told(DomainProofSerializer, "The proof"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_present(self.engagement(reference)))

    @extend_schema(
        operation_id="ask_for_domain_proof",
        tags=["verifications"],
        summary="Begin to prove a domain",
        description="`code`: six digits go to the address, good for 15 minutes and five tries. `dns`: the reply names the "
        "TXT record to add. An earlier try ends. Domains of free mail providers prove no company.",
        request=AskForProofSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(DomainProofSerializer, "Begun"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(AskForProofSerializer, request)

        def ask() -> tuple[int, dict[str, Any]]:
            about = {"by": request.viewer, "at": now()}
            if given["method"] == DomainProof.Method.CODE:
                domains.ask_code(engagement.pk, email=given.get("email", ""), **about)
            else:
                domains.ask_record(engagement.pk, domain=given.get("domain", ""), **about)
            return 200, _present(engagement)

        return idempotency.once(request, ask)


class EnterCode(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="enter_domain_code",
        tags=["verifications"],
        summary="Enter the code that arrived",
        description="A wrong code is answered with 200, its `problem` and the tries left: it was counted.",
        request=CodeSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(DomainProofSerializer, "Tried"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, given = self.engagement(reference), taken(CodeSerializer, request)

        def enter() -> tuple[int, dict[str, Any]]:
            tried = domains.enter_code(_open(request, engagement).pk, **given, by=request.viewer, at=now())
            problem = "" if tried.proved_at else domains.wrong_words(tried)
            return 200, _present(engagement) | {"problem": problem}

        return idempotency.once(request, enter)


class LookUp(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="look_up_domain",
        tags=["verifications"],
        summary="Look for the record now",
        description="A worker asks the domain's name servers; ask for the proof again to see what it found.",
        request=None,
        parameters=[schema.KEY],
        responses={202: schema.told(DomainProofSerializer, "Looking"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement = self.engagement(reference)

        def look() -> tuple[int, dict[str, Any]]:
            domains.look_up(_open(request, engagement).pk, by=request.viewer, at=now())
            return 202, _present(engagement)

        return idempotency.once(request, look)


def _open(request: Request, engagement: Engagement) -> DomainProof:
    rows = access.listed(request, DomainProof.objects.filter(company=engagement.company_id))
    proof: DomainProof | None = rows.order_by("pk").last()
    if proof is None:
        raise errors.WrongState("Begin to prove a domain first.")
    return proof


def _present(engagement: Engagement) -> dict[str, Any]:
    proof = queries.present(engagement.company_id)
    if proof is None:
        return DRAWN_EMPTY
    is_code = proof.method == DomainProof.Method.CODE
    lookup = None if is_code else proof.lookups.last()
    return {
        "state": queries.state_of(proof, at=now()),
        **{name: getattr(proof, name) for name in ("method", "domain", "email")},
        "code_expires_at": iso(proof.code_expires_at),
        "tries_left": queries.MOST_TRIES - proof.code_tries if is_code else None,
        "record": proof.dns_value,
        "look": lookup and {
            "is_open": lookup.is_open, "answer": lookup.answer, "found": lookup.found, "looked_at": iso(lookup.looked_at),
        },
        "problem": "",
        "proved_at": iso(proof.proved_at),
    }  # fmt: skip


DRAWN_EMPTY: dict[str, Any] = {
    "state": "none", "method": "", "domain": "", "email": "", "code_expires_at": None, "tries_left": None, "record": "",
    "look": None, "problem": "", "proved_at": None,
}  # fmt: skip
