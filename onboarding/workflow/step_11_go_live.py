"""Step XI: the checklist, both sides' go, hypercare."""

from __future__ import annotations

from typing import Any

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import once
from onboarding.workflow.step_08_connectivity_setup import connection_of
from onboarding.workflow.step_09_solution_configuration import flows_on
from onboarding.workflow.step_10_activation_testing import last_passed_test


@once
def checklist(engagement: Any) -> list[dict[str, Any]]:
    """The go-live checklist, each line computed: code, title, met, value (what was found)."""
    flows = flows_on(engagement)
    connections = [connection_of(engagement, side) for side in ("crm", "finance")]
    known = [connection for connection in connections if connection is not None]
    tested = [last_passed_test(flow) for flow in flows]
    last_test = max((run.finished_at for run in tested if run), default=None)
    rotated = [c for c in known if last_test and c.secret_given_at and c.secret_given_at > last_test]
    return [
        {
            "code": "configurations_confirmed",
            "title": "All configurations confirmed",
            "met": bool(flows) and engagement.blueprints.filter(superseded_at=None, confirmed_at__isnull=False).exists(),
            "value": f"{len(flows)} flow{'' if len(flows) == 1 else 's'} in the confirmed blueprint",
        },
        {
            "code": "flows_validated",
            "title": "All flows validated in production",
            "met": bool(tested) and all(run and run.environment == "production" for run in tested),
            "value": ", ".join(f"test run {run.pk} in {run.environment}" for run in tested if run) or "no passed test",
        },
        {
            "code": "production_only",
            "title": "No sandbox credential in use",
            "met": len(known) == 2 and all(c.environment == "production" for c in known),
            "value": ", ".join(f"{c.system}: {c.environment}" for c in known) or "no connections",
        },
        {
            "code": "connections_proven",
            "title": "Both connections proven",
            "met": len(known) == 2 and all(c.state == "proven" for c in known),
            "value": ", ".join(f"{c.system}: {c.get_state_display()}" for c in known) or "no connections",
        },
        {
            "code": "credentials_rotated",
            "title": "Credentials rotated since the tests",
            "met": len(rotated) == 2,
            "value": ", ".join(f"{c.system}: given {c.secret_given_at:%Y-%m-%d %H:%M} UTC" for c in known
                               if c.secret_given_at) or "no credentials",
        },
    ]  # fmt: skip


def _final_setup(engagement: Any) -> Proof | None:
    lines = checklist(engagement)
    if not all(line["met"] for line in lines):
        return None
    return [entry(line["title"], line["value"]) for line in lines]


def _final_turn(engagement: Any) -> Owner:
    open_codes = {line["code"] for line in checklist(engagement) if not line["met"]}
    customers = {"credentials_rotated", "production_only"}
    return Owner.CUSTOMER if open_codes and open_codes <= customers else Owner.SPECIALIST


@once
def latest_decisions(engagement: Any) -> dict[str, Any]:
    """The last go or no-go of each side, by side."""
    launch = getattr(engagement, "launch", None)
    return {decision.side: decision for decision in launch.decisions.all()} if launch else {}


def _go_decided(engagement: Any) -> Proof | None:
    decisions = latest_decisions(engagement)
    if len(decisions) < 2 or not all(decision.is_go for decision in decisions.values()):
        return None
    return [
        entry(f"Go for {decision.get_side_display()}", f"{decision.by}, {decision.at:%Y-%m-%d %H:%M} UTC")
        for decision in decisions.values()
    ]


def _decision_turn(engagement: Any) -> Owner:
    decision = latest_decisions(engagement).get("interweave")
    return Owner.CUSTOMER if decision and decision.is_go else Owner.SPECIALIST


def clean_runs(flow: Any, *, since: Any) -> int:
    """How many scheduled runs in a row, the newest included, went without a failure since `since`."""
    count = 0
    finished = flow.runs.filter(is_scheduled=True, finished_at__gte=since).exclude(state__in=["queued", "running"])
    for run in finished[:50]:
        if run.state != "done" or run.failures:
            break
        count += 1
    return count


def _hypercare_over(engagement: Any) -> Proof | None:
    launch = getattr(engagement, "launch", None)
    if launch is None or launch.cutover_at is None or launch.hypercare_until is None:
        return None
    newest = engagement.flow_runs.filter(state="done").first()
    if newest is None or newest.finished_at.date() < launch.hypercare_until:
        return None
    if engagement.incidents.filter(closed_at=None).exists():
        return None
    proof = [entry("Cutover", launch.cutover_at), entry("Hypercare until", launch.hypercare_until)]
    for flow in flows_on(engagement):
        runs = clean_runs(flow, since=launch.cutover_at)
        if runs < launch.hypercare_runs:
            return None
        proof.append(entry(flow.name, f"{runs} clean scheduled runs in a row"))
    return [*proof, entry("Incidents", f"{engagement.incidents.count()}, all closed")]


CRITERIA = (
    Criterion(
        code="final_setup.incomplete",
        owner=Owner.SPECIALIST,
        title="Complete the go-live checklist",
        hint="Configurations confirmed, flows validated in production, credentials rotated.",
        place="go-live",
        evidence=_final_setup,
        turn=_final_turn,
    ),
    Criterion(
        code="go_decision.missing",
        owner=Owner.SPECIALIST,
        title="Decide go or no-go",
        hint="Both sides say go, each by name.",
        place="go-live",
        evidence=_go_decided,
        turn=_decision_turn,
    ),
    Criterion(
        code="hypercare.open",
        owner=Owner.WORKER,
        title="Complete hypercare",
        hint="The flows run on schedule and without incident until the agreed date.",
        place="go-live",
        evidence=_hypercare_over,
    ),
)
