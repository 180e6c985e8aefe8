"""Mapping checks against both live schemas, and scans of sample records: nothing is written in either system."""

import pytest
from django.utils.timezone import now

from integrations import tasks
from onboarding import errors
from onboarding.actions import flows
from onboarding.models import Event, Flow, MappingCheck
from onboarding.queries import flows as flow_queries
from tests.integrations.tasks.stage import Stage


def checked(stage: Stage, flow: Flow) -> MappingCheck:
    check = flows.check_mapping(flow.pk, by=stage.specialist, at=now())
    tasks.run_mapping_check(check_id=check.pk)
    check.refresh_from_db()
    return check


def remapped(stage: Stage, flow: Flow, **changes) -> Flow:
    mapping = [{**flow.mapping[0], **changes}, *flow.mapping[1:]]
    version = flow.mapping_version
    return flows.save_mapping(
        flow.pk, mapping=mapping, master="crm", version=version, by=stage.specialist, at=now()
    )  # fmt: skip


def test_the_librarys_mapping_holds_and_both_schemas_are_kept_for_the_editor(stage: Stage):
    flow = stage.configured()

    editor = flow_queries.editor(flow)

    assert (flow.mapping_findings, flow.configured_at is not None) == ([], True)
    assert (editor["source_schema"]["name"], editor["target_schema"]["name"]) == ("Account", "Customer")
    assert {"name": "DisplayName", "length": 100}.items() <= next(
        field.items() for field in editor["target_schema"]["fields"] if field["name"] == "DisplayName"
    )
    assert [row["findings"] for row in editor["rows"]] == [[]] * len(flow.mapping)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"target": "NoSuchField"}, "unknown_target"),
        ({"source": "NoSuchField"}, "unknown_source"),
        ({"transforms": ["shout"]}, "unknown_transform"),
        ({"compare": "by feeling"}, "unknown_rule"),
    ],
    ids=["target", "source", "transformation", "comparison"],
)
def test_a_wrong_mapping_is_found_out_and_can_not_be_configured(stage: Stage, changes: dict, kind: str):
    flow = remapped(stage, stage.configured(), **changes)

    check = checked(stage, flow)

    flow.refresh_from_db()
    assert check.state == "done"
    assert kind in {finding["kind"] for finding in flow.mapping_findings}
    assert flow.mapping_validated_at is None
    with pytest.raises(errors.WrongState):
        flows.configure(flow.pk, by=stage.specialist, at=now())


def test_what_a_check_found_for_an_older_mapping_does_not_count_for_the_newer(stage: Stage):
    flow = remapped(stage, stage.configured(), target="NoSuchField")
    check = flows.check_mapping(flow.pk, by=stage.specialist, at=now())
    MappingCheck.objects.filter(pk=check.pk).update(mapping_version=1)

    tasks.run_mapping_check(check_id=check.pk)

    flow.refresh_from_db()
    assert (flow.mapping_findings, flow.mapping_validated_at) == ([], None)


def test_a_scan_says_how_many_records_would_pass_and_what_to_fix(stage: Stage):
    flow = stage.configured()
    before = stage.sandbox.state("quickbooks", stage.books["realm_id"])["created"]
    scan = flows.start_scan(flow.pk, by=stage.specialist, at=now())

    tasks.run_readiness_scan(scan_id=scan.pk)

    scan.refresh_from_db()
    assert (scan.state, scan.total, scan.passing, scan.mapping_version) == ("done", 20, 13, 1)
    assert [finding["kind"] for finding in scan.findings] == ["too_long", "colon", "colon", *["duplicate_name"] * 4]
    assert stage.sandbox.state("quickbooks", stage.books["realm_id"])["created"] == before
    assert Event.objects.get(kind="flow.scanned").data["passing"] == 13


def test_a_scan_of_a_disconnected_system_fails_with_words(stage: Stage):
    flow = stage.configured()
    scan = flows.start_scan(flow.pk, by=stage.specialist, at=now())
    stage.engagement.connections.filter(side="finance").update(secret="")

    tasks.run_readiness_scan(scan_id=scan.pk)

    scan.refresh_from_db()
    assert (scan.state, scan.problem["words"]) == ("failed", "Connect the financial application first.")


def test_sandbox_and_production_never_meet(stage: Stage):
    flow = stage.configured()
    stage.engagement.connections.filter(side="finance").update(environment="sandbox")

    with pytest.raises(errors.WrongState) as refusal:
        flows.start_scan(flow.pk, by=stage.specialist, at=now())

    assert refusal.value.words == "One side is a sandbox and the other production: they must never meet."
    assert not flow.scans.exists()
