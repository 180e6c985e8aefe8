"""A signer who goes from the portal to the provider, where they need not sign in again, and comes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors
from onboarding.actions import agreements, envelopes, rows
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Agreement, Envelope, Signer
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import OPEN_FOR_SIGNATURE

VISITORS = SPECIALISTS | {Role.SIGNATORY}


@transaction.atomic
def admit(agreement_id: int, *, by: Actor, at: datetime) -> tuple[Envelope, Signer]:
    """The envelope and the signer whose turn it is, when that is `by`, by e-mail address.

    Raises NotYours for anybody else, WrongState when nothing can be signed there now.
    """
    words = "Only who signs goes on to the provider."
    agreement, _ = agreements.opened(agreement_id, by, roles=VISITORS, steps=agreements.SIGNING, words=words)
    envelope = Envelope.objects.filter(agreement=agreement).select_related("agreement").first()
    provider = agreement.get_provider_display()
    if agreement.state not in {*OPEN_FOR_SIGNATURE, Agreement.State.SIGNED}:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()}; it can't be signed now.")
    if agreement.provider == Agreement.Provider.OWN:
        raise errors.WrongState("This agreement is signed in this portal.")
    if envelope is None or envelope.sent_at is None:
        raise errors.WrongState(f"It is being sent to {provider}. Try again in a moment.")
    if agreement.state in OPEN_FOR_SIGNATURE and not queries.is_true(agreement):
        raise errors.WrongState("Your company's details were corrected since. Ask your specialist to issue it anew.")
    signer = queries.turn(agreement)
    if signer is None:
        raise errors.WrongState("Everybody signed it already.")
    if not is_visitor(signer, by):
        raise errors.NotYours(f"{signer.name} signs next. {provider} sends you a mail when it is your turn.")
    return envelope, signer


def is_visitor(signer: Signer, by: Actor) -> bool:
    """True when the signer is this very person, on their own side."""
    is_ours = signer.party == Signer.Party.INTERWEAVE
    return is_ours == by.is_staff and queries.is_same_person(signer.email, by.email)


def came_back(agreement_id: int, *, by: Actor, at: datetime) -> Agreement:
    """They are back from the provider: have it asked now what they did there."""
    agreement = rows.visible(Agreement, agreement_id, by)
    found = Envelope.objects.filter(agreement=agreement).exclude(external_id="").first()
    if found is not None and found.status not in envelopes.OVER:
        envelopes.heard(found.provider, found.external_id, at=at)
    return agreement
