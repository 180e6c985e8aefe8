"""Flows as pages and workers read them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from onboarding import errors
from onboarding.models import Connection, Engagement, Flow, MappingCheck, ReadinessScan, TestRun
from onboarding.workflow.step_08_connectivity_setup import connection_of


def connections(engagement: Engagement) -> dict[str, Connection | None]:
    """The two connections flows use, by side: production before sandbox."""
    return {side: connection_of(engagement, side) for side in ("crm", "finance")}


def require_connections(engagement: Engagement) -> dict[str, Connection]:
    """Both connections, with credentials, of one environment; WrongState says which is missing, or that they differ."""
    found = connections(engagement)
    names = {"crm": "the CRM", "finance": "the financial application"}
    missing = [names[side] for side, connection in found.items() if connection is None or not connection.secret]
    if missing:
        raise errors.WrongState(f"Connect {' and '.join(missing)} first.")
    known = {side: connection for side, connection in found.items() if connection is not None}
    if known["crm"].environment != known["finance"].environment:
        raise errors.WrongState("One side is a sandbox and the other production: they must never meet.")
    return known


def due(*, at: datetime) -> list[Flow]:
    """The flows whose schedule says now; not those of engagements on hold or cancelled."""
    rows = Flow.objects.filter(next_run_at__lte=at, engagement__held_at=None, engagement__cancelled_at=None)
    return list(rows.exclude(scheduled_at=None).exclude(direction=Flow.Direction.NONE).order_by("next_run_at"))


def latest_check(flow: Flow) -> MappingCheck | None:
    """The newest check of the mapping that read both schemas, whichever version it held against them."""
    return flow.mapping_checks.filter(state="done").first()


def latest_scan(flow: Flow) -> ReadinessScan | None:
    """The newest scan of the present mapping, open or over."""
    return flow.scans.filter(mapping_version=flow.mapping_version).first()


def latest_test(flow: Flow) -> TestRun | None:
    """The newest test run of the flow, open or over, of whichever mapping."""
    return flow.test_runs.first()


def editor(flow: Flow) -> dict[str, Any]:
    """The two-column editor: mapped rows with their findings, both schemas as last read, findings of no row.

    Schemas are {} until a check has read them.
    """
    check = latest_check(flow)
    findings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in flow.mapping_findings:
        findings[finding["field"]].append(finding)
    rows = [{**entry, "findings": findings.pop(entry["target"], [])} for entry in flow.mapping]
    return {
        "rows": rows,
        "other_findings": [finding for left in findings.values() for finding in left],
        "source_schema": check.source_schema if check else {},
        "target_schema": check.target_schema if check else {},
        "schemas_read_at": check.finished_at if check else None,
    }
