"""Tests of flows: ordered once, shown case by case, activating the flow or taking it back."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import runs, test_runs, work
from onboarding.models import Event, Flow, FlowRun, TestRun
from onboarding.queries import flows as flow_queries
from onboarding.workflow.steps import Step
from tests.factories import NOW, ConnectionFactory, EngagementFactory, FlowFactory, owner, specialist

pytestmark = pytest.mark.django_db


@pytest.fixture
def flow() -> Flow:
    engagement = EngagementFactory(step=Step.ACTIVATION_TESTING.value)
    for side in ("crm", "finance"):
        ConnectionFactory(engagement=engagement, side=side)
    return FlowFactory(engagement=engagement)


def taken(flow: Flow) -> TestRun:
    run = test_runs.start(flow.pk, by=specialist(), at=NOW)
    row = work.claim(TestRun, run.pk, at=NOW)
    assert row is not None
    return row


def results(*, passed: bool) -> dict:
    return {"cases": [{"code": "complete", "passed": passed}], "passed": passed}


def test_a_test_is_ordered_once(flow: Flow) -> None:
    first, second = (test_runs.start(flow.pk, by=specialist(), at=NOW) for _ in range(2))

    assert (first.pk, first.environment, first.mapping_version) == (second.pk, "production", 1)
    assert flow_queries.latest_test(flow) == first
    assert Event.objects.filter(kind="test_run.started").count() == 1


@pytest.mark.parametrize("case", ["off", "not configured", "by the customer", "not connected", "a run under way"])
def test_start_is_refused(flow: Flow, case: str) -> None:
    by, refusal = specialist(), errors.WrongState
    if case == "off":
        Flow.objects.update(direction="none")
    if case == "not configured":
        Flow.objects.update(configured_at=None)
    if case == "by the customer":
        by, refusal = owner(flow.company), errors.NotYours
    if case == "not connected":
        flow.engagement.connections.filter(side="crm").update(state="revoked")
    if case == "a run under way":
        work.new(FlowRun, at=NOW, company=flow.company, engagement=flow.engagement, flow=flow, started_by="x")

    with pytest.raises(refusal):
        test_runs.start(flow.pk, by=by, at=NOW)

    assert not TestRun.objects.exists()


def test_cases_are_shown_as_they_come(flow: Flow) -> None:
    run = taken(flow)

    test_runs.record_progress(run, case={"code": "complete", "passed": False}, at=NOW)
    test_runs.record_progress(run, case={"code": "bare", "passed": True}, at=NOW)
    test_runs.record_progress(run, case={"code": "complete", "passed": True}, at=NOW)

    run.refresh_from_db()
    assert run.progress == [{"code": "bare", "passed": True}, {"code": "complete", "passed": True}]


def test_a_passed_test_activates_and_a_failed_one_takes_it_back(flow: Flow) -> None:
    test_runs.record_result(taken(flow), results=results(passed=True), at=NOW)
    active = Flow.objects.get().activated_at
    test_runs.record_result(taken(flow), results=results(passed=False), at=NOW)

    assert (active, Flow.objects.get().activated_at) == (NOW, None)
    kinds = Event.objects.filter(kind__in=["test_run.passed", "test_run.failed"]).values_list("kind", flat=True)
    assert list(kinds) == ["test_run.passed", "test_run.failed"]


def test_a_stopped_test_records_nothing(flow: Flow) -> None:
    run = taken(flow)
    test_runs.cancel(run.pk, by=specialist(), at=NOW)

    is_recorded = test_runs.record_result(run, results=results(passed=True), at=NOW)

    assert (is_recorded, Flow.objects.get().activated_at) == (False, None)
    with pytest.raises(errors.WrongState):
        test_runs.cancel(run.pk, by=specialist(), at=NOW)


# --- What any run does ------------------------------------------------------------------------------------------------------------


def test_a_run_is_claimed_by_one_and_tells_once_of_the_secrets_it_uses(flow: Flow) -> None:
    run = test_runs.start(flow.pk, by=specialist(), at=NOW)

    def uses(_: TestRun) -> list:
        return list(flow.engagement.connections.all())

    first = runs.claim(TestRun, run.pk, uses=uses, at=NOW)
    second = runs.claim(TestRun, run.pk, uses=uses, at=NOW)
    runs.record_failure(first, problem={"words": "Slow down."}, retry=True, at=NOW)
    TestRun.objects.update(not_before=NOW)
    again = runs.claim(TestRun, run.pk, uses=uses, at=NOW)

    assert (first.attempts, second, again.attempts) == (1, None, 2)
    used = [event.data for event in Event.objects.filter(kind="connection.secret_used")]
    assert [(data["run"], data["for"], data["system"]) for data in used] == [
        (run.pk, "test run", "salesforce"),
        (run.pk, "test run", "quickbooks_online"),
    ]
    assert runs.claim(TestRun, 0, uses=uses, at=NOW) is None


def test_a_run_given_up_says_so_once(flow: Flow) -> None:
    run = taken(flow)

    assert runs.record_failure(run, problem={"words": "Refused."}, retry=False, at=NOW) is False
    assert runs.record_failure(run, problem={"words": "Refused."}, retry=False, at=NOW) is False

    run.refresh_from_db()
    assert (run.state, run.problem) == ("failed", {"words": "Refused."})
    assert [event.data for event in Event.objects.filter(kind="run.failed")] == [
        {"run": run.pk, "for": "test run", "words": "Refused."}
    ]
