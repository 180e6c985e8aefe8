"""Envelopes: an agreement that is signed at another provider, ordered there, followed, and called off when it ends here.

What the provider tells becomes ours in envelope_news.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, letters, rows, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor
from onboarding.models import Agreement, Engagement, Envelope, Signer
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import CLOSED, OPEN_FOR_SIGNATURE

# The provider calls; asking is for calls that got lost. It wants to be asked no more than every fifteen minutes.
FOLLOWED_EVERY = timedelta(hours=1)
TOLD_AFTER = 4  # tries: a hiccup mends itself before anybody read about it
Status, Wish = Envelope.Status, Envelope.Wish
OVER = frozenset({Status.COMPLETED, Status.DECLINED, Status.VOIDED})


def order(agreement: Agreement, engagement: Engagement, *, at: datetime) -> Envelope:
    """Have a worker send it to its provider, once. Call it with the engagement locked, instead of asking the signers."""
    earlier = Envelope.objects.filter(agreement=agreement).first()
    return earlier or work.new(
        Envelope, at=at, company_id=agreement.company_id, engagement=engagement, agreement=agreement,
        number=agreement.number, provider=agreement.provider,
    )  # fmt: skip


def call_off(agreement: Agreement, *, at: datetime) -> None:
    """It ended here: nobody shall sign it there any more. Call it with the engagement locked."""
    row = Envelope.objects.filter(agreement=agreement).first()
    if row is None or row.status in OVER:
        return
    Envelope.objects.filter(pk=row.pk).update(wish=Wish.VOID)
    if row.state != Envelope.State.RUNNING:  # its worker sees at the end that the wish changed (later)
        work.queue_again(Envelope, row.pk, at=at)


def is_wanted(envelope: Envelope) -> bool:
    """Asked just before it goes out: False when the agreement ended here meanwhile, or the claim was lost."""
    agreement = Agreement.objects.get(pk=envelope.agreement_id)
    return agreement.state in OPEN_FOR_SIGNATURE and work.holds(envelope)


@transaction.atomic
def sent(envelope: Envelope, *, sent_at: datetime | None, at: datetime) -> None:
    """The provider has asked the first signer; from now on the worker follows it."""
    engagement = gates.locked(envelope.engagement_id, SYSTEM)
    if not work.holds(envelope):
        return
    is_first = Envelope.objects.filter(pk=envelope.pk, sent_at=None).update(sent_at=sent_at or at, status=Status.SENT)
    if is_first:
        if signer := queries.turn(envelope.agreement):
            Signer.objects.filter(pk=signer.pk, asked_at=None).update(asked_at=sent_at or at)
        outbox.record("agreement.sent_to_provider", engagement, by=SYSTEM, at=at, data=facts(envelope))
    Envelope.objects.filter(pk=envelope.pk, wish=Wish.SEND).update(wish=Wish.FOLLOW)
    later(envelope, at=at)


def facts(envelope: Envelope) -> dict[str, Any]:
    """What every event of an envelope says of it."""
    provider = envelope.get_provider_display()
    return {"agreement": envelope.number, "provider": provider, "envelope": envelope.external_id}


def later(envelope: Envelope, *, at: datetime) -> None:
    """Put it back to be looked after: now when something is wanted or was told meanwhile, else in an hour.

    Call it with the engagement locked, as the provider's calls and whatever changes the wish are.
    """
    fresh = Envelope.objects.get(pk=envelope.pk)
    is_new = fresh.wish != Wish.FOLLOW or bool(
        fresh.told_at and envelope.claimed_at and fresh.told_at >= envelope.claimed_at
    )
    due = at if is_new else at + FOLLOWED_EVERY
    if work.progress(envelope, state=Envelope.State.QUEUED, not_before=due, attempts=0, problem=None) and is_new:
        outbox.enqueue(fresh)


def heard(provider: str, external_id: str, *, at: datetime) -> bool:
    """The provider called about one of its envelopes: a worker asks it what happened. False when it is none of ours."""
    found = Envelope.objects.filter(provider=provider, external_id=external_id).first()
    if found is None or not external_id:
        return False
    with transaction.atomic():
        gates.locked(found.engagement_id, SYSTEM)
        Envelope.objects.filter(pk=found.pk).update(told_at=at)
        found.refresh_from_db()
        if found.state == Envelope.State.FAILED:
            work.queue_again(Envelope, found.pk, at=at)
        else:
            work.hurry(Envelope, found.pk, at=at)
    return True


@transaction.atomic
def voided(envelope: Envelope, *, at: datetime) -> None:
    """Nobody can sign it there any more, as wanted here."""
    engagement = gates.locked(envelope.engagement_id, SYSTEM)
    if work.finish(envelope, at=at, status=Status.VOIDED):
        outbox.record(
            "agreement.envelope_voided", engagement, by=SYSTEM, at=at, data=facts(envelope), is_internal=True
        )  # fmt: skip


@transaction.atomic
def too_late(envelope: Envelope, *, status: str, at: datetime) -> None:
    """It was completed or declined there before it could be voided: it stays void here, and the specialist is told."""
    engagement = gates.locked(envelope.engagement_id, SYSTEM)
    known = Status(status)
    if not work.finish(envelope, at=at, status=known):
        return
    data = facts(envelope) | {"status": known.label}
    outbox.record("agreement.envelope_stays", engagement, by=SYSTEM, at=at, data=data, is_internal=True)
    provider = envelope.get_provider_display()
    letters.to_specialist(
        engagement, kind="agreement.envelope_stays", subject=f"{envelope.number} was {known.label} at {provider}",
        text=f"The agreement had ended here before {provider} could void its envelope. Here it stays as it is; the "
        f"envelope at {provider} stays {known.label}. Tell the customer which of the two holds.",
        key=f"envelope-stays:{envelope.pk}", at=at, place="agreement", button="See the agreement",
    )  # fmt: skip


@transaction.atomic
def give_up(envelope: Envelope, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """The provider refused or was not reached. True while it will be tried again; the specialist is told, each reason once."""
    engagement = gates.locked(envelope.engagement_id, SYSTEM)
    if not work.holds(envelope):
        return False
    again = work.fail(envelope, at=at, problem=problem, retry=retry)
    if not again or envelope.attempts == TOLD_AFTER:
        provider = envelope.get_provider_display()
        data = facts(envelope) | {"words": problem["words"]}
        outbox.record("agreement.envelope_delayed", engagement, by=SYSTEM, at=at, data=data, is_internal=True)
        goes_on = "We go on trying." if again else "Press Try again on the agreement's page once that is done."
        letters.to_specialist(
            engagement, kind="agreement.envelope_delayed", subject=f"{envelope.number} is held up at {provider}",
            text=f"{problem['words']} {problem.get('what_to_do', '')}\n\n{goes_on}",
            key=f"envelope-delayed:{envelope.pk}:{problem.get('class', '')}", at=at, place="agreement",
            button="See the agreement",
        )  # fmt: skip
    return again


@transaction.atomic
def again(envelope_id: int, *, by: Actor, at: datetime) -> Envelope:
    """A specialist wants the provider asked now. WrongState when its life is over, or a worker is at it."""
    envelope = rows.visible(Envelope, envelope_id, by)
    if not by.has(*SPECIALISTS):
        raise errors.NotYours("Specialists try failed work again.")
    engagement = gates.locked(envelope.engagement_id, by)
    envelope.refresh_from_db()
    if envelope.state in {Envelope.State.DONE, Envelope.State.CANCELLED}:
        raise errors.WrongState("There is nothing to ask the provider any more.")
    if envelope.state == Envelope.State.RUNNING:
        raise errors.WrongState("The provider is being asked right now. Look again in a moment.")
    work.queue_again(Envelope, envelope.pk, at=at)
    data = {"run": envelope.pk, "for": rows.noun(envelope)}
    outbox.record("run.retried", engagement, by=by, at=at, data=data, is_internal=True)
    envelope.refresh_from_db()
    return envelope


def is_ended_here(envelope: Envelope) -> bool:
    """True once the agreement was voided, replaced, declined or expired in the portal."""
    return Agreement.objects.get(pk=envelope.agreement_id).state in CLOSED
