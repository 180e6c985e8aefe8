"""Signing an agreement: each signer in their turn reads, signs or declines; InterWeave countersigns after the customer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreement_letters, agreement_signers, drawings, envelopes, gates, sealings
from onboarding.actions.agreements import DECLINERS, ISSUING, SIGNING, facts, opened
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.library import consent as consent_words
from onboarding.models import Agreement, Engagement, Signature, Signer
from onboarding.queries import agreement_terms
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import OPEN_FOR_SIGNATURE

SIGNERS = frozenset({Role.SIGNATORY})


@dataclass(frozen=True)
class Given:
    """What a signer gave with their signature."""

    typed_name: str
    title: str
    consent: bool
    consent_sha256: str
    seen_sha256: str
    authentication: str
    authenticated_at: datetime | None
    drawing: Any


@transaction.atomic
def view(agreement_id: int, *, by: Actor, at: datetime) -> Agreement:
    """The signer whose turn it is has it open in front of them; whoever else reads it changes nothing."""
    words = "Only who signs is recorded as a reader."
    agreement, engagement = opened(agreement_id, by, roles=SIGNERS, steps=ISSUING, words=words)
    signer = queries.turn(agreement)
    if agreement.state in OPEN_FOR_SIGNATURE and signer and _is(signer, by):
        _seen(agreement, engagement, signer, by=by, at=at)
    return agreement


def _is(signer: Signer, by: Actor) -> bool:
    return signer.party == Signer.Party.CUSTOMER and queries.is_same_person(signer.email, by.email)


def _seen(agreement: Agreement, engagement: Engagement, signer: Signer, *, by: Actor, at: datetime) -> None:
    """Keep that this signer opened it, the first time; the first of them makes the agreement `viewed`."""
    if signer.viewed_at is not None:
        return
    signer.viewed_at = at
    signer.save(update_fields=["viewed_at"])
    if agreement.state == Agreement.State.ISSUED:
        agreement.view(at=at)
        agreement.save()
    outbox.record("agreement.viewed", engagement, by=by, at=at, data=facts(agreement) | {"signer": signer.name})


@transaction.atomic
def sign(
    agreement_id: int, *, typed_name: str, title: str, consent: bool, consent_sha256: str, seen_sha256: str,
    authentication: str, by: Actor, at: datetime, authenticated_at: datetime | None = None, drawing: Any = None,
) -> Agreement:  # fmt: skip
    """The customer's signer whose turn it is signs the very version that was shown, known by its hash.

    `by` is that signer by e-mail address; `consent_sha256` the hash of the consent words they read. `authentication`
    says how they were identified just now, `authenticated_at` when; `drawing` is the signature as strokes where it was
    drawn. The next signer is asked, or InterWeave. Raises NotYours for anybody else, WrongState when it can't be
    signed, Stale when another version of the agreement or of the consent words is in force.
    """
    given = Given(typed_name, title, consent, consent_sha256, seen_sha256, authentication, authenticated_at, drawing)
    words = "Only your company's signatory signs."
    agreement, engagement = opened(agreement_id, by, roles=SIGNERS, steps=SIGNING, words=words)
    _require_signable(agreement, at=at)
    signer = _in_turn(agreement, by)
    _sign(agreement, signer, given, by=by, at=at)
    _seen(agreement, engagement, signer, by=by, at=at)
    following = queries.turn(agreement)
    is_last = following is None or following.party == Signer.Party.INTERWEAVE
    if is_last:
        agreement.sign()
        agreement.save()
        agreement.signers.filter(party=Signer.Party.INTERWEAVE, asked_at=None).update(asked_at=at)
    data = facts(agreement) | {"party": Signer.Party.CUSTOMER.value, "signer": signer.name}
    outbox.record("agreement.signed", engagement, by=by, at=at, data=data)
    if is_last:
        agreement_letters.signed(agreement, engagement, by=by, at=at)
    else:
        agreement_signers.ask_next(agreement, engagement, by=by, at=at)
    return agreement


def _require_signable(agreement: Agreement, *, at: datetime) -> None:
    if agreement.state not in OPEN_FOR_SIGNATURE:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()}; it can't be signed now.")
    _require_here(agreement)
    if queries.is_expired(agreement, at=at):
        raise errors.WrongState("This agreement has expired. Ask your specialist to issue it anew.")
    if not queries.is_true(agreement):
        raise errors.WrongState("Your company's details were corrected since. Ask your specialist to issue it anew.")


def _require_here(agreement: Agreement) -> None:
    if agreement.provider != Agreement.Provider.OWN:
        raise errors.WrongState(f"This agreement is signed at {agreement.get_provider_display()}, which sent the mail.")


def _in_turn(agreement: Agreement, by: Actor) -> Signer:
    """The signer whose turn it is, when that is `by`; otherwise words about whose it is."""
    signer = queries.turn(agreement)
    if signer is None or signer.party != Signer.Party.CUSTOMER:
        raise errors.WrongState("Everybody of the customer signed. InterWeave countersigns next.")
    if _is(signer, by):
        return signer
    own = next((one for one in agreement.signers.select_related("signature") if _is(one, by)), None)
    if own is None:
        raise errors.NotYours(f"{signer.name} signs this agreement. Ask your specialist to add you if you sign too.")
    if hasattr(own, "signature"):
        raise errors.WrongState(f"You signed it already. It is {signer.name}’s turn.")
    raise errors.WrongState(f"{signer.name} signs before you. You get a mail when it is your turn.")


def _sign(agreement: Agreement, signer: Signer, given: Given, *, by: Actor, at: datetime) -> None:
    """Check what was given against the signer and the version in force, and keep it as their signature."""
    strokes = _checked(signer, given)
    if given.seen_sha256 != agreement.document.sha256:
        raise errors.Stale("The agreement changed since you opened it. Read the version shown now.")
    if given.consent_sha256 != consent_words.digest():
        raise errors.Stale("The words you agree to changed since you opened the page. Read them as they are now.")
    Signature.objects.create(
        company_id=agreement.company_id, agreement=agreement, signer=signer, party=signer.party, name=signer.name,
        title=given.title.strip()[:100], email=by.email, typed_name=given.typed_name.strip()[:150],
        kind=Signature.Kind.DRAWN if strokes else Signature.Kind.TYPED, drawing=strokes, consent=consent_words.TEXT,
        consent_sha256=given.consent_sha256, consented_at=at, seen_sha256=given.seen_sha256,
        authentication=given.authentication[:100], authenticated_at=given.authenticated_at or at, ip=by.ip,
        user_agent=by.user_agent[:300], signed_at=at,
    )  # fmt: skip


def _checked(signer: Signer, given: Given) -> list[drawings.Stroke]:
    wrong, strokes = {}, []
    if _plain(given.typed_name) != _plain(signer.name):
        wrong["typed_name"] = f"Type your name as it stands in the agreement: {signer.name}."
    if not given.title.strip():
        wrong["title"] = "Enter your title, for example Managing Director."
    if not given.consent:
        wrong["consent"] = "Agree to sign electronically, or decline the agreement."
    try:
        strokes = drawings.checked(given.drawing)
    except errors.BadInput as refusal:
        wrong |= refusal.fields
    if wrong:
        raise errors.BadInput(fields=wrong)
    return strokes


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


@transaction.atomic
def countersign(
    agreement_id: int, *, typed_name: str, title: str, consent: bool, consent_sha256: str, seen_sha256: str,
    authentication: str, by: Actor, at: datetime, authenticated_at: datetime | None = None, drawing: Any = None,
) -> Agreement:  # fmt: skip
    """InterWeave signs after the customer: the engagement's specialist, or a lead in their place.

    They give what the customer's signers give (see `sign`), `authentication` among it. The sealed file with its
    certificate of completion is ordered; the agreement is executed once it is stored.
    """
    given = Given(typed_name, title, consent, consent_sha256, seen_sha256, authentication, authenticated_at, drawing)
    words = "InterWeave countersigns."
    agreement, engagement = opened(agreement_id, by, roles=SPECIALISTS, steps=SIGNING, words=words)
    if agreement.state != Agreement.State.SIGNED:
        is_early = agreement.state in OPEN_FOR_SIGNATURE
        raise errors.WrongState("The customer signs first." if is_early else f"It is {agreement.get_state_display()}.")
    _require_here(agreement)
    _sign(agreement, _ours(agreement, by, at=at), given, by=by, at=at)
    agreement.countersign()
    agreement.save()
    data = facts(agreement) | {"party": Signer.Party.INTERWEAVE.value, "signer": by.name}
    outbox.record("agreement.countersigned", engagement, by=by, at=at, data=data)
    context = agreement_terms.executed(agreement, at=at)
    sealings.order(agreement, engagement, context=context, by=by, at=at)
    return agreement


def _ours(agreement: Agreement, by: Actor, *, at: datetime) -> Signer:
    """InterWeave's signer, put under the name of who really signs: the one named, or a lead in their place."""
    signer = queries.turn(agreement)
    if signer is None:
        raise errors.WrongState("Everybody signed it already.")
    if not queries.may_countersign(signer, by):
        raise errors.NotYours(f"{signer.name} countersigns this agreement, or a lead in their place.")
    signer.name, signer.email, signer.viewed_at = by.name, by.email, at
    signer.save(update_fields=["name", "email", "viewed_at"])
    return signer


@transaction.atomic
def decline(agreement_id: int, *, reason: str, by: Actor, at: datetime) -> Agreement:
    """The customer declines to sign and says why; everyone concerned on both sides is told."""
    words = "Your signatory or owner declines."
    agreement, engagement = opened(agreement_id, by, roles=DECLINERS, steps=ISSUING, words=words)
    if agreement.state not in OPEN_FOR_SIGNATURE:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()}; it can't be declined now.")
    reason = gates.said(reason, words="Say what you can't agree to.")
    own = next((one for one in agreement.signers.filter(signature=None) if _is(one, by)), None)
    if own is not None:
        own.declined_at = at
        own.save(update_fields=["declined_at"])
    agreement.decline(reason=reason, at=at)
    agreement.save()
    envelopes.call_off(agreement, at=at)
    outbox.record("agreement.declined", engagement, by=by, at=at, data=facts(agreement) | {"reason": reason})
    agreement_letters.declined(agreement, engagement, by=by, at=at)
    return agreement
