"""Go-live of step XI: both sides decide, a specialist cuts over, hypercare begins."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import flow_runs, gates, messages
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Engagement, GoDecision, Launch
from onboarding.workflow.step_09_solution_configuration import flows_on
from onboarding.workflow.step_11_go_live import checklist, latest_decisions
from onboarding.workflow.steps import Step

AT = frozenset({Step.GO_LIVE})
DECIDERS = frozenset({Role.OWNER, Role.SIGNATORY})
MOST_RUNS = 50


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> Launch:
    """The launch that decisions belong to (on entering step XI); one there already is kept."""
    launch, _ = Launch.objects.get_or_create(engagement=engagement, defaults={"company_id": engagement.company_id})
    return launch


@transaction.atomic
def decide(engagement_id: int, *, is_go: bool, comment: str, by: Actor, at: datetime) -> GoDecision:
    """Go or no-go for one's own side, by name; the latest of a side counts. A no-go says why."""
    engagement = gates.writable(
        engagement_id, by, roles=DECIDERS | SPECIALISTS, steps=AT,
        words="The owner or the signatory decides for the customer, a specialist for InterWeave.",
    )  # fmt: skip
    launch = open_for(engagement, by=by, at=at)
    if launch.cutover_at:
        raise errors.WrongState("The cutover is done; there is nothing left to decide.")
    if not is_go and not comment.strip():
        raise errors.BadInput(fields={"comment": "Say what stands in the way."})
    open_lines = [line["title"] for line in checklist(engagement) if not line["met"]]
    if is_go and open_lines:
        raise errors.WrongState(f"Complete the checklist first: {'; '.join(open_lines)}.")
    side = GoDecision.Side.INTERWEAVE if by.is_staff else GoDecision.Side.CUSTOMER
    decision = GoDecision.objects.create(
        company_id=engagement.company_id, launch=launch, side=side, is_go=is_go, comment=comment.strip(), by=by.name,
        at=at,
    )  # fmt: skip
    data = {"side": side.value, "is_go": is_go, "comment": decision.comment}
    outbox.record("launch.decided", engagement, by=by, at=at, data=data)
    return decision


@transaction.atomic
def cut_over(engagement_id: int, *, hypercare_until: date, hypercare_runs: int = 3, by: Actor, at: datetime) -> Launch:
    """Switch the schedules on: every flow that is on runs from now. Needs a go of both sides and the whole checklist.

    Hypercare lasts until the date, and until each flow had so many clean scheduled runs in a row.
    """
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, steps=AT, words="Specialists cut over.")
    launch = open_for(engagement, by=by, at=at)
    if launch.cutover_at:
        raise errors.WrongState("The cutover is done already.")
    _require_go(engagement)
    _check(hypercare_until, hypercare_runs, at=at)
    launch.cutover_at, launch.cutover_by = at, by.name
    launch.hypercare_until, launch.hypercare_runs = hypercare_until, hypercare_runs
    launch.save()
    for flow in flows_on(engagement):
        flow_runs.start_schedule(flow, at=at)
    data = {"hypercare_until": hypercare_until.isoformat(), "hypercare_runs": hypercare_runs}
    outbox.record("launch.cut_over", engagement, by=by, at=at, data=data)
    messages.send_to_members(
        engagement,
        kind="launch.cut_over",
        subject="You are live",
        text=f"The flows run on schedule from now on. We watch them closely until {hypercare_until:%-d %B %Y}.",
        key=f"cutover:{launch.pk}",
        at=at,
        path="/",
        button="Watch the first runs",
    )
    return launch


def _require_go(engagement: Engagement) -> None:
    open_lines = [line["title"] for line in checklist(engagement) if not line["met"]]
    if open_lines:
        raise errors.WrongState(f"The checklist no longer holds: {'; '.join(open_lines)}.")
    decisions = latest_decisions(engagement)
    missing = [side.label for side in GoDecision.Side if side not in decisions or not decisions[side].is_go]
    if missing:
        raise errors.WrongState(f"A go is missing: {', '.join(missing)}.")


def _check(until: date, runs: int, *, at: datetime) -> None:
    wrong = {}
    if until < at.date():
        wrong["hypercare_until"] = "Enter a date that has not passed."
    if not 1 <= runs <= MOST_RUNS:
        wrong["hypercare_runs"] = f"Enter a number from 1 to {MOST_RUNS}."
    if wrong:
        raise errors.BadInput(fields=wrong)
