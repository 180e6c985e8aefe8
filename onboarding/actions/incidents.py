"""Incidents after cutover: opened by a flow run that failed, closed by one that went well. Nobody ticks them off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from onboarding import outbox
from onboarding.actions import messages
from onboarding.actors import SYSTEM, Role
from onboarding.models import Engagement, FlowRun, Incident


def open_for(run: FlowRun, engagement: Engagement, *, problem: dict[str, Any], at: datetime) -> Incident | None:
    """Open an incident for the run's flow, or keep the open one; None before cutover, when nobody relies on it yet."""
    launch = getattr(engagement, "launch", None)
    if launch is None or launch.cutover_at is None:
        return None
    if earlier := Incident.objects.filter(flow_id=run.flow_id, closed_at=None).first():
        return earlier
    incident = Incident.objects.create(
        company_id=run.company_id, engagement=engagement, flow_id=run.flow_id, opened_at=at, problem=problem
    )
    data = {"incident": incident.pk, "flow": run.flow.code, "run": run.pk, "words": problem.get("words", "")}
    outbox.record("incident.opened", engagement, by=SYSTEM, at=at, data=data)
    _tell(incident, engagement, run, at=at)
    return incident


def close_for(run: FlowRun, engagement: Engagement, *, at: datetime) -> Incident | None:
    """Close the flow's open incident: this run went through without a failure."""
    incident = Incident.objects.filter(flow_id=run.flow_id, closed_at=None).first()
    if incident is None:
        return None
    incident.closed_at, incident.closed_by_run = at, run
    incident.save(update_fields=["closed_at", "closed_by_run"])
    data = {"incident": incident.pk, "flow": run.flow.code, "run": run.pk}
    outbox.record("incident.closed", engagement, by=SYSTEM, at=at, data=data)
    return incident


def _tell(incident: Incident, engagement: Engagement, run: FlowRun, *, at: datetime) -> None:
    """The customer's technical people and the specialist hear of it at once."""
    words = incident.problem.get("words", "")
    text = f"{words} {incident.problem.get('what_to_do', '')}".strip()
    letter: dict[str, Any] = {
        "kind": "incident.opened",
        "subject": f"{run.flow.name} has a problem",
        "text": text,
        "at": at,
        "path": "/",
        "button": "See what happened",
    }
    key = f"incident:{incident.pk}"
    messages.send_to_members(engagement, key=key, roles=frozenset({Role.OWNER, Role.TECHNICAL}), **letter)
    if engagement.specialist:
        address = engagement.specialist.user.email
        messages.send(company=engagement.company, engagement=engagement, to=address, key=f"{key}:staff", **letter)
