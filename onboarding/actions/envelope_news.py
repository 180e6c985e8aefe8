"""What a provider recorded of an envelope becomes ours, each thing once: opened, signed, declined, voided, completed.

It may be told in any order and as often as anybody likes: a later telling only adds what is not there yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreement_letters, documents, envelopes, gates, letters, work
from onboarding.actors import SYSTEM, Actor
from onboarding.models import Agreement, Document, Envelope, Signature, Signer
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import CLOSED, OPEN_FOR_SIGNATURE

State, Status = Agreement.State, Envelope.Status
CONSENT = "Consent to electronic signature as {provider} asked for it; its certificate in the executed file shows it."


class Deed(Protocol):
    """What the provider recorded of one signer; None for what did not happen."""

    @property
    def position(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def authentication(self) -> str: ...
    @property
    def delivered_at(self) -> datetime | None: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def declined_at(self) -> datetime | None: ...
    @property
    def declined_reason(self) -> str: ...


class News(Protocol):
    """An envelope as the provider has it."""

    @property
    def status(self) -> str: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def completed_at(self) -> datetime | None: ...
    @property
    def voided_reason(self) -> str: ...
    @property
    def signers(self) -> Sequence[Deed]: ...


@transaction.atomic
def take_in(envelope: Envelope, news: News, *, file: bytes | None, at: datetime) -> None:
    """Take in what is new, and close the row when the envelope's life is over. `file` is the completed one.

    Nothing happens when the claim was lost. Raises WrongState when it was completed by others than the agreement names.
    """
    engagement = gates.locked(envelope.engagement_id, SYSTEM)
    if not work.holds(envelope):
        return
    agreement = Agreement.objects.select_related("document", "reviewer__user").get(pk=envelope.agreement_id)
    agreement.engagement, agreement.company = engagement, engagement.company
    if agreement.state in CLOSED:
        envelopes.later(envelope, at=at)  # its wish is void by now
        return
    with outbox.one_update(engagement, at=at):
        _people(agreement, envelope, news, at=at)
        status = Status(news.status) if news.status in Status.values else Status.SENT
        if status == Status.COMPLETED:
            _complete(agreement, envelope, news, file or b"", at=at)
        elif status in {Status.DECLINED, Status.VOIDED}:
            _end(agreement, envelope, news, status, at=at)
        else:
            Envelope.objects.filter(pk=envelope.pk).update(status=status)
            envelopes.later(envelope, at=at)


def _people(agreement: Agreement, envelope: Envelope, news: News, *, at: datetime) -> None:
    """Who was asked, opened it and signed, in their order."""
    known = {one.position: one for one in agreement.signers.select_related("signature").order_by("position")}
    asked_at = envelope.sent_at or news.sent_at
    for deed in sorted(news.signers, key=lambda one: one.position):
        signer = known.get(deed.position)
        if signer is None:
            continue
        _seen(agreement, envelope, signer, deed, asked_at=asked_at, at=at)
        if deed.signed_at is None:
            break
        if not hasattr(signer, "signature"):
            _signed(agreement, envelope, signer, deed, at=at)
        asked_at = deed.signed_at


def _seen(
    agreement: Agreement, envelope: Envelope, signer: Signer, deed: Deed, *, asked_at: datetime | None, at: datetime
) -> None:
    opened_at = deed.delivered_at or deed.signed_at
    is_new = opened_at is not None and signer.viewed_at is None
    signer.asked_at, signer.viewed_at = signer.asked_at or asked_at, signer.viewed_at or opened_at
    signer.save(update_fields=["asked_at", "viewed_at"])
    if not is_new or opened_at is None or signer.party == Signer.Party.INTERWEAVE:
        return
    if agreement.state == State.ISSUED:
        agreement.view(at=opened_at)
        agreement.save()
    data = _facts(agreement, envelope) | {"signer": signer.name}
    outbox.record("agreement.viewed", agreement.engagement, by=_actor(agreement, deed), at=at, data=data)


def _signed(agreement: Agreement, envelope: Envelope, signer: Signer, deed: Deed, *, at: datetime) -> None:
    """Keep the signature as the provider tells of it, and move the agreement as our own signing would."""
    consent = CONSENT.format(provider=envelope.get_provider_display())
    Signature.objects.create(
        company_id=agreement.company_id, agreement=agreement, signer=signer, party=signer.party,
        name=deed.name[:150] or signer.name, title=signer.title, email=deed.email or signer.email,
        typed_name=deed.name[:150] or signer.name, consent=consent,
        consent_sha256=hashlib.sha256(consent.encode()).hexdigest(), consented_at=deed.signed_at,
        seen_sha256=agreement.document.sha256, authentication=deed.authentication[:100],
        authenticated_at=deed.delivered_at, signed_at=deed.signed_at or at,
    )  # fmt: skip
    following = queries.turn(agreement)
    data = _facts(agreement, envelope) | {"party": str(signer.party), "signer": deed.name or signer.name}
    by, engagement = _actor(agreement, deed), agreement.engagement
    if signer.party == Signer.Party.INTERWEAVE:
        agreement.countersign()
        agreement.save()
        outbox.record("agreement.countersigned", engagement, by=by, at=at, data=data)
        return
    is_last = following is None or following.party == Signer.Party.INTERWEAVE
    if is_last:
        agreement.sign()
        agreement.save()
    outbox.record("agreement.signed", engagement, by=by, at=at, data=data)
    if is_last:
        _tell_ours(agreement, envelope, deed, at=at)


def _tell_ours(agreement: Agreement, envelope: Envelope, deed: Deed, *, at: datetime) -> None:
    provider = envelope.get_provider_display()
    letters.to_specialist(
        agreement.engagement, kind="agreement.signed", subject=f"{agreement.number} waits for InterWeave’s signature",
        text=f"{deed.name} signed for the customer at {provider}. InterWeave signs there next: {provider} sent the mail.",
        key=f"agreement-signed:{agreement.pk}", at=at, place="agreement", button="Open the agreement",
    )  # fmt: skip


def _actor(agreement: Agreement, deed: Deed) -> Actor:
    """Who did it, there: somebody without rights here."""
    provider = agreement.get_provider_display()
    return Actor(
        kind="provider", name=f"{deed.name} at {provider}", roles=frozenset(), company_id=agreement.company_id,
        email=deed.email,
    )  # fmt: skip


def _facts(agreement: Agreement, envelope: Envelope) -> dict[str, str]:
    return {"state": str(agreement.state), "sha256": agreement.document.sha256} | envelopes.facts(envelope)


def _complete(agreement: Agreement, envelope: Envelope, news: News, file: bytes, *, at: datetime) -> None:
    """Everybody signed: the provider's file with its certificate is the executed agreement, as it came."""
    provider = envelope.get_provider_display()
    if agreement.state != State.COUNTERSIGNED:
        raise errors.WrongState(
            f"{provider} says it is completed, but not by everybody the agreement names. Look at the envelope there, "
            "then void the agreement and draft it anew."
        )
    engagement, by = agreement.engagement, SYSTEM
    document = documents.fill(
        documents.expect(
            engagement, kind=Document.Kind.MSA, title="Master Services Agreement",
            file_name=f"{agreement.number}-executed.pdf", by=by, at=at,
        ),
        file,
    )  # fmt: skip
    agreement.executed_document = document
    agreement.execute(at=at)
    agreement.save()
    work.finish(
        envelope, at=at, status=Status.COMPLETED, completed_at=news.completed_at or at, sha256=document.sha256
    )  # fmt: skip
    data = _facts(agreement, envelope) | {"executed_sha256": document.sha256}
    outbox.record("agreement.executed", engagement, by=by, at=at, data=data)
    agreement_letters.executed(agreement, engagement, at=at)


def _end(agreement: Agreement, envelope: Envelope, news: News, status: Envelope.Status, *, at: datetime) -> None:
    """Declined by a signer, or voided there: the agreement ends here too, and everyone concerned is told."""
    engagement, provider = agreement.engagement, envelope.get_provider_display()
    work.finish(envelope, at=at, status=status)
    deed = next((one for one in news.signers if one.declined_at is not None), None)
    if status == Status.DECLINED and deed is not None:
        agreement.signers.filter(position=deed.position, declined_at=None).update(declined_at=deed.declined_at)
    if status == Status.DECLINED and deed is not None and agreement.state in OPEN_FOR_SIGNATURE:
        reason = deed.declined_reason.strip() or f"Declined at {provider} without a reason."
        agreement.decline(reason=reason[:500], at=at)
        agreement.save()
        by = _actor(agreement, deed)
        data = _facts(agreement, envelope) | {"reason": agreement.closed_reason}
        outbox.record("agreement.declined", engagement, by=by, at=at, data=data)
        agreement_letters.declined(agreement, engagement, by=by, at=at)
        return
    how = f"{deed.name} declined at {provider}" if deed else f"Voided at {provider}"
    said = deed.declined_reason if deed else news.voided_reason
    agreement.void(reason=f"{how}: {said}"[:500] if said else f"{how}.", at=at)
    agreement.save()
    data = _facts(agreement, envelope) | {"reason": agreement.closed_reason}
    outbox.record("agreement.voided", engagement, by=SYSTEM, at=at, data=data)
    agreement_letters.voided(agreement, engagement, by=SYSTEM, at=at)
