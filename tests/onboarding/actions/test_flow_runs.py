"""Schedules and runs: started once when due, their results opening and closing incidents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import flow_runs, work
from onboarding.models import Engagement, Event, Flow, FlowRun, Incident, Launch, Message, TestRun
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    ConnectionFactory,
    EngagementFactory,
    FlowFactory,
    SpecialistFactory,
    owner,
    specialist,
)

pytestmark = pytest.mark.django_db
DUPLICATE = {"class": "duplicate", "words": "A record of this name is there already.", "what_to_do": "Rename one."}
FAILURES = [{"source_id": "001B", "name": "Bell", "trouble": DUPLICATE}]


@pytest.fixture
def flow() -> Flow:
    """Live: cut over, both systems connected, the schedule running."""
    engagement = EngagementFactory(step=Step.GO_LIVE.value, specialist=SpecialistFactory())
    for side in ("crm", "finance"):
        ConnectionFactory(engagement=engagement, side=side)
    Launch.objects.create(company=engagement.company, engagement=engagement, cutover_at=NOW)
    return FlowFactory(engagement=engagement, scheduled_at=NOW, next_run_at=NOW)


def taken(flow: Flow) -> FlowRun:
    Flow.objects.update(next_run_at=NOW)
    assert flow_runs.start_due(at=NOW) == 1
    row = work.claim(FlowRun, flow.runs.get(state="queued").pk, at=NOW)
    assert row is not None
    return row


def recorded(run: FlowRun, **more: Any) -> bool:
    arguments = {"counts": {"read": 1}, "failures": [], "cursor": "c1", "has_more": False, "at": NOW} | more
    return flow_runs.record_run(run, **arguments)


# --- Schedules --------------------------------------------------------------------------------------------------------------


def test_a_due_flow_is_started_once_and_next_by_its_interval(flow: Flow) -> None:
    later = NOW + timedelta(seconds=30)

    first, second = flow_runs.start_due(at=later), flow_runs.start_due(at=later)

    run = FlowRun.objects.get()
    assert (first, second) == (1, 0)
    assert (run.is_scheduled, run.started_by, run.state) == (True, "InterWeave", "queued")
    assert Flow.objects.get().next_run_at == later + timedelta(seconds=600)


@pytest.mark.parametrize(
    "change",
    [
        lambda flow: Flow.objects.update(scheduled_at=None),
        lambda flow: Flow.objects.update(direction="none"),
        lambda flow: Flow.objects.update(next_run_at=NOW + timedelta(seconds=1)),
        lambda flow: Engagement.objects.update(held_at=NOW, hold_reason="Audit"),
        lambda flow: Engagement.objects.update(cancelled_at=NOW),
    ],
    ids=["no schedule", "off", "not due", "on hold", "cancelled"],
)
def test_a_flow_is_not_started(flow: Flow, change) -> None:
    change(flow)

    assert flow_runs.start_due(at=NOW) == 0
    assert not FlowRun.objects.exists()


def test_a_flow_under_test_or_still_running_waits_for_its_next_time(flow: Flow) -> None:
    test = work.new(
        TestRun, at=NOW, company=flow.company, engagement=flow.engagement, flow=flow, mapping_version=1,
        environment="production", tag="t1", started_by="Priya",
    )  # fmt: skip
    while_tested = flow_runs.start_due(at=NOW)
    work.cancel(test, at=NOW)
    taken(flow)
    Flow.objects.update(next_run_at=NOW)

    assert (while_tested, flow_runs.start_due(at=NOW), FlowRun.objects.count()) == (0, 0, 1)
    assert Flow.objects.get().next_run_at == NOW + timedelta(seconds=600)


def test_a_schedule_is_stopped_with_a_reason_and_started_again(flow: Flow) -> None:
    by = specialist()

    stopped = flow_runs.unschedule(flow.pk, reason="Their year end", by=by, at=NOW)
    again = flow_runs.schedule(flow.pk, by=by, at=NOW)
    flow_runs.schedule(flow.pk, by=by, at=NOW)

    assert (stopped.scheduled_at, stopped.next_run_at, again.next_run_at) == (None, None, NOW)
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds == ["flow.unscheduled", "flow.scheduled"]


def test_schedules_are_refused(flow: Flow) -> None:
    with pytest.raises(errors.BadInput):
        flow_runs.unschedule(flow.pk, reason="", by=specialist(), at=NOW)
    with pytest.raises(errors.NotYours):
        flow_runs.unschedule(flow.pk, reason="Why", by=owner(flow.company), at=NOW)
    Flow.objects.update(scheduled_at=None)
    with pytest.raises(errors.WrongState):
        flow_runs.unschedule(flow.pk, reason="Why", by=specialist(), at=NOW)
    Launch.objects.update(cutover_at=None)
    with pytest.raises(errors.WrongState):
        flow_runs.schedule(flow.pk, by=specialist(), at=NOW)
    with pytest.raises(errors.WrongState):
        flow_runs.start(flow.pk, by=specialist(), at=NOW)

    assert not Event.objects.exists()


def test_a_run_by_hand_is_one_and_can_be_stopped(flow: Flow) -> None:
    by = specialist()

    first, second = (flow_runs.start(flow.pk, by=by, at=NOW) for _ in range(2))
    stopped = flow_runs.cancel(first.pk, by=by, at=NOW)

    assert (first.pk, first.is_scheduled, stopped.state) == (second.pk, False, "cancelled")
    with pytest.raises(errors.WrongState):
        flow_runs.cancel(first.pk, by=by, at=NOW)


# --- Results and incidents ------------------------------------------------------------------------------------------------------


def test_a_clean_run_is_recorded_and_the_rest_is_due_at_once(flow: Flow) -> None:
    run = taken(flow)

    is_recorded = recorded(run, counts={"read": 5000, "created": 5000}, has_more=True)

    run.refresh_from_db()
    assert (is_recorded, run.state, run.counts["created"], run.cursor_after) == (True, "done", 5000, "c1")
    assert (Flow.objects.get().next_run_at, Incident.objects.count()) == (NOW, 0)


def test_a_failed_record_opens_one_incident_until_a_run_is_clean(flow: Flow) -> None:
    recorded(taken(flow), failures=FAILURES)
    recorded(taken(flow), failures=FAILURES)
    open_ones = list(Incident.objects.values_list("closed_at", flat=True))
    clean = taken(flow)
    recorded(clean)

    incident = Incident.objects.get()
    assert (open_ones, incident.closed_at, incident.closed_by_run) == ([None], NOW, clean)
    assert incident.problem["words"] == "1 record(s) could not be moved. A record of this name is there already."
    assert Message.objects.filter(kind="incident.opened").values_list("to", flat=True).get() == (
        flow.engagement.specialist.user.email
    )


def test_a_run_that_can_be_tried_again_alarms_nobody_yet(flow: Flow) -> None:
    run = taken(flow)

    is_again = flow_runs.record_failure(run, problem={"words": "Slow down."}, retry=True, at=NOW)

    run.refresh_from_db()
    assert (is_again, run.state, run.not_before, Incident.objects.count()) == (
        True, "queued", NOW + timedelta(seconds=10), 0,
    )  # fmt: skip


def test_a_run_given_up_opens_an_incident(flow: Flow) -> None:
    run = taken(flow)

    is_again = flow_runs.record_failure(run, problem={"words": "The connection was ended."}, retry=False, at=NOW)

    assert (is_again, Incident.objects.get().problem["words"]) == (False, "The connection was ended.")
    assert Event.objects.get(kind="flow.run_failed").data["run"] == run.pk


def test_a_lost_claim_records_nothing(flow: Flow) -> None:
    run = taken(flow)
    flow_runs.cancel(run.pk, by=specialist(), at=NOW)

    assert recorded(run, failures=FAILURES) is False
    assert flow_runs.record_failure(run, problem={}, retry=True, at=NOW) is False

    run.refresh_from_db()
    assert (run.state, run.failures, Incident.objects.count()) == ("cancelled", [], 0)
