"""Step X's tests: real records made, moved, compared, moved again, cleaned away; killed in the middle, nothing doubled."""

import pytest
from django.utils.timezone import now

from integrations import tasks
from onboarding.actions import test_runs
from onboarding.models import Event, Flow, TestRun
from onboarding.workflow.steps import Step
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.tasks.killing import killed_while_working
from tests.integrations.tasks.stage import Stage, staged

CASES = ["complete", "colon", "long_name", "bare"]


def ordered(stage: Stage, flow: Flow) -> TestRun:
    stage.at_step(Step.ACTIVATION_TESTING)
    return test_runs.start(flow.pk, by=stage.specialist, at=now())


def left_over(stage: Stage) -> list[str]:
    accounts = stage.sandbox.records("salesforce", stage.org["org_id"], "Account")
    customers = stage.sandbox.records("quickbooks", stage.books["realm_id"], "Customer")
    active = [customer["DisplayName"] for customer in customers if customer["Active"]]
    names = [*(account["Name"] for account in accounts), *active]
    return [name for name in names if name.startswith(("IW-TEST", "ZZZ-Test"))]


def test_a_flow_that_passes_its_tests_is_active_and_leaves_nothing_behind(stage: Stage):
    flow = stage.configured()
    run = ordered(stage, flow)

    tasks.run_test(run_id=run.pk)

    run.refresh_from_db()
    flow.refresh_from_db()
    assert (run.state, run.is_passed, run.environment) == ("done", True, "production")
    assert [(case["code"], case["passed"], case["created_on_second_run"]) for case in run.results["cases"]] == [
        (code, True, 0) for code in CASES
    ]
    assert [case["code"] for case in run.progress] == CASES
    assert flow.activated_at == run.finished_at
    assert left_over(stage) == []
    assert Event.objects.get(kind="test_run.passed").data["cases"] == dict.fromkeys(CASES, True)


def test_a_flow_that_fails_its_tests_is_not_active(stage: Stage):
    flow = stage.configured()
    Flow.objects.filter(pk=flow.pk).update(activated_at=now())
    run = ordered(stage, flow)
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "readonly_user")

    tasks.run_test(run_id=run.pk)

    run.refresh_from_db()
    flow.refresh_from_db()
    assert (run.state, run.is_passed, flow.activated_at) == ("done", False, None)
    assert {case["trouble"]["class"] for case in run.results["cases"]} == {"permission"}


def test_a_test_of_a_mapping_changed_meanwhile_activates_nothing(stage: Stage):
    flow = stage.configured()
    run = ordered(stage, flow)
    Flow.objects.filter(pk=flow.pk).update(mapping_version=2)

    tasks.run_test(run_id=run.pk)

    run.refresh_from_db()
    flow.refresh_from_db()
    assert (run.is_passed, flow.activated_at) == (True, None)


def test_a_cancelled_test_is_not_taken_up(stage: Stage):
    run = ordered(stage, stage.configured())
    calls = stage.sandbox.state("quickbooks", stage.books["realm_id"])["total_calls"]
    test_runs.cancel(run.pk, by=stage.specialist, at=now())

    tasks.run_test(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.results) == ("cancelled", {})
    assert stage.sandbox.state("quickbooks", stage.books["realm_id"])["total_calls"] == calls


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_a_test_that_is_finished_by_the_next(outbound, sandbox: RunningSandbox):
    stage = staged(sandbox)
    run = ordered(stage, stage.configured())
    before = stage.created("salesforce", "Account")
    killed_while_working(run, when=lambda: stage.created("salesforce", "Account") >= before + 2)

    tasks.run_test(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.attempts, run.is_passed, left_over(stage)) == ("done", 2, True, [])
    assert Event.objects.filter(kind="connection.secret_used", data__run=run.pk, data__for="test run").count() == 2
