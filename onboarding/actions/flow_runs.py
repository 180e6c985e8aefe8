"""Runs of flows: on schedule after cutover, or started by a specialist; their results open and close incidents."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import flows, gates, incidents, rows, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor
from onboarding.models import Engagement, Flow, FlowRun, TestRun
from onboarding.models.base import Work
from onboarding.queries import flows as flow_queries
from onboarding.workflow.steps import Step

OPEN = (Work.State.QUEUED, Work.State.RUNNING)
LIVE = frozenset({Step.GO_LIVE, Step.CONTINUOUS_SUPPORT})
WORDS = "Specialists run flows."


@transaction.atomic
def schedule(flow_id: int, *, by: Actor, at: datetime) -> Flow:
    """Switch a flow's schedule on (again); its first run is due at once. Only after cutover."""
    flow, engagement = flows.writable(flow_id, by, steps=LIVE, words=WORDS)
    launch = getattr(engagement, "launch", None)
    if launch is None or launch.cutover_at is None:
        raise errors.WrongState("Schedules are switched on by the cutover.")
    if flow.scheduled_at is None:
        start_schedule(flow, at=at)
        outbox.record("flow.scheduled", engagement, by=by, at=at, data={"flow": flow.code})
    return flow


def start_schedule(flow: Flow, *, at: datetime) -> None:
    """The schedule runs from now on. Called inside other actions."""
    flow.scheduled_at = flow.next_run_at = at
    flow.save(update_fields=["scheduled_at", "next_run_at"])


@transaction.atomic
def unschedule(flow_id: int, *, reason: str, by: Actor, at: datetime) -> Flow:
    """Stop a flow's schedule, with the reason; a run under way goes on to its end."""
    flow, engagement = flows.writable(flow_id, by, steps=LIVE, words=WORDS)
    if flow.scheduled_at is None:
        raise errors.WrongState("This flow has no schedule running.")
    if not reason.strip():
        raise errors.BadInput(fields={"reason": "Say why the schedule stops."})
    flow.scheduled_at = flow.next_run_at = None
    flow.save(update_fields=["scheduled_at", "next_run_at"])
    data = {"flow": flow.code, "reason": reason.strip()[:500]}
    outbox.record("flow.unscheduled", engagement, by=by, at=at, data=data)
    return flow


@transaction.atomic
def start(flow_id: int, *, by: Actor, at: datetime) -> FlowRun:
    """Run a flow now, beside its schedule (it does not count for hypercare); one still open is returned."""
    flow, engagement = flows.writable(flow_id, by, steps=LIVE, words=WORDS)
    launch = getattr(engagement, "launch", None)
    if launch is None or launch.cutover_at is None:
        raise errors.WrongState("Real records move only after the cutover.")
    flow_queries.require_connections(engagement)
    if earlier := flow.runs.filter(state__in=OPEN).first():
        return earlier
    run = _new(flow, engagement, is_scheduled=False, by=by, at=at)
    outbox.record("flow.run_started", engagement, by=by, at=at, data={"flow": flow.code, "run": run.pk})
    return run


def start_due(*, at: datetime) -> int:
    """Start every scheduled flow whose time has come; the scheduler calls this. Returns how many were started."""
    return sum(_start_scheduled(flow, at=at) for flow in flow_queries.due(at=at))


@transaction.atomic
def _start_scheduled(flow: Flow, *, at: datetime) -> bool:
    """One due flow, once, however many schedulers ask: the next time is set by a conditional UPDATE."""
    following = at + timedelta(seconds=flow.interval_seconds)
    moved = Flow.objects.filter(pk=flow.pk, next_run_at=flow.next_run_at).exclude(scheduled_at=None)
    if not moved.update(next_run_at=following):
        return False
    busy = flow.runs.filter(state__in=OPEN).exists() or TestRun.objects.filter(flow=flow, state__in=OPEN).exists()
    if not busy:
        _new(flow, flow.engagement, is_scheduled=True, by=SYSTEM, at=at)
    return not busy


def _new(flow: Flow, engagement: Engagement, *, is_scheduled: bool, by: Actor, at: datetime) -> FlowRun:
    return work.new(
        FlowRun, at=at, company_id=flow.company_id, engagement=engagement, flow=flow, is_scheduled=is_scheduled,
        cursor_before=flow.cursor, started_by=by.name,
    )  # fmt: skip


@transaction.atomic
def cancel(run_id: int, *, by: Actor, at: datetime) -> FlowRun:
    """Stop a run after the record it is at; what moved stays moved and bound."""
    found = rows.visible(FlowRun, run_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, words=WORDS)
    if not work.cancel(found, at=at):
        raise errors.WrongState("This run is over already.")
    outbox.record("flow.run_cancelled", engagement, by=by, at=at, data={"flow": found.flow.code, "run": found.pk})
    return FlowRun.objects.get(pk=found.pk)


def record_progress(run: FlowRun, *, counts: dict[str, int], failures: list[dict[str, Any]], at: datetime) -> bool:
    """What became of the records so far, for whoever watches. False when the claim was lost."""
    return work.progress(run, counts=counts, failures=failures, claimed_at=at)


def advance(run: FlowRun, *, cursor: str) -> bool:
    """Everything before this cursor is moved. False (nothing written) when the claim was lost."""
    if not work.progress(run, cursor_after=cursor):
        return False
    return bool(Flow.objects.filter(pk=run.flow_id).update(cursor=cursor))


@transaction.atomic
def record_run(
    run: FlowRun, *, counts: dict[str, int], failures: list[dict[str, Any]], cursor: str, has_more: bool, at: datetime
) -> bool:
    """Close a run: what became of how many records, which failed, how far it came.

    Failed records open an incident, none closes it. `has_more`: the next run is due at once. False: claim lost.
    """
    engagement = gates.locked(run.engagement_id, SYSTEM)
    if not work.finish(run, at=at, counts=counts, failures=failures, cursor_after=cursor):
        return False
    if has_more:
        Flow.objects.filter(pk=run.flow_id).exclude(scheduled_at=None).update(next_run_at=at)
    if failures:
        words = f"{len(failures)} record(s) could not be moved. {failures[0]['trouble'].get('words', '')}"
        incidents.open_for(run, engagement, problem={**failures[0]["trouble"], "words": words}, at=at)
    else:
        incidents.close_for(run, engagement, at=at)
    data = {"flow": run.flow.code, "run": run.pk, "counts": counts, "failed": len(failures)}
    outbox.record("flow.run_finished", engagement, by=SYSTEM, at=at, data=data)
    return True


@transaction.atomic
def record_failure(run: FlowRun, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """A run could not go on: put back for later when trying again can help, else failed with an incident.

    Returns True when it will be tried again.
    """
    engagement = gates.locked(run.engagement_id, SYSTEM)
    if not work.holds(run):
        return False
    if work.fail(run, at=at, problem=problem, retry=retry):
        return True
    incidents.open_for(run, engagement, problem=problem, at=at)
    data = {"flow": run.flow.code, "run": run.pk, "words": problem.get("words", "")}
    outbox.record("flow.run_failed", engagement, by=SYSTEM, at=at, data=data)
    return False
