"""The pilot of step 10.2: opened with people and scenarios, its feedback resolved, accepted by the customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, messages, rows
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor, Role
from onboarding.models import Engagement, FeedbackItem, Pilot
from onboarding.workflow.steps import Step

AT = frozenset({Step.ACTIVATION_TESTING})
LONGEST = 2000
ACCEPTERS = frozenset({Role.OWNER, Role.SIGNATORY})


@transaction.atomic
def open(  # noqa: A001 - the noun's own verb
    engagement_id: int, *, starts_on: date, ends_on: date, participants: Iterable[str], scenarios: str, by: Actor,
    at: datetime,
) -> Pilot:  # fmt: skip
    """Open the pilot, once: who tries which scenarios from when to when. The customer's people are told."""
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, steps=AT, words="Specialists open the pilot.")
    if Pilot.objects.filter(engagement=engagement).exists():
        raise errors.WrongState("The pilot is open already.")
    people = [name.strip() for name in participants if name.strip()]
    _check(starts_on, ends_on, people, scenarios)
    pilot = Pilot.objects.create(
        company_id=engagement.company_id, engagement=engagement, starts_on=starts_on, ends_on=ends_on,
        participants=people, scenarios=scenarios.strip(), opened_at=at, opened_by=by.name,
    )  # fmt: skip
    data = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat(), "participants": people}
    outbox.record("pilot.opened", engagement, by=by, at=at, data=data)
    messages.send_to_members(
        engagement,
        kind="pilot.opened",
        subject="Your pilot begins",
        text=f"From {starts_on:%-d %B} to {ends_on:%-d %B %Y}. Report what you notice; we resolve it before you accept.",
        key=f"pilot:{pilot.pk}",
        at=at,
        path="/",
        button="Open the pilot",
    )
    return pilot


def _check(starts_on: date, ends_on: date, people: list[str], scenarios: str) -> None:
    wrong = {}
    if ends_on < starts_on:
        wrong["ends_on"] = "Enter an end that is not before the start."
    if not people:
        wrong["participants"] = "Name at least one person who takes part."
    if not scenarios.strip():
        wrong["scenarios"] = "Describe what the participants try."
    if wrong:
        raise errors.BadInput(fields=wrong)


@transaction.atomic
def add_feedback(engagement_id: int, *, text: str, severity: str, by: Actor, at: datetime) -> FeedbackItem:
    """Report one thing noticed in the pilot: it blocks us, it is a problem, or a wish."""
    engagement = gates.writable(engagement_id, by, roles=CUSTOMER_WRITERS | SPECIALISTS, steps=AT)
    pilot = _open_pilot(engagement)
    wrong = {}
    if not text.strip():
        wrong["text"] = "Write what you noticed."
    if severity not in FeedbackItem.Severity.values:
        wrong["severity"] = "Choose how much it matters."
    if wrong:
        raise errors.BadInput(fields=wrong)
    item = FeedbackItem.objects.create(
        company_id=engagement.company_id, pilot=pilot, text=text.strip(), severity=severity, reported_by=by.name,
        reported_at=at,
    )  # fmt: skip
    data = {"feedback": item.pk, "severity": severity}
    outbox.record("pilot.feedback_added", engagement, by=by, at=at, data=data)
    return item


@transaction.atomic
def resolve(feedback_id: int, *, resolution: str, by: Actor, at: datetime) -> FeedbackItem:
    """Say how one item was resolved."""
    found = rows.visible(FeedbackItem, feedback_id, by)
    engagement = gates.writable(
        found.pilot.engagement_id, by, roles=SPECIALISTS, steps=AT, words="Specialists resolve feedback."
    )  # fmt: skip
    _open_pilot(engagement)
    if not resolution.strip():
        raise errors.BadInput(fields={"resolution": "Say how it was resolved."})
    item = FeedbackItem.objects.get(pk=found.pk)
    item.resolution, item.resolved_by, item.resolved_at = resolution.strip(), by.name, at
    item.save(update_fields=["resolution", "resolved_by", "resolved_at"])
    outbox.record("pilot.feedback_resolved", engagement, by=by, at=at, data={"feedback": item.pk})
    return item


@transaction.atomic
def close(engagement_id: int, *, conclusion: str, by: Actor, at: datetime) -> Pilot:
    """The customer accepts the pilot: it began, and every problem and blocker is resolved (wishes may stay)."""
    engagement = gates.writable(
        engagement_id, by, roles=ACCEPTERS, steps=AT, words="The owner or the signatory accepts the pilot."
    )  # fmt: skip
    pilot = _open_pilot(engagement)
    if pilot.starts_on > at.date():
        raise errors.WrongState(f"The pilot begins on {pilot.starts_on:%-d %B %Y}.")
    left = pilot.feedback.filter(resolved_at=None).exclude(severity=FeedbackItem.Severity.WISH).count()
    if left:
        raise errors.WrongState(f"{left} reported problem(s) are not resolved yet.")
    if len(conclusion) > LONGEST:
        raise errors.BadInput(fields={"conclusion": f"Shorten this to {LONGEST} characters: it has {len(conclusion)}."})
    pilot.closed_at, pilot.closed_by, pilot.conclusion = at, by.name, conclusion.strip()
    pilot.save(update_fields=["closed_at", "closed_by", "conclusion"])
    outbox.record("pilot.accepted", engagement, by=by, at=at, data={"feedback": pilot.feedback.count()})
    return pilot


def _open_pilot(engagement: Engagement) -> Pilot:
    pilot = Pilot.objects.filter(engagement=engagement).first()
    if pilot is None:
        raise errors.WrongState("The pilot has not been opened yet.")
    if pilot.closed_at:
        raise errors.WrongState("The pilot was accepted already.")
    return pilot
