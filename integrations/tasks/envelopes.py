"""Envelopes: sent once however often a worker is killed, followed until they are over, their completed file fetched."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.core.files.storage import default_storage
from django.utils.timezone import now

from integrations import esign_services
from integrations.engine.errors import Failure, failure
from integrations.engine.esign import ESign, Status
from integrations.tasks.labour import labour
from onboarding.actions import envelope_news, envelopes, work
from onboarding.models import Agreement, Envelope, WebhookDelivery
from onboarding.queries import signing


@shared_task(name="integrations.carry_envelope", acks_late=True, ignore_result=True)
def carry_envelope(*, envelope_id: int, **_: Any) -> None:
    """Do what one envelope wants next: be sent, be looked after, be voided. Safe to run twice, or to be killed anywhere."""
    labour(Envelope, envelope_id, uses=lambda row: [], do=_carry, give_up=envelopes.give_up)


def heed(delivery: WebhookDelivery) -> str:
    """The provider called: have the envelope that is meant looked at now."""
    is_ours = envelopes.heard(delivery.provider, delivery.object_id, at=now())
    return "It is asked what happened." if is_ours else "No envelope of ours."


def _carry(row: Envelope) -> None:
    provider = esign_services.of(row.provider)
    if row.wish == Envelope.Wish.VOID or envelopes.is_ended_here(row):
        _void(provider, row)
    elif row.wish == Envelope.Wish.SEND:
        _send(provider, row)
    else:
        _follow(provider, row)


def _send(provider: ESign, row: Envelope) -> None:
    """Found by our number before one is made. Of what a killed worker made unsent, nobody was told."""
    made = row.external_id or provider.find(row.number) or _made(provider, row)
    work.progress(row, external_id=made)  # known before anybody is asked
    row.external_id = made
    if envelopes.is_wanted(row):
        provider.send(made)
    envelopes.sent(row, sent_at=provider.status(made).sent_at, at=now())


def _made(provider: ESign, row: Envelope) -> str:
    agreement = row.agreement
    subject = f"InterWeave: please sign agreement {agreement.number}"
    return provider.create_envelope(
        _content(agreement), name=agreement.document.file_name, signers=esign_services.invited(agreement), subject=subject,
        key=agreement.number, days=_days_left(agreement), callback=esign_services.callback(),
    )  # fmt: skip


def _content(agreement: Agreement) -> bytes:
    with default_storage.open(agreement.document.path) as file:
        return bytes(file.read())


def _days_left(agreement: Agreement) -> int:
    """Until its last day is over where the company is; the portal voids it at that very moment."""
    ends = signing.ends_at(agreement)
    return max((ends - now()).days + 1, 1) if ends else 120


def _follow(provider: ESign, row: Envelope) -> None:
    record = provider.status(row.external_id)
    file = provider.download(row.external_id) if record.status == Status.COMPLETED else None
    envelope_news.take_in(row, record, file=file, at=now())


def _void(provider: ESign, row: Envelope) -> None:
    there = row.external_id or provider.find(row.number)
    if not there:
        envelopes.voided(row, at=now())
        return
    try:
        provider.void(there, reason=row.agreement.closed_reason)
    except Failure as trouble:
        if trouble.code == "envelope_gone":
            envelopes.voided(row, at=now())
        elif trouble.code == "envelope_over":
            _too_late(provider, row, there)
        else:
            raise
    else:
        envelopes.voided(row, at=now())


def _too_late(provider: ESign, row: Envelope, there: str) -> None:
    status = provider.status(there).status
    if not status.is_over:
        raise failure("locked", vendor=provider.vendor)  # between two states: look again
    if status == Status.VOIDED:
        envelopes.voided(row, at=now())
    else:
        envelopes.too_late(row, status=status.value, at=now())
