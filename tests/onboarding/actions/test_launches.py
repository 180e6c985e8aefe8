"""Go-live: the checklist, both sides' go, the cutover that switches the schedules on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import launches
from onboarding.actors import Role
from onboarding.models import Blueprint, Connection, Document, Event, Flow, GoDecision, Launch, Message, TestRun
from onboarding.workflow.steps import Step
from tests.factories import NOW, ConnectionFactory, EngagementFactory, FlowFactory, member, owner, specialist

pytestmark = pytest.mark.django_db
TESTED = NOW - timedelta(hours=1)


@pytest.fixture
def flow() -> Flow:
    """Every line of the checklist is met."""
    engagement = EngagementFactory(step=Step.GO_LIVE.value)
    for side in ("crm", "finance"):
        ConnectionFactory(engagement=engagement, side=side)
    flow = FlowFactory(engagement=engagement, activated_at=TESTED)
    pages = Document.objects.create(
        company=flow.company, engagement=engagement, kind="blueprint", title="Blueprint", file_name="blueprint.pdf",
        content_type="application/pdf", sha256="1" * 64, created_at=NOW, created_by="Priya",
    )  # fmt: skip
    Blueprint.objects.create(
        company=flow.company, engagement=engagement, version=1, sha256="0" * 64, configuration={}, made_at=NOW,
        made_by="Priya", confirmed_at=NOW, confirmed_by="Ada", document=pages,
    )  # fmt: skip
    TestRun.objects.create(
        company=flow.company, engagement=engagement, flow=flow, mapping_version=1, environment="production", tag="t1",
        started_by="Priya", state="done", is_passed=True, queued_at=TESTED, not_before=TESTED, finished_at=TESTED,
    )  # fmt: skip
    return flow


def decided(flow: Flow, by: Any, *, is_go: bool = True, comment: str = "") -> GoDecision:
    return launches.decide(flow.engagement_id, is_go=is_go, comment=comment, by=by, at=NOW)


def cut_over(flow: Flow, **more: Any) -> Launch:
    arguments = {"hypercare_until": NOW.date(), "hypercare_runs": 3, "by": specialist(), "at": NOW} | more
    return launches.cut_over(flow.engagement_id, **arguments)


def test_both_sides_decide_each_for_itself(flow: Flow) -> None:
    ours, theirs = decided(flow, specialist()), decided(flow, owner(flow.company))

    assert (ours.side, theirs.side) == ("interweave", "customer")
    assert [event.data["side"] for event in Event.objects.filter(kind="launch.decided")] == ["interweave", "customer"]


def test_a_go_needs_the_whole_checklist_and_a_no_go_a_reason(flow: Flow) -> None:
    Connection.objects.update(secret_given_at=TESTED - timedelta(days=1))

    with pytest.raises(errors.WrongState, match="Credentials rotated since the tests"):
        decided(flow, specialist())
    with pytest.raises(errors.BadInput):
        decided(flow, specialist(), is_go=False)
    with pytest.raises(errors.NotYours):
        decided(flow, member(flow.company, Role.TECHNICAL))
    no_go = decided(flow, specialist(), is_go=False, comment="Rotate first")

    assert (list(GoDecision.objects.all()), no_go.is_go) == ([no_go], False)


def test_the_cutover_switches_the_schedules_on_and_tells_everybody(flow: Flow) -> None:
    decided(flow, specialist())
    decided(flow, owner(flow.company))

    launch = cut_over(flow, hypercare_until=NOW.date() + timedelta(days=14))

    flow.refresh_from_db()
    assert (launch.cutover_at, launch.hypercare_runs) == (NOW, 3)
    assert (flow.scheduled_at, flow.next_run_at) == (NOW, NOW)
    assert Message.objects.filter(kind="launch.cut_over").count() == 1
    with pytest.raises(errors.WrongState):
        cut_over(flow)
    with pytest.raises(errors.WrongState):
        decided(flow, specialist())


@pytest.mark.parametrize("case", ["one go only", "a later no-go", "checklist broken", "a past date", "no runs"])
def test_the_cutover_is_refused(flow: Flow, case: str) -> None:
    more: dict[str, Any] = {}
    decided(flow, specialist())
    if case != "one go only":
        decided(flow, owner(flow.company))
    if case == "a later no-go":
        decided(flow, owner(flow.company), is_go=False, comment="Not this week")
    if case == "checklist broken":
        Connection.objects.filter(side="crm").update(state="failing")
    if case == "a past date":
        more = {"hypercare_until": NOW.date() - timedelta(days=1)}
    if case == "no runs":
        more = {"hypercare_runs": 0}

    with pytest.raises(errors.BadInput if more else errors.WrongState):
        cut_over(flow, **more)

    flow.refresh_from_db()
    assert (Launch.objects.get().cutover_at, flow.scheduled_at) == (None, None)
