"""…/agreements/N/signers/: who signs, in which order, and what each did; chosen by specialists while it is a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import signing_order
from onboarding.models import Agreement, Signer
from onboarding.queries import signing as queries
from onboarding.workflow.status import iso
from portal.api import idempotency, schema
from portal.api.agreements import READ, WRITE, found
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads

STATES = ["waiting", "turn", "viewed", "signed", "declined"]


class SignerLineSerializer(Reads):
    position = serializers.IntegerField(help_text="Their turn, from 1")
    party = serializers.ChoiceField(Signer.Party.values)
    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    email = serializers.EmailField(allow_blank=True)
    is_sponsor = serializers.BooleanField(help_text="The executive sponsor of the contacts, who always signs")
    state = serializers.ChoiceField(STATES, help_text="`turn`: it is theirs; `viewed`: and they have opened it")
    since = serializers.DateTimeField(allow_null=True, help_text="When that came to be; null while waiting")
    reminders = serializers.IntegerField(help_text="How often they were reminded")
    reminded_at = serializers.DateTimeField(allow_null=True)


class SignerListSerializer(Reads):
    items = SignerLineSerializer(many=True)


class NewSignerSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=150)
    title = serializers.CharField(max_length=100, help_text="Printed beside the signature")
    email = serializers.EmailField(max_length=254)


class WhichSignerSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254, help_text="Who is meant: places change, a mailbox signs once")


def _described(operation_id: str, summary: str, description: str, body: Any, *, status: int = 200) -> Any:
    return extend_schema(
        operation_id=operation_id,
        tags=["agreements"],
        summary=summary,
        description=f"{description} By specialists, while it is a draft: its document is made anew. Answers with all of "
        "its signers.",
        request=body,
        parameters=[schema.KEY],
        responses={status: schema.told(SignerListSerializer, "Done"), **schema.refusals(400, 409, 413, 415, 422)},
    )


class Signers(Endpoint):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="agreement_signers",
        tags=["agreements"],
        summary="Who signs an agreement, in their order",
        description="With what each did last and when. Each is asked once the one before has signed, and reminded by the "
        "portal itself; a signer without an account gets a link, which `doors/` sends again.",
        responses={200: schema.told(SignerListSerializer, "Its signers"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str, agreement: str) -> Response:
        return Response(_listed(found(self, request, reference, agreement)))

    @_described("add_agreement_signer", "Add a signer of the customer", "They sign after the others, before InterWeave.",
                NewSignerSerializer, status=201)  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        row, given = found(self, request, reference, agreement), taken(NewSignerSerializer, request)

        def add() -> tuple[int, dict[str, Any]]:
            return 201, _listed(signing_order.add(row.pk, **given, by=request.viewer, at=now()))

        return idempotency.once(request, add)


class _Act(Endpoint):
    """One act on one of the customer's signers, known by e-mail address; answers with all signers."""

    scopes = {"POST": WRITE}

    def act(self, request: Request, reference: str, agreement: str, do: Callable[..., Agreement]) -> Response:
        row, email = found(self, request, reference, agreement), taken(WhichSignerSerializer, request)["email"]

        def once() -> tuple[int, dict[str, Any]]:
            about = {"position": _place(row, email), "email": email}
            return 200, _listed(do(row.pk, **about, by=request.viewer, at=now()))

        return idempotency.once(request, once)


class RemoveSigner(_Act):
    @_described("remove_agreement_signer", "Take a signer off", "The executive sponsor stays.", WhichSignerSerializer)
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.act(request, reference, agreement, signing_order.remove)


class MoveSignerUp(_Act):
    @_described("move_agreement_signer_up", "Let a signer sign earlier", "Before the one who came before them.",
                WhichSignerSerializer)  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.act(request, reference, agreement, signing_order.move_up)


def _place(agreement: Agreement, email: str) -> int:
    """The position of the customer's signer with this address; BadInput when nobody has it."""
    customers = agreement.signers.filter(party=Signer.Party.CUSTOMER)
    place = next((one.position for one in customers if queries.is_same_person(one.email, email)), None)
    if place is None:
        raise errors.BadInput(fields={"email": "Nobody with this address signs for the customer. Read the list anew."})
    return int(place)


def _listed(agreement: Agreement) -> dict[str, Any]:
    sponsor = agreement.terms.get("company", {}).get("signatory", {}).get("email", "")
    return {"items": [_drawn(line, sponsor) for line in queries.lines(agreement)]}


def _drawn(line: queries.Line, sponsor: str) -> dict[str, Any]:
    signer = line.signer
    is_open = line.is_next and signer.viewed_at is not None
    return {
        **{name: getattr(signer, name) for name in ("position", "party", "name", "title", "email", "reminders")},
        "is_sponsor": signer.party == Signer.Party.CUSTOMER and queries.is_same_person(signer.email, sponsor),
        "state": "viewed" if is_open else line.state,
        "since": iso(signer.viewed_at if is_open else line.since),
        "reminded_at": iso(signer.reminded_at),
    }
