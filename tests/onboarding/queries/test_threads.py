"""The thread of a requirement: from its source to its test, with the gaps named, both ways."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.actions import requirement_sources, requirements
from onboarding.models import Engagement, Flow, Pilot, Requirement, RequirementSource, TestRun
from onboarding.queries import threads
from onboarding.queries.requirements import list_hash
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, FlowFactory, owner, specialist
from tests.recorded import recorded

pytestmark = pytest.mark.django_db


def listed(step: Step, *wanted: dict[str, str], is_signed: bool = True) -> Engagement:
    engagement = EngagementFactory(step=Step.REQUIREMENTS_REVIEW.value)
    for words in wanted:
        given = {"text": "Needed", "kind": "flow", "priority": "must", "flow": "account_to_customer"} | words
        requirements.add(engagement.pk, **given, by=specialist(), at=NOW)
    if is_signed:
        requirements.sign_off(engagement.pk, sha256=list_hash(engagement), by=owner(engagement.company), at=NOW)
    Engagement.objects.filter(pk=engagement.pk).update(step=step.value)
    return Engagement.objects.get(pk=engagement.pk)


def ran(flow: Flow, **fields: Any) -> TestRun:
    return TestRun.objects.create(
        company=flow.company, engagement=flow.engagement, flow=flow, environment="production",
        state="done", queued_at=NOW, not_before=NOW, finished_at=NOW, started_by="Priya",
        **{"is_passed": True, "mapping_version": flow.mapping_version, "tag": "IW-first"} | fields,
    )  # fmt: skip


def states(engagement: Engagement, number: int = 1) -> dict[str, str]:
    [one] = [one for one in threads.overview(engagement).threads if one.requirement.number == number]
    assert threads.of(Requirement.objects.get(engagement=engagement, number=number)).links == one.links
    return {link.part: f"{link.state}: {link.words}" for link in one.links}


def test_what_is_not_due_yet_is_no_gap() -> None:
    engagement = listed(Step.CUSTOMER_VERIFICATION, {"source": "Call"})

    assert states(engagement) == {
        "source": "there: 1 source",
        "sign_off": f"there: version 1, {engagement.requirements_signoffs.get().by}",
        "flow": "later: step IX",
        "mapping": "later: step IX",
        "test_case": "there: 4 test records",
        "run": "later: step X",
        "acceptance": "later: step X",
    }
    assert threads.overview(engagement).gaps == {}


def test_every_gap_is_named_once_its_step_is_over() -> None:
    engagement = listed(
        Step.GO_LIVE, {}, {"flow": "opportunity_to_invoice"}, {"kind": "constraint", "flow": ""}, is_signed=False
    )

    found = threads.overview(engagement)

    assert [one.gaps for one in found.threads] == [
        ["no source", "not signed off", "no flow", "no mapping", "no passing run", "not accepted"],
        ["no source", "not signed off", "no flow", "no mapping", "no test case", "no passing run", "not accepted"],
        ["no source", "not signed off"],
    ]
    assert found.gaps == {
        "no source": 3, "not signed off": 3, "no flow": 2, "no mapping": 2, "no test case": 1, "no passing run": 2,
        "not accepted": 2,
    }  # fmt: skip


def test_a_thread_is_whole_when_its_flow_passed_as_it_is_mapped_now() -> None:
    engagement = listed(Step.CONTINUOUS_SUPPORT, {"source": "Call"})
    flow = FlowFactory(engagement=engagement, mapping_version=2)
    Pilot.objects.create(
        company=engagement.company, engagement=engagement, starts_on=NOW, ends_on=NOW, scenarios="Sell", opened_at=NOW,
        closed_at=NOW, closed_by="Maria",
    )  # fmt: skip
    ran(flow, mapping_version=1)
    before = states(engagement)["run"]

    ran(flow, tag="IW-second")

    assert before == "missing: the mapping changed since the last run"
    assert states(engagement)["run"] == "there: passed 23 Nov 2026"
    assert states(engagement)["mapping"] == "there: version 2, 17 fields"
    assert states(engagement)["acceptance"] == "there: pilot, Maria"
    assert threads.overview(engagement).gaps == {}
    ran(flow, tag="IW-third", is_passed=False)
    assert states(engagement)["run"] == "missing: the last run did not pass"


def test_what_nobody_asked_for_is_named() -> None:
    engagement = listed(Step.GO_LIVE, {"kind": "timeline", "flow": ""}, {"priority": "wont"})
    flow = FlowFactory(engagement=engagement)
    FlowFactory(engagement=engagement, code="bill", name="Bill", direction="none")
    ran(flow)

    assert threads.overview(engagement).loose == (
        (flow, "is switched on, and was tested, but no requirement asks for it"),
    )
    assert states(engagement, 2)["flow"] == "not_needed: not this time"


def test_a_requirement_left_out_is_not_in_the_overview() -> None:
    engagement = listed(Step.REQUIREMENTS_REVIEW, {}, is_signed=False)
    requirements.decline(Requirement.objects.get().pk, reason="Later", by=specialist(), at=NOW)

    assert threads.overview(engagement).threads == ()


def test_back_from_a_flow_to_what_asks_for_it() -> None:
    engagement = listed(
        Step.GO_LIVE, {}, {"kind": "mapping", "priority": "could"}, {"flow": "bill"}, {"text": "Later"}, is_signed=False
    )
    Requirement.objects.filter(number=4).update(state="declined")
    flow, elsewhere = FlowFactory(engagement=engagement), FlowFactory()

    assert [one.number for one in threads.asking_for(flow)] == [1, 2]
    assert threads.asking_for(elsewhere) == []


def test_back_from_a_sentence_to_what_rests_on_it() -> None:
    engagement = listed(Step.REQUIREMENTS_REVIEW, {}, {}, {}, is_signed=False)
    first, second, third = recorded(engagement).sentences.all()[:3]
    for number, sentence in ((2, first), (1, first), (3, second)):
        one = Requirement.objects.get(number=number)
        requirement_sources.cite_sentence(one.pk, sentence_id=sentence.pk, by=specialist(), at=NOW)
    Requirement.objects.filter(number=3).update(state="declined")

    assert threads.resting_on([first, second, third]) == {first.pk: [1, 2]}


@pytest.mark.parametrize("number", [3, 30])
def test_the_overview_takes_six_queries(number: int, django_assert_num_queries: Any) -> None:
    engagement = listed(Step.GO_LIVE, {}, is_signed=False)
    FlowFactory(engagement=engagement)
    Requirement.objects.bulk_create(
        Requirement(company=engagement.company, engagement=engagement, number=place, text="Needed", kind="mapping",
                    flow="account_to_customer", created_at=NOW, created_by="Priya")
        for place in range(2, number + 1)
    )  # fmt: skip
    RequirementSource.objects.bulk_create(
        RequirementSource(
            company=engagement.company, requirement=one, kind="said", quote="So", added_by="P", added_at=NOW
        )
        for one in engagement.requirements.all()
    )

    with django_assert_num_queries(6):
        assert len(threads.overview(engagement).threads) == number
