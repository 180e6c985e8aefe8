"""What the calendar does to agreements: signers are reminded, and what nobody signed in time expires."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from onboarding import outbox
from onboarding.actions import agreement_letters, agreements, envelopes, gates
from onboarding.actors import SYSTEM
from onboarding.library import signing_reminders
from onboarding.models import Agreement, Company, Signer
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import OPEN_FOR_SIGNATURE

MOST = 500  # of each kind a run; the next one takes the rest
A_DAY = timedelta(days=1)  # no zone is further from UTC than that


def look(*, at: datetime) -> int:
    """Do whatever is due by now, row by row; safe to run at any time and twice. Returns how many rows it was."""
    over = [expire(one, at=at) for one in _past(at)[:MOST]]
    reminded = [remind(one, at=at) for one in _asked() if is_due(one, at=at)]
    return sum([*over, *reminded])


def _past(at: datetime) -> QuerySet[Agreement]:
    rows = Agreement.objects.filter(state__in=OPEN_FOR_SIGNATURE, expires_on__lt=(at + A_DAY).date())
    return rows.filter(engagement__cancelled_at=None).select_related("company").order_by("expires_on", "pk")


def _asked() -> QuerySet[Signer]:
    """Signers who were asked and have not signed, where signing can go on."""
    rows = Signer.objects.filter(
        signature=None, asked_at__isnull=False, party=Signer.Party.CUSTOMER, agreement__state__in=OPEN_FOR_SIGNATURE,
        agreement__provider=Agreement.Provider.OWN, agreement__engagement__cancelled_at=None,
        agreement__engagement__held_at=None, agreement__engagement__step__in=agreements.SIGNING,
        company__state=Company.State.ACCEPTED,
    )  # fmt: skip
    return rows.select_related("agreement__company").order_by("pk")


@transaction.atomic
def expire(agreement: Agreement, *, at: datetime) -> bool:
    """Close what nobody signed by the end of its last day where the company is; both sides are told, once."""
    if not queries.is_expired(agreement, at=at):
        return False
    engagement = gates.locked(agreement.engagement_id, SYSTEM)
    fresh = Agreement.objects.select_related("document", "reviewer__user").get(pk=agreement.pk)
    if fresh.state not in OPEN_FOR_SIGNATURE:
        return False
    fresh.engagement, fresh.company = engagement, engagement.company
    fresh.expire(at=at)
    fresh.save()
    envelopes.call_off(fresh, at=at)
    outbox.record("agreement.expired", engagement, by=SYSTEM, at=at, data=agreements.facts(fresh))
    agreement_letters.expired(fresh, engagement, at=at)
    return True


def is_due(signer: Signer, *, at: datetime) -> bool:
    """True when a moment of the policy came since the signer last heard of it; several missed ones are one."""
    agreement, heard_at = signer.agreement, signer.reminded_at or signer.asked_at
    if heard_at is None or signer.asked_at is None or queries.is_expired(agreement, at=at):
        return False
    mornings = signing_reminders.moments(
        asked_at=signer.asked_at, last_day=agreement.expires_on, zone=queries.zone_of(agreement.company)
    )
    return any(heard_at < morning <= at for morning in mornings)


@transaction.atomic
def remind(signer: Signer, *, at: datetime) -> bool:
    """Mail the signer whose turn it is again, once for whatever was due."""
    engagement = gates.locked(signer.agreement.engagement_id, SYSTEM)
    agreement = Agreement.objects.select_related("document").get(pk=signer.agreement_id)
    agreement.engagement, agreement.company = engagement, engagement.company
    fresh = queries.turn(agreement)
    if fresh is None or fresh.pk != signer.pk or agreement.state not in OPEN_FOR_SIGNATURE:
        return False
    fresh.agreement = agreement
    if not is_due(fresh, at=at) or not queries.is_true(agreement):  # what can't be signed as it is
        return False
    fresh.reminders, fresh.reminded_at = fresh.reminders + 1, at
    fresh.save(update_fields=["reminders", "reminded_at"])
    data = {"agreement": agreement.number, "signer": fresh.name}
    outbox.record("agreement.reminded", engagement, by=SYSTEM, at=at, data=data)
    agreement_letters.reminded(agreement, engagement, fresh, at=at)
    return True
