"""Step X: each flow tested with real records, the pilot closed, the team trained."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import held_meetings, row
from onboarding.workflow.step_09_solution_configuration import flows_on


@row
def _last_test(flow: Any) -> Any:
    return flow.test_runs.filter(state="done", mapping_version=F("flow__mapping_version")).order_by("-id")[:1]


def last_passed_test(flow: Any) -> Any:
    """The newest passed test of the flow's present mapping, or None when the newest test of it did not pass."""
    newest = _last_test(flow)
    return newest if newest and newest.is_passed else None


def _flows_tested(engagement: Any) -> Proof | None:
    proof: Proof = []
    for flow in flows_on(engagement):
        run = last_passed_test(flow)
        if run is None or flow.activated_at is None:
            return None
        cases = run.results.get("cases", [])
        proof.append(entry(flow.name, f"test run {run.pk}: {len(cases)} cases passed, nothing doubled, cleaned up"))
        proof.append(entry("Finished at", run.finished_at))
    return proof or None


def _pilot_closed(engagement: Any) -> Proof | None:
    pilot = getattr(engagement, "pilot", None)
    if pilot is None or pilot.closed_at is None:
        return None
    feedback = list(pilot.feedback.all())
    if any(item.resolved_at is None for item in feedback if item.severity != "wish"):
        return None
    return [
        entry("Period", f"{pilot.starts_on} to {pilot.ends_on}"),
        entry("Participants", ", ".join(pilot.participants)),
        entry("Feedback items", f"{len(feedback)}, {sum(item.resolved_at is not None for item in feedback)} resolved"),
        entry("Accepted by", pilot.closed_by),
        entry("Accepted at", pilot.closed_at),
    ]


def _pilot_turn(engagement: Any) -> Owner:
    pilot = getattr(engagement, "pilot", None)
    if pilot is None or pilot.feedback.exclude(severity="wish").filter(resolved_at=None).exists():
        return Owner.SPECIALIST
    return Owner.CUSTOMER


def _sessions(engagement: Any) -> list[Any]:
    return held_meetings(engagement, "training")


def _trained(engagement: Any) -> Proof | None:
    signoff = getattr(engagement, "training_signoff", None)
    sessions = _sessions(engagement)
    if signoff is None or not sessions:
        return None
    proof = [entry(session.topic or "Session", f"{len(session.attendees)} attended") for session in sessions]
    return [*proof, entry("Signed off by", signoff.by), entry("Signed off at", signoff.at)]


def _training_turn(engagement: Any) -> Owner:
    return Owner.CUSTOMER if _sessions(engagement) else Owner.SPECIALIST


CRITERIA = (
    Criterion(
        code="flows.untested",
        owner=Owner.WORKER,
        title="Test every flow with real records",
        hint="Created in the CRM, transferred, read back, compared field by field, run twice, cleaned up.",
        place="flows",
        evidence=_flows_tested,
    ),
    Criterion(
        code="pilot.open",
        owner=Owner.CUSTOMER,
        title="Complete the pilot",
        hint="Try it in your daily work; every problem you report is resolved before you accept.",
        place="pilot",
        evidence=_pilot_closed,
        turn=_pilot_turn,
    ),
    Criterion(
        code="training.incomplete",
        owner=Owner.CUSTOMER,
        title="Complete the training",
        hint="At least one session was held, and your team says it is ready.",
        place="training",
        evidence=_trained,
        turn=_training_turn,
    ),
)
