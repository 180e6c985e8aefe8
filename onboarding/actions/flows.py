"""Flows of step IX: direction, mapping, its check against both live schemas, the scan of sample records.

A mapping is checked by a row of work of its own (MappingCheck): a person presses "check", a worker reads both
schemas, keeps them for the editor and says what is wrong. Only a mapping without errors can be configured.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import blueprints, gates, rows, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor, Role
from onboarding.models import Engagement, Flow, MappingCheck, ReadinessScan
from onboarding.models.base import Work
from onboarding.queries import flows, solutions
from onboarding.workflow.steps import Step

AT = frozenset({Step.SOLUTION_CONFIGURATION})
SCANNING = AT | {Step.ACTIVATION_TESTING, Step.GO_LIVE}
OPEN = (Work.State.QUEUED, Work.State.RUNNING)
WORDS = "Specialists configure the flows."
KEYS = ("source", "target", "transforms", "required", "compare", "note", "if_present")
SCANNERS = SPECIALISTS | {Role.OWNER, Role.TECHNICAL}


@transaction.atomic
def set_direction(flow_id: int, *, direction: str, by: Actor, at: datetime) -> Flow:
    """Switch a flow on in the direction its template knows, or off (none)."""
    flow, engagement = writable(flow_id, by)
    if direction not in {Flow.Direction.NONE, solutions.template_of(flow).direction}:
        raise errors.BadInput(fields={"direction": "This flow does not run in that direction."})
    if direction == flow.direction:
        return flow
    flow.direction = direction
    _unconfigure(flow, engagement, at=at)
    flow.save()
    data = {"flow": flow.code, "direction": direction}
    outbox.record("flow.direction_set", engagement, by=by, at=at, data=data)
    return flow


@transaction.atomic
def save_mapping(
    flow_id: int, *, mapping: list[dict[str, Any]], master: str, version: int, by: Actor, at: datetime
) -> Flow:
    """Save the whole mapping as its next version; `version` is the one the editor was opened with (else Stale).

    What earlier checks, scans and tests said no longer counts.
    """
    flow, engagement = writable(flow_id, by)
    if version != flow.mapping_version:
        words = "Somebody saved another mapping since you opened it."
        raise errors.Stale(words, version=flow.mapping_version, mapping=flow.mapping)
    if master not in {"crm", "finance"}:
        raise errors.BadInput(fields={"master": "Choose which side wins."})
    rows_given = _checked(mapping)
    if rows_given == flow.mapping and master == flow.master:
        return flow
    flow.mapping, flow.master = rows_given, master
    flow.mapping_version += 1
    flow.mapping_findings, flow.mapping_validated_at, flow.activated_at = [], None, None
    _unconfigure(flow, engagement, at=at)
    flow.save()
    data = {"flow": flow.code, "mapping_version": flow.mapping_version, "fields": len(flow.mapping)}
    outbox.record("flow.mapping_saved", engagement, by=by, at=at, data=data)
    return flow


def _checked(mapping: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wrong = {}
    for number, entry in enumerate(mapping):
        if not str(entry.get("source", "")).strip():
            wrong[f"{number}.source"] = "Choose the field the value comes from."
        if not str(entry.get("target", "")).strip():
            wrong[f"{number}.target"] = "Choose the field the value goes to."
    if not mapping:
        wrong["mapping"] = "Map at least one field."
    if wrong:
        raise errors.BadInput(fields=wrong)
    return [_row(entry) for entry in mapping]


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": str(entry["source"]).strip(),
        "target": str(entry["target"]).strip(),
        "transforms": [str(step) for step in entry.get("transforms", [])],
        "required": bool(entry.get("required")),
        "compare": str(entry.get("compare") or "trim"),
        "note": str(entry.get("note", "")),
        "if_present": bool(entry.get("if_present")),
    }


@transaction.atomic
def check_mapping(flow_id: int, *, by: Actor, at: datetime) -> MappingCheck:
    """Have a worker read both live schemas and hold the mapping against them; one still open is returned."""
    flow, engagement = writable(flow_id, by)
    flows.require_connections(engagement)
    open_checks = flow.mapping_checks.filter(state__in=OPEN, mapping_version=flow.mapping_version)
    if earlier := open_checks.first():
        return earlier
    run = work.new(
        MappingCheck, at=at, company_id=flow.company_id, engagement=engagement, flow=flow,
        mapping_version=flow.mapping_version, started_by=by.name,
    )  # fmt: skip
    data = {"flow": flow.code, "check": run.pk}
    outbox.record("flow.mapping_check_started", engagement, by=by, at=at, data=data)
    return run


@transaction.atomic
def record_mapping_check(
    run: MappingCheck, *, findings: list[dict[str, Any]], source_schema: dict[str, Any],
    target_schema: dict[str, Any], at: datetime,
) -> bool:  # fmt: skip
    """Close a check. Its findings count for the flow when the mapping is still the one checked. False: claim lost."""
    engagement = gates.locked(run.engagement_id, SYSTEM)
    schemas = {"source_schema": source_schema, "target_schema": target_schema}
    if not work.finish(run, at=at, findings=findings, **schemas):
        return False
    flow = Flow.objects.get(pk=run.flow_id)
    wrong = sum(finding["severity"] == "error" for finding in findings)
    if flow.mapping_version == run.mapping_version:
        flow.mapping_findings, flow.mapping_validated_at = findings, None if wrong else at
        flow.save(update_fields=["mapping_findings", "mapping_validated_at"])
    data = {"flow": flow.code, "check": run.pk, "errors": wrong, "mapping_version": run.mapping_version}
    outbox.record("flow.mapping_checked", engagement, by=SYSTEM, at=at, data=data)
    return True


@transaction.atomic
def configure(flow_id: int, *, by: Actor, at: datetime) -> Flow:
    """Call a flow configured: it is on, and its mapping holds against both live schemas."""
    flow, engagement = writable(flow_id, by)
    if not flow.is_on:
        raise errors.WrongState("This flow is switched off. Choose its direction first.")
    wrong = [finding for finding in flow.mapping_findings if finding["severity"] == "error"]
    if wrong:
        words = f"The mapping has {len(wrong)} error(s): {wrong[0]['words']}"
        raise errors.WrongState(words, findings=wrong)
    if flow.mapping_validated_at is None:
        raise errors.WrongState("Check the mapping against both live systems first.")
    if flow.configured_at:
        return flow
    flow.configured_at, flow.configured_by = at, by.name
    flow.save(update_fields=["configured_at", "configured_by"])
    data = {"flow": flow.code, "mapping_version": flow.mapping_version}
    outbox.record("flow.configured", engagement, by=by, at=at, data=data)
    return flow


@transaction.atomic
def start_scan(flow_id: int, *, by: Actor, at: datetime) -> ReadinessScan:
    """Have a worker look through sample records before anything is written; a scan still open is returned."""
    flow, engagement = writable(flow_id, by, roles=SCANNERS, steps=SCANNING)
    flows.require_connections(engagement)
    if earlier := flow.scans.filter(state__in=OPEN, mapping_version=flow.mapping_version).first():
        return earlier
    scan = work.new(
        ReadinessScan, at=at, company_id=flow.company_id, engagement=engagement, flow=flow,
        mapping_version=flow.mapping_version, started_by=by.name,
    )  # fmt: skip
    outbox.record("flow.scan_started", engagement, by=by, at=at, data={"flow": flow.code, "scan": scan.pk})
    return scan


@transaction.atomic
def record_scan(scan: ReadinessScan, *, total: int, passing: int, findings: list[dict[str, Any]], at: datetime) -> bool:
    """Close a scan: `passing` of `total` records would move as they are. False (nothing written): claim lost."""
    engagement = gates.locked(scan.engagement_id, SYSTEM)
    if not work.finish(scan, at=at, total=total, passing=passing, findings=findings):
        return False
    data = {"flow": scan.flow.code, "scan": scan.pk, "total": total, "passing": passing}
    outbox.record("flow.scanned", engagement, by=SYSTEM, at=at, data=data)
    return True


@transaction.atomic
def cancel_scan(scan_id: int, *, by: Actor, at: datetime) -> ReadinessScan:
    """Stop a scan; nothing was written anyway."""
    found = rows.visible(ReadinessScan, scan_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SCANNERS, words=WORDS)
    if not work.cancel(found, at=at):
        raise errors.WrongState("This scan is over already.")
    data = {"flow": found.flow.code, "scan": found.pk}
    outbox.record("flow.scan_cancelled", engagement, by=by, at=at, data=data)
    return ReadinessScan.objects.get(pk=found.pk)


def writable(
    flow_id: int, by: Actor, *, roles: frozenset[Role] = SPECIALISTS, steps: frozenset[Step] = AT, words: str = WORDS
) -> tuple[Flow, Engagement]:
    """The flow and its engagement, locked and open for this act; the refusals of gates.writable otherwise."""
    found = rows.visible(Flow, flow_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, steps=steps, words=words)
    return Flow.objects.get(pk=found.pk), engagement


def _unconfigure(flow: Flow, engagement: Engagement, *, at: datetime) -> None:
    flow.configured_at, flow.configured_by = None, ""
    blueprints.supersede(engagement, at=at)
