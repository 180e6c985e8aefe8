"""Scheduled runs after cutover: everything once, failures retried, incidents opened and closed by the runs themselves."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from integrations import tasks
from integrations.tasks.labour import connector_of
from onboarding.actions import flow_runs
from onboarding.models import Binding, Event, Flow, FlowRun, Incident, Launch, Message
from onboarding.workflow.steps import Step
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.tasks.killing import killed_while_working
from tests.integrations.tasks.stage import Stage, staged

SEEDED = 20
TWIN = "Bluebird Bakery"  # two seeded accounts carry this very name


def live(stage: Stage) -> Flow:
    flow = stage.configured()
    stage.at_step(Step.GO_LIVE)
    Launch.objects.create(company=stage.engagement.company, engagement=stage.engagement, cutover_at=now())
    flow_runs.start_schedule(flow, at=now())
    return flow


def due_run(flow: Flow) -> FlowRun:
    Flow.objects.filter(pk=flow.pk).update(next_run_at=now() - timedelta(seconds=1))
    assert tasks.start_due_flows() == 1
    return flow.runs.get(state="queued")


def ran(flow: Flow) -> FlowRun:
    run = due_run(flow)
    tasks.run_flow(run_id=run.pk)
    run.refresh_from_db()
    return run


def rename_the_twin(stage: Stage, run: FlowRun) -> None:
    """What the customer does about the incident: one of the two gets another name, in the CRM itself."""
    crm = connector_of(stage.engagement.connections.get(side="crm"))
    crm.update("Account", run.failures[0]["source_id"], {"Name": f"{TWIN} Uptown"})


def customers(stage: Stage) -> list[str]:
    rows = stage.sandbox.records("quickbooks", stage.books["realm_id"], "Customer")
    return [row["DisplayName"] for row in rows if row["Active"]]


def test_the_first_run_moves_everything_and_the_next_nothing(stage: Stage):
    flow = live(stage)

    first, second, third = ran(flow), ran(flow), ran(flow)

    assert (first.state, first.counts["failed"]) == ("done", 1)
    assert first.counts["created"] + first.counts["updated"] == SEEDED - 1
    assert (second.counts["unchanged"], second.counts.get("created", 0)) == (SEEDED - 1, 0)  # our own ties, read again
    assert third.counts == {"read": 1, "failed": 1}
    assert Binding.objects.filter(flow=flow).count() == SEEDED - 1
    assert third.cursor_before == third.cursor_after == Flow.objects.get().cursor != ""
    assert len(customers(stage)) == len(set(customers(stage)))


def test_a_record_that_fails_opens_an_incident_which_closes_once_it_is_put_right(stage: Stage):
    flow = live(stage)

    failing = ran(flow)
    incident = Incident.objects.get()
    rename_the_twin(stage, failing)
    mended = ran(flow)

    assert failing.failures[0]["name"] == TWIN
    assert (incident.closed_at, incident.problem["class"]) == (None, "duplicate")
    incident.refresh_from_db()
    assert (mended.failures, incident.closed_at, incident.closed_by_run) == ([], mended.finished_at, mended)
    kinds = list(Event.objects.filter(kind__startswith="incident").values_list("kind", flat=True))
    assert kinds == ["incident.opened", "incident.closed"]
    assert Message.objects.filter(kind="incident.opened").count() == 1


def test_a_consent_that_was_ended_fails_the_run_and_opens_an_incident(stage: Stage):
    flow = live(stage)
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "revoke_refresh")
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "expire_token")

    run = ran(flow)

    assert (run.state, run.problem["class"]) == ("failed", "auth_revoked")
    assert Incident.objects.get().problem["what_to_do"] == "Press Connect to give consent again."
    assert Event.objects.get(kind="flow.run_failed").data["run"] == run.pk


def test_a_vendor_that_is_down_is_tried_again_before_anybody_is_alarmed(stage: Stage):
    flow = live(stage)
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "throttle", count=200)

    run = ran(flow)

    assert (run.state, run.attempts, run.problem["class"]) == ("queued", 1, "rate_limited")
    assert not Incident.objects.exists()


def test_an_expired_token_is_renewed_within_the_run(stage: Stage):
    flow = live(stage)
    before = stage.engagement.connections.get(side="finance").secret
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "expire_token")
    stage.sandbox.fault("salesforce", stage.org["org_id"], "expire_token")

    run = ran(flow)

    after = stage.engagement.connections.get(side="finance")
    assert (run.state, after.secret != before, after.renewing_until) == ("done", True, None)


def test_a_record_deleted_at_the_source_is_no_longer_waited_for(stage: Stage):
    flow = live(stage)
    failing = ran(flow)
    crm = connector_of(stage.engagement.connections.get(side="crm"))
    crm.remove("Account", failing.failures[0]["source_id"])

    assert ran(flow).failures == []


def test_a_run_of_a_flow_not_cut_over_yet_opens_no_incident(stage: Stage):
    flow = live(stage)
    Launch.objects.update(cutover_at=None)

    ran(flow)

    assert not Incident.objects.exists()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(outbound, sandbox: RunningSandbox):
    stage = staged(sandbox)
    flow = live(stage)
    before = stage.created("quickbooks", "Customer")
    run = due_run(flow)
    killed_while_working(run, when=lambda: stage.created("quickbooks", "Customer") >= before + 6)
    assert stage.created("quickbooks", "Customer") < before + SEEDED - 3

    tasks.run_flow(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.attempts, len(run.failures)) == ("done", 2, 1)
    assert Binding.objects.filter(flow=flow).count() == SEEDED - 1
    assert stage.created("quickbooks", "Customer") - before == SEEDED - 3  # two customers were there by name
    assert len(customers(stage)) == len(set(customers(stage)))
