"""…/agreements/N/provider/ and its neighbours: where it is signed, and work outside that is tried again now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import agreement_providers, envelopes, sealings
from onboarding.models import Agreement
from portal.api.agreements import AgreementAct, described, found
from portal.api.bodies import taken


class ProviderSerializer(serializers.Serializer):
    provider = serializers.ChoiceField(Agreement.Provider.values, help_text="One that is set up here")


class ChooseProvider(AgreementAct):
    @described(
        "choose_agreement_provider", "Choose where an agreement is signed", "By specialists, before it is issued: `own` "
        "is this portal. At a provider it is sent when it is issued in step V, and voided there when it ends here.",
        ProviderSerializer,
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        provider = taken(ProviderSerializer, request)["provider"]
        return self.act(
            request, reference, agreement,
            lambda pk: agreement_providers.choose(pk, provider=provider, by=request.viewer, at=now()),
        )  # fmt: skip


class _Hurried(AgreementAct):
    """Has a worker take up the agreement's own row of one kind now; WrongState while it has none."""

    row = ""
    none_yet = ""

    again: Callable[..., Any]

    def hurry(self, request: Request, reference: str, agreement: str) -> Response:
        row = getattr(found(self, request, reference, agreement), self.row, None)

        def hurry(_: int) -> None:
            if row is None:
                raise errors.WrongState(self.none_yet)
            self.again(row.pk, by=request.viewer, at=now())

        return self.act(request, reference, agreement, hurry)


class AskProviderAgain(_Hurried):
    row, none_yet = "envelope", "It is signed in this portal, or not sent to a provider yet."
    again = staticmethod(envelopes.again)

    @described(
        "ask_provider_again", "Ask the provider now", "By specialists, when its `envelope` is held up: a worker goes "
        "there at once instead of after its next wait.",
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.hurry(request, reference, agreement)


class SealAgain(_Hurried):
    row, none_yet = "sealing", "There is nothing to seal yet: not everybody signed in this portal."
    again = staticmethod(sealings.again)

    @described(
        "seal_agreement_again", "Seal the executed file now", "By specialists, when its `sealing` waits: a worker tries "
        "at once instead of after its next wait.",
    )  # fmt: skip
    def post(self, request: Request, reference: str, agreement: str) -> Response:
        return self.hurry(request, reference, agreement)
