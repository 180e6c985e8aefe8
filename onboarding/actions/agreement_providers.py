"""Where an agreement is signed: here, or at another provider; chosen by a specialist before it is issued."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreements
from onboarding.actors import SPECIALISTS, Actor
from onboarding.models import Agreement
from onboarding.queries import signing_providers
from onboarding.workflow.agreement_machine import INTERNAL


@transaction.atomic
def choose(agreement_id: int, *, provider: str, by: Actor, at: datetime) -> Agreement:
    """Have it signed at this provider, which must be set up here. WrongState once it is issued."""
    words = "Specialists choose where it is signed."
    agreement, engagement = agreements.opened(
        agreement_id, by, roles=SPECIALISTS, steps=agreements.ISSUING, words=words
    )  # fmt: skip
    if agreement.state not in INTERNAL:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()}. Draft it anew to change that.")
    if provider not in signing_providers.offered():
        raise errors.BadInput(fields={"provider": "Choose one of the providers that are set up here."})
    if provider == agreement.provider:
        return agreement
    agreement.provider = provider
    agreement.save(update_fields=["provider"])
    data = agreements.facts(agreement) | {"provider": agreement.get_provider_display()}
    outbox.record("agreement.provider_chosen", engagement, by=by, at=at, data=data, is_internal=True)
    return agreement
