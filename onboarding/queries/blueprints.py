"""The blueprint's two readings of the configuration: what is hashed, and what is printed."""

from __future__ import annotations

import calendar
import hashlib
import json
from typing import Any

from onboarding.library.solutions import SYSTEM_NAMES
from onboarding.models import Blueprint, Connection, Engagement, Flow, Registration
from onboarding.queries import solutions
from onboarding.workflow.status import iso
from onboarding.workflow.step_08_connectivity_setup import connection_of
from onboarding.workflow.step_09_solution_configuration import flows_on


def configuration(engagement: Engagement) -> dict[str, Any]:
    """Everything the customer confirms, as plain JSON values in a fixed order."""
    registration = Registration.objects.filter(engagement=engagement).first()
    return {
        "solution": engagement.solution,
        "deployment": engagement.deployment,
        "registration": _registration(registration) if registration else {},
        "flows": [_flow(flow) for flow in flows_on(engagement)],
        "connections": [_connection(connection) for connection in _connections(engagement)],
    }


def digest(settings: dict[str, Any]) -> str:
    """SHA-256 of a configuration, the same however its keys are ordered."""
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def current(engagement: Engagement) -> Blueprint | None:
    """The blueprint that no later change superseded, or None."""
    return engagement.blueprints.select_related("document").filter(superseded_at=None).last()


def context(blueprint: Blueprint) -> dict[str, Any]:
    """What the document is made from (rendering.contexts.Blueprint)."""
    engagement, settings = blueprint.engagement, blueprint.configuration
    entry = solutions.of(engagement)
    confirmed = {"by": blueprint.confirmed_by, "at": iso(blueprint.confirmed_at)} if blueprint.confirmed_at else None
    return {
        "reference": engagement.reference,
        "company": engagement.company.name,
        "registration": settings["registration"],
        "solution": {
            "name": entry.name,
            "crm": SYSTEM_NAMES[entry.crm],
            "finance": SYSTEM_NAMES[entry.finance],
            "deployment": settings["deployment"].replace("_", " "),
            "flows": [flow["name"] for flow in settings["flows"]],
        },
        "flows": [_printed(flow, entry.crm, entry.finance) for flow in settings["flows"]],
        "connections": settings["connections"],
        "readiness": _readiness(engagement),
        "confirmed": confirmed,
        "made_at": iso(blueprint.made_at),
    }


def _connections(engagement: Engagement) -> list[Connection]:
    found = [connection_of(engagement, side) for side in ("crm", "finance")]
    return [connection for connection in found if connection is not None]


def _connection(connection: Connection) -> dict[str, str]:
    known = connection.identity
    return {
        "system": SYSTEM_NAMES.get(connection.system, connection.system),
        "environment": connection.get_environment_display(),
        "identity": f"{known['name']} ({known['id']})" if known.get("id") else "not proven yet",
    }


def _registration(row: Registration) -> dict[str, str]:
    return {
        "number": row.number,
        "workspace": row.workspace,
        "administrator": f"{row.administrator_name}, {row.administrator_email}",
        "time_zone": row.time_zone,
        "base_currency": row.base_currency,
        "fiscal_year_start": calendar.month_name[row.fiscal_year_starts],
    }


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "code": flow.code,
        "name": flow.name,
        "direction": flow.direction,
        "master": flow.master,
        "interval_seconds": flow.interval_seconds,
        "mapping_version": flow.mapping_version,
        "mapping": flow.mapping,
    }


def _printed(flow: dict[str, Any], crm: str, finance: str) -> dict[str, Any]:
    return {
        "code": flow["code"],
        "name": flow["name"],
        "direction": Flow.Direction(flow["direction"]).label,
        "operations": ["Create what is new", "Update what changed"],
        "interval": _every(flow["interval_seconds"]),
        "master": SYSTEM_NAMES[crm if flow["master"] == "crm" else finance],
        "mappings": [
            {
                "source": entry["source"],
                "target": entry["target"],
                "transforms": entry["transforms"],
                "required": entry["required"],
                "rule": entry["compare"],
            }
            for entry in flow["mapping"]
        ],
    }


def _every(seconds: int) -> str:
    if seconds % 60:
        return f"every {seconds} seconds"
    return "every minute" if seconds == 60 else f"every {seconds // 60} minutes"


def _readiness(engagement: Engagement) -> dict[str, int] | None:
    scans = [flow.scans.filter(state="done").first() for flow in flows_on(engagement)]
    done = [scan for scan in scans if scan]
    if not done:
        return None
    return {"total": sum(scan.total for scan in done), "passing": sum(scan.passing for scan in done)}
