"""Flows: direction, mapping and its versions, checks by a worker, configured only without errors, scanned."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import flows, work
from onboarding.models import Blueprint, Event, Flow, MappingCheck, ReadinessScan
from onboarding.queries import flows as flow_queries
from onboarding.workflow.steps import Step
from tests.factories import NOW, ConnectionFactory, EngagementFactory, FlowFactory, owner, specialist, stranger

pytestmark = pytest.mark.django_db
NAME = {"source": "Name", "target": "DisplayName", "transforms": ["trim"], "required": True, "compare": "trim"}
ERROR = {"severity": "error", "field": "DisplayName", "kind": "type", "words": "Name is a date."}


@pytest.fixture
def flow() -> Flow:
    flow = FlowFactory()
    for side in ("crm", "finance"):
        ConnectionFactory(engagement=flow.engagement, side=side)
    return flow


def saved(flow: Flow, **more: Any) -> Flow:
    arguments = {"mapping": [NAME], "master": "crm", "version": flow.mapping_version, "by": specialist(), "at": NOW}
    return flows.save_mapping(flow.pk, **(arguments | more))


def checked(flow: Flow, *, findings: list[dict], version: int | None = None) -> bool:
    run = flows.check_mapping(flow.pk, by=specialist(), at=NOW)
    row = work.claim(MappingCheck, run.pk, at=NOW)
    row.mapping_version = version or row.mapping_version
    return flows.record_mapping_check(
        row, findings=findings, source_schema={"name": "Account"}, target_schema={"name": "Customer"}, at=NOW
    )


# --- Direction --------------------------------------------------------------------------------------------------------------


def test_switching_a_flow_off_and_on_asks_for_configuration_and_blueprint_anew(flow: Flow) -> None:
    Blueprint.objects.create(
        company=flow.company, engagement=flow.engagement, version=1, sha256="0" * 64, configuration={}, made_at=NOW,
        made_by="Priya", confirmed_at=NOW, confirmed_by="Ada",
    )  # fmt: skip

    off = flows.set_direction(flow.pk, direction="none", by=specialist(), at=NOW)
    flows.set_direction(flow.pk, direction="none", by=specialist(), at=NOW)

    assert (off.is_on, off.configured_at, off.configured_by) == (False, None, "")
    assert Blueprint.objects.get().superseded_at == NOW
    assert Event.objects.filter(kind="flow.direction_set").count() == 1


@pytest.mark.parametrize(
    ("by", "direction", "refusal"),
    [
        (specialist, "finance_to_crm", errors.BadInput),
        (specialist, "sideways", errors.BadInput),
        (stranger, "none", errors.NotFound),
    ],
)
def test_a_direction_is_refused(flow: Flow, by, direction: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        flows.set_direction(flow.pk, direction=direction, by=by(), at=NOW)

    flow.refresh_from_db()
    assert (flow.direction, flow.configured_at) == ("crm_to_finance", NOW)


def test_customers_and_other_steps_configure_nothing(flow: Flow) -> None:
    with pytest.raises(errors.NotYours):
        flows.set_direction(flow.pk, direction="none", by=owner(flow.company), at=NOW)
    elsewhere = FlowFactory(engagement=EngagementFactory(step=Step.ACTIVATION_TESTING.value))
    with pytest.raises(errors.WrongStep):
        flows.set_direction(elsewhere.pk, direction="none", by=specialist(), at=NOW)


# --- Mapping ----------------------------------------------------------------------------------------------------------------


def test_a_saved_mapping_is_a_new_version_and_nothing_proven_holds(flow: Flow) -> None:
    Flow.objects.update(activated_at=NOW, mapping_findings=[ERROR])

    changed = saved(flow)

    assert (changed.mapping_version, changed.mapping) == (2, [{**NAME, "note": "", "if_present": False}])
    assert (changed.mapping_findings, changed.mapping_validated_at) == ([], None)
    assert (changed.configured_at, changed.activated_at) == (None, None)
    assert Event.objects.get(kind="flow.mapping_saved").data == {
        "flow": "account_to_customer",
        "mapping_version": 2,
        "fields": 1,
    }


def test_saving_the_same_mapping_changes_nothing(flow: Flow) -> None:
    same = saved(flow, mapping=flow.mapping)

    assert (same.mapping_version, same.configured_at, Event.objects.count()) == (1, NOW, 0)


def test_two_editors_do_not_overwrite_each_other(flow: Flow) -> None:
    saved(flow)

    with pytest.raises(errors.Stale) as refusal:
        saved(flow, mapping=[{**NAME, "source": "Phone"}])

    assert refusal.value.data["version"] == 2
    assert Flow.objects.get().mapping[0]["source"] == "Name"


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"mapping": []}, ["mapping"]),
        ({"mapping": [NAME, {"source": " ", "target": ""}]}, ["1.source", "1.target"]),
        ({"master": "both"}, ["master"]),
    ],
    ids=["empty", "half a row", "no master"],
)
def test_a_mapping_is_refused_by_row(flow: Flow, more: dict, fields: list[str]) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        saved(flow, **more)

    assert list(refusal.value.fields) == fields
    assert Flow.objects.get().mapping_version == 1


# --- Checked and configured ----------------------------------------------------------------------------------------------------


def test_a_mapping_without_errors_can_be_configured(flow: Flow) -> None:
    saved(flow)
    warning = {**ERROR, "severity": "warning"}

    checked(flow, findings=[warning])
    configured = flows.configure(flow.pk, by=specialist(), at=NOW)
    flows.configure(flow.pk, by=specialist(), at=NOW)

    assert (configured.mapping_findings, configured.mapping_validated_at) == ([warning], NOW)
    assert Event.objects.filter(kind="flow.configured").count() == 1


@pytest.mark.parametrize("case", ["switched off", "never checked", "errors found"])
def test_configure_is_refused(flow: Flow, case: str) -> None:
    saved(flow)
    if case == "switched off":
        flows.set_direction(flow.pk, direction="none", by=specialist(), at=NOW)
    if case == "errors found":
        checked(flow, findings=[ERROR])

    with pytest.raises(errors.WrongState):
        flows.configure(flow.pk, by=specialist(), at=NOW)

    assert Flow.objects.get().configured_at is None


def test_one_check_of_a_mapping_at_a_time(flow: Flow) -> None:
    first, second = (flows.check_mapping(flow.pk, by=specialist(), at=NOW) for _ in range(2))

    assert (first.pk, MappingCheck.objects.count()) == (second.pk, 1)


def test_a_check_of_an_older_mapping_or_of_a_lost_claim_counts_for_nothing(flow: Flow) -> None:
    saved(flow)

    assert checked(flow, findings=[ERROR], version=1)
    after_old = Flow.objects.get().mapping_findings
    run = flows.check_mapping(flow.pk, by=specialist(), at=NOW)
    is_recorded = flows.record_mapping_check(run, findings=[ERROR], source_schema={}, target_schema={}, at=NOW)

    assert (after_old, is_recorded, Flow.objects.get().mapping_findings) == ([], False, [])


def test_the_editor_shows_findings_beside_their_rows(flow: Flow) -> None:
    flow = saved(flow)
    before = flow_queries.editor(flow)
    elsewhere = {**ERROR, "field": "GivenName", "kind": "required_unmapped"}
    checked(flow, findings=[ERROR, elsewhere])

    editor = flow_queries.editor(Flow.objects.get())

    assert (before["source_schema"], before["schemas_read_at"]) == ({}, None)
    assert (editor["rows"][0]["findings"], editor["other_findings"]) == ([ERROR], [elsewhere])
    assert (editor["target_schema"], editor["schemas_read_at"]) == ({"name": "Customer"}, NOW)


# --- Scans -----------------------------------------------------------------------------------------------------------------------


def test_a_scan_is_ordered_once_recorded_and_can_be_stopped(flow: Flow) -> None:
    by = owner(flow.company)
    first, second = (flows.start_scan(flow.pk, by=by, at=NOW) for _ in range(2))
    row = work.claim(ReadinessScan, first.pk, at=NOW)
    is_recorded = flows.record_scan(row, total=230, passing=212, findings=[], at=NOW)
    third = flows.start_scan(flow.pk, by=by, at=NOW)
    stopped = flows.cancel_scan(third.pk, by=by, at=NOW)

    first.refresh_from_db()
    assert (first.pk, first.total, first.passing, first.state, is_recorded) == (second.pk, 230, 212, "done", True)
    assert (stopped.state, flow_queries.latest_scan(flow)) == ("cancelled", stopped)
    assert flows.record_scan(row, total=1, passing=1, findings=[], at=NOW) is False
    with pytest.raises(errors.WrongState):
        flows.cancel_scan(third.pk, by=by, at=NOW)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (["crm"], "Connect the CRM first."),
        (["crm", "finance"], "Connect the CRM and the financial application first."),
    ],
)
def test_a_scan_needs_both_systems(flow: Flow, missing: list[str], words: str) -> None:
    flow.engagement.connections.filter(side__in=missing).update(secret="")

    with pytest.raises(errors.WrongState) as refusal:
        flows.start_scan(flow.pk, by=specialist(), at=NOW)

    assert refusal.value.words == words
    assert not ReadinessScan.objects.exists()
