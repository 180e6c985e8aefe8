"""Test runs of step X: ordered by a specialist, done by a worker, judged by what was read back."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import flows, gates, rows, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor
from onboarding.models import Flow, FlowRun, TestRun
from onboarding.models.base import Work
from onboarding.queries import flows as flow_queries
from onboarding.workflow.steps import Step

AT = frozenset({Step.ACTIVATION_TESTING, Step.GO_LIVE, Step.CONTINUOUS_SUPPORT})
OPEN = (Work.State.QUEUED, Work.State.RUNNING)
WORDS = "Specialists test the flows."


@transaction.atomic
def start(flow_id: int, *, by: Actor, at: datetime) -> TestRun:
    """Order a test of one configured flow with the library's test records; one still open is returned.

    Refused while a run of the flow moves real records.
    """
    flow, engagement = flows.writable(flow_id, by, steps=AT, words=WORDS)
    if not flow.is_on or flow.configured_at is None:
        raise errors.WrongState("This flow is not configured yet.")
    found = flow_queries.require_connections(engagement)
    if earlier := flow.test_runs.filter(state__in=OPEN).first():
        return earlier
    if FlowRun.objects.filter(flow=flow, state__in=OPEN).exists():
        raise errors.WrongState("A run of this flow is under way. Test it when the run is over.")
    run = work.new(
        TestRun, at=at, company_id=flow.company_id, engagement=engagement, flow=flow,
        mapping_version=flow.mapping_version, environment=found["crm"].environment, tag=secrets.token_hex(4),
        started_by=by.name,
    )  # fmt: skip
    outbox.record("test_run.started", engagement, by=by, at=at, data=_facts(run))
    return run


@transaction.atomic
def cancel(run_id: int, *, by: Actor, at: datetime) -> TestRun:
    """Stop a test after the case it is at; that case is still cleaned away."""
    found = rows.visible(TestRun, run_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, words=WORDS)
    if not work.cancel(found, at=at):
        raise errors.WrongState("This test is over already.")
    outbox.record("test_run.cancelled", engagement, by=by, at=at, data=_facts(found))
    return TestRun.objects.get(pk=found.pk)


def record_progress(run: TestRun, *, case: dict[str, Any], at: datetime) -> bool:
    """One test case is through: shown to whoever watches. False when the claim was lost."""
    run.progress = [*(done for done in run.progress if done["code"] != case["code"]), case]
    return work.progress(run, progress=run.progress, claimed_at=at)


@transaction.atomic
def record_result(run: TestRun, *, results: dict[str, Any], at: datetime) -> bool:
    """Close a test with its twin view. Passed: the flow is active; failed: it is not, until a test passes again.

    A result for a mapping that was changed meanwhile is kept and activates nothing. False: claim lost.
    """
    engagement = gates.locked(run.engagement_id, SYSTEM)
    is_passed = bool(results["passed"])
    if not work.finish(run, at=at, results=results, is_passed=is_passed, progress=results["cases"]):
        return False
    flow = Flow.objects.get(pk=run.flow_id)
    if flow.mapping_version == run.mapping_version:
        flow.activated_at = at if is_passed else None
        flow.save(update_fields=["activated_at"])
    outcome = "passed" if is_passed else "failed"
    data = _facts(run) | {"cases": {case["code"]: case["passed"] for case in results["cases"]}}
    outbox.record(f"test_run.{outcome}", engagement, by=SYSTEM, at=at, data=data)
    return True


def _facts(run: TestRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "flow": run.flow.code,
        "tag": run.tag,
        "environment": run.environment,
        "mapping_version": run.mapping_version,
    }
