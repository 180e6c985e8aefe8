"""The solution: selected from the library, its flows on or off as the requirements say."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import solutions
from onboarding.models import Blueprint, Engagement, Event, Flow, Requirement
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, FlowFactory, owner, specialist

pytestmark = pytest.mark.django_db
SOLUTION = "salesforce_quickbooks_online"


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step=Step.SOLUTION_CONFIGURATION.value, solution="")


@pytest.mark.parametrize(
    ("priority", "state", "direction"),
    [
        ("must", "agreed", "crm_to_finance"),
        ("should", "proposed", "crm_to_finance"),
        ("wont", "agreed", "none"),
        ("must", "declined", "none"),
        (None, "", "none"),
    ],
)
def test_flows_are_on_when_the_requirements_want_them(engagement, priority, state: str, direction: str) -> None:
    if priority:
        Requirement.objects.create(
            company=engagement.company, engagement=engagement, number=1, text="Accounts become customers",
            kind="flow", priority=priority, flow="account_to_customer", state=state, created_at=NOW, created_by="Ada",
        )  # fmt: skip

    solutions.select(engagement.pk, solution=SOLUTION, by=specialist(), at=NOW)

    flow = Flow.objects.get(engagement=engagement)
    assert (flow.code, flow.direction, flow.master, flow.mapping_version) == (
        "account_to_customer", direction, "crm", 1,
    )  # fmt: skip
    assert flow.mapping[0]["target"] == "DisplayName"
    assert Engagement.objects.get().solution == SOLUTION


def test_selecting_again_leaves_a_flow_alone_and_asks_for_a_new_blueprint(engagement: Engagement) -> None:
    flow = FlowFactory(engagement=engagement, mapping=[{"source": "Name", "target": "DisplayName"}])
    blueprint = Blueprint.objects.create(
        company=engagement.company, engagement=engagement, version=1, sha256="0" * 64, configuration={}, made_at=NOW,
        made_by="Priya",
    )  # fmt: skip
    stale = FlowFactory(engagement=engagement, code="of_another_solution", name="Old")

    solutions.select(engagement.pk, solution=SOLUTION, by=specialist(), at=NOW)

    flow.refresh_from_db()
    stale.refresh_from_db()
    blueprint.refresh_from_db()
    assert (len(flow.mapping), flow.direction) == (1, "crm_to_finance")
    assert (stale.direction, blueprint.superseded_at) == ("none", NOW)


def test_selecting_is_refused(engagement: Engagement) -> None:
    with pytest.raises(errors.BadInput):
        solutions.select(engagement.pk, solution="sap", by=specialist(), at=NOW)
    with pytest.raises(errors.NotYours):
        solutions.select(engagement.pk, solution=SOLUTION, by=owner(engagement.company), at=NOW)

    assert (Flow.objects.count(), Event.objects.count()) == (0, 0)
