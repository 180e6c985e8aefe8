"""Continuous support of step XII: check-ins, each with its recommendations, and always a next one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import documents, gates, messages, rows
from onboarding.actors import SPECIALISTS, Actor
from onboarding.models import CheckIn, Document, Engagement
from onboarding.queries import evidence
from onboarding.workflow.steps import Step

AT = frozenset({Step.CONTINUOUS_SUPPORT})
FIRST_CHECK_IN = timedelta(days=30)
WORDS = "Specialists hold check-ins."


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """On entering step XII: the evidence pack is ordered and the first check-in scheduled; neither twice."""
    if not engagement.documents.filter(kind=Document.Kind.EVIDENCE_PACK).exists():
        documents.order(
            engagement,
            kind=Document.Kind.EVIDENCE_PACK,
            title="Evidence pack",
            file_name=f"{engagement.reference}-evidence-pack.pdf",
            template="evidence_pack",
            context=evidence.context(engagement, at=at),
            by=by,
            at=at,
        )
    if not engagement.check_ins.exists():
        _create(engagement, due_on=(at + FIRST_CHECK_IN).date(), by=by)


@transaction.atomic
def schedule(engagement_id: int, *, due_on: date, by: Actor, at: datetime) -> CheckIn:
    """Schedule a check-in on a day to come; the same day twice is once."""
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, steps=AT, words=WORDS)
    _check_day(due_on, at=at)
    if earlier := engagement.check_ins.filter(held_at=None, due_on=due_on).first():
        return earlier
    check_in = _create(engagement, due_on=due_on, by=by)
    data = {"check_in": check_in.pk, "due_on": due_on.isoformat()}
    outbox.record("check_in.scheduled", engagement, by=by, at=at, data=data)
    return check_in


@transaction.atomic
def hold(
    check_in_id: int, *, notes: str, recommendations: str, next_on: date | None = None, by: Actor, at: datetime
) -> CheckIn:
    """A check-in was held: its notes, what we recommend (mailed to the customer), and the day of the next."""
    found = rows.visible(CheckIn, check_in_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, steps=AT, words=WORDS)
    check_in = CheckIn.objects.get(pk=found.pk)
    if check_in.held_at:
        raise errors.WrongState("This check-in was held already.")
    if not notes.strip():
        raise errors.BadInput(fields={"notes": "Write down what was discussed."})
    if next_on:
        _check_day(next_on, at=at)
        _create(engagement, due_on=next_on, by=by)
    check_in.held_at, check_in.held_by = at, by.name
    check_in.notes, check_in.recommendations = notes.strip(), recommendations.strip()
    check_in.save()
    data = {"check_in": check_in.pk, "next_on": next_on.isoformat() if next_on else None}
    outbox.record("check_in.held", engagement, by=by, at=at, data=data)
    messages.send_to_members(
        engagement,
        kind="check_in.held",
        subject="What we recommend after our check-in",
        text=check_in.recommendations or "Everything runs well; we recommend no change.",
        key=f"check_in:{check_in.pk}",
        at=at,
        path="/",
        button="Open continuous support",
    )
    return check_in


def _create(engagement: Engagement, *, due_on: date, by: Actor) -> CheckIn:
    return CheckIn.objects.create(
        company_id=engagement.company_id, engagement=engagement, due_on=due_on, scheduled_by=by.name
    )


def _check_day(day: date, *, at: datetime) -> None:
    if day <= at.date():
        raise errors.BadInput(fields={"due_on": "Enter a date in the future."})
