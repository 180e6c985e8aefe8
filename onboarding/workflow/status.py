"""The status document: the ready-made answer to "where does this engagement stand?", built from rows we hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from onboarding.workflow import criteria
from onboarding.workflow.criterion import Finding
from onboarding.workflow.lookups import one_look, rows
from onboarding.workflow.steps import PHASES, STEPS, Step


def iso(moment: datetime | date | None) -> str | None:
    """Times in UTC to the second with Z, dates as they are, None stays None."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat() if moment else None


def build(engagement: Any, *, at: datetime, known: Mapping[Step, list[Finding]] | None = None) -> dict[str, Any]:
    """The whole document. Open criteria of the current step first; closed steps whose proof broke are `reopened`.

    A pure read; the caller stores it with its version and keeps the two clocks. `known`: what this transaction found
    already, step by step, and has not changed since.
    """
    records = {record.step: record for record in _records(engagement)}
    with one_look():
        current, broken = _findings(engagement, records, known or {})
    unmet = [finding for finding in current if not finding.is_met]
    turn = unmet[0] if unmet else None
    return {
        "reference": engagement.reference,
        "company": engagement.company.name,
        "company_state": engagement.company.state,
        "solution": engagement.solution,
        "state": engagement.state,
        "hold_reason": engagement.hold_reason or None,
        "cancel_reason": engagement.cancel_reason or None,
        "phase": {"number": engagement.at_step.phase, "title": PHASES[engagement.at_step.phase]},
        "step": _step_json(engagement.at_step, entered_at=records.get(engagement.step)),
        "waiting_for": _waiting_for(engagement, turn),
        "next": turn.as_json() if turn else None,
        "criteria": [finding.as_json() for finding in current],
        "steps": [_journey_json(engagement, step, records.get(step.value), broken) for step in STEPS],
        "go_live": {"target": iso(engagement.go_live_target), "actual": iso(engagement.went_live_at)},
        "specialist": engagement.specialist.user.name if engagement.specialist_id else None,
        "opened_at": iso(engagement.opened_at),
        "updated_at": iso(at),
    }


@rows
def _records(engagement: Any) -> Any:
    return engagement.step_records.defer("evidence")


def _waiting_for(engagement: Any, turn: Finding | None) -> str:
    """Whose turn it is: nobody's once cancelled or on hold; a finished checklist waits for the specialist's move."""
    if engagement.state != "active":
        return ""
    if turn is None:
        return "" if engagement.at_step is Step.CONTINUOUS_SUPPORT else "specialist"
    return str(turn.owner)


def _step_json(step: Step, *, entered_at: Any) -> dict[str, Any]:
    return {
        "number": step.number,
        "numeral": step.numeral,
        "code": step.value,
        "title": step.title,
        "entered_at": iso(entered_at.entered_at) if entered_at else None,
    }


def _journey_json(engagement: Any, step: Step, record: Any, broken: dict[Step, list[Finding]]) -> dict[str, Any]:
    state = "upcoming"
    if step is engagement.at_step:
        state = "current"
    elif step.number < engagement.at_step.number:
        state = "reopened" if broken.get(step) else "closed"
    return {
        "number": step.number,
        "numeral": step.numeral,
        "code": step.value,
        "title": step.title,
        "phase": step.phase,
        "state": state,
        "entered_at": iso(record.entered_at) if record else None,
        "closed_at": iso(record.closed_at) if record and state in {"closed", "reopened"} else None,
        "broken": [finding.as_json() for finding in broken.get(step, [])],
    }


def _findings(
    engagement: Any, records: dict[str, Any], known: Mapping[Step, list[Finding]]
) -> tuple[list[Finding], dict[Step, list[Finding]]]:
    """The current step's findings, and the closed steps with the criteria that no longer hold."""
    waivers = criteria.waivers_of(engagement)
    broken = {}
    for step in STEPS[: engagement.at_step.number - 1]:
        record = records.get(step.value)
        if record is None or record.closed_at is None:
            continue
        found = known.get(step) or criteria.find(engagement, step, waivers=waivers)
        if lost := [finding for finding in found if not finding.is_met]:
            broken[step] = lost
    return criteria.find(engagement, engagement.at_step, waivers=waivers), broken
