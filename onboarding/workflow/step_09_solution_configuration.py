"""Step IX: registered, solution chosen, flows mapped and scanned, blueprint confirmed."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import row, rows


@rows
def flows_on(engagement: Any) -> Any:
    """The flows that are part of the solution."""
    return engagement.flows.exclude(direction="none")


def _registered(engagement: Any) -> Proof | None:
    if (registration := getattr(engagement, "registration", None)) is None:
        return None
    return [
        entry("Registration number", registration.number),
        entry("Workspace", registration.workspace),
        entry("Registered at", registration.registered_at),
    ]


def _solution_selected(engagement: Any) -> Proof | None:
    if engagement.solution_selected_at is None:
        return None
    return [entry("Solution", engagement.solution), entry("Selected by", engagement.solution_selected_by)]


def _flows_configured(engagement: Any) -> Proof | None:
    flows = flows_on(engagement)
    if not flows or any(flow.configured_at is None or flow.mapping_validated_at is None for flow in flows):
        return None
    return [
        entry(flow.name, f"{flow.get_direction_display()}, mapping version {flow.mapping_version}, "
                         f"{len(flow.mapping)} fields")
        for flow in flows
    ]  # fmt: skip


@row
def _last_scan(flow: Any) -> Any:
    """The newest finished scan of the flow's present mapping."""
    return flow.scans.filter(state="done", mapping_version=F("flow__mapping_version")).order_by("-id")[:1]


def _scanned(engagement: Any) -> Proof | None:
    proof: Proof = []
    for flow in flows_on(engagement):
        if (scan := _last_scan(flow)) is None:
            return None
        proof.append(entry(flow.name, f"{scan.passing} of {scan.total} records would pass (scan {scan.pk})"))
    return proof or None


@row
def _blueprint(engagement: Any) -> Any:
    return engagement.blueprints.select_related("document").filter(superseded_at=None).order_by("-version")[:1]


def _blueprint_confirmed(engagement: Any) -> Proof | None:
    blueprint = _blueprint(engagement)
    if blueprint is None or blueprint.confirmed_at is None:
        return None
    if blueprint.document is None or not blueprint.document.is_ready:
        return None
    return [
        entry("Blueprint", f"version {blueprint.version}"),
        entry("Confirmed by", blueprint.confirmed_by),
        entry("Confirmed at", blueprint.confirmed_at),
        entry("Configuration, SHA-256", blueprint.sha256),
        entry("SHA-256", blueprint.document.sha256),
    ]


def _blueprint_turn(engagement: Any) -> Owner:
    blueprint = _blueprint(engagement)
    if blueprint is None:
        return Owner.SPECIALIST
    return Owner.WORKER if blueprint.confirmed_at else Owner.CUSTOMER


CRITERIA = (
    Criterion(
        code="registration.missing",
        owner=Owner.CUSTOMER,
        title="Register on the Solutions Portal",
        hint="New Company? Please Register Here: workspace, time zone, base currency and fiscal year.",
        place="registration",
        evidence=_registered,
    ),
    Criterion(
        code="solution.unselected",
        owner=Owner.SPECIALIST,
        title="Select the solution",
        hint="From the library: your CRM with your financial application.",
        place="solution",
        evidence=_solution_selected,
    ),
    Criterion(
        code="flows.unconfigured",
        owner=Owner.SPECIALIST,
        title="Configure the flows",
        hint="Direction, objects, fields and relationships, validated against both live schemas.",
        place="flows",
        evidence=_flows_configured,
    ),
    Criterion(
        code="readiness.unscanned",
        owner=Owner.WORKER,
        title="Scan sample records",
        hint="Before anything is written, we say how many records would pass and what to fix.",
        place="flows",
        evidence=_scanned,
    ),
    Criterion(
        code="blueprint.unconfirmed",
        owner=Owner.CUSTOMER,
        title="Confirm the blueprint",
        hint="The whole configuration on a few pages. Confirm it, or tell us what to change.",
        place="blueprint",
        evidence=_blueprint_confirmed,
        turn=_blueprint_turn,
    ),
)
