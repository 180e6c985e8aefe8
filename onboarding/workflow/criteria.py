"""All criteria, by step, and what they find on one engagement."""

from __future__ import annotations

from typing import Any

from onboarding.workflow import (
    step_01_welcome_call,
    step_02_data_collection,
    step_03_requirements_review,
    step_04_customer_verification,
    step_05_customer_approval,
    step_06_plan_timeline,
    step_07_initial_setup,
    step_08_connectivity_setup,
    step_09_solution_configuration,
    step_10_activation_testing,
    step_11_go_live,
    step_12_continuous_support,
)
from onboarding.workflow.criterion import Criterion, Finding, entry
from onboarding.workflow.lookups import one_look, rows
from onboarding.workflow.steps import Step

CRITERIA: dict[Step, tuple[Criterion, ...]] = {
    Step.WELCOME_CALL: step_01_welcome_call.CRITERIA,
    Step.DATA_COLLECTION: step_02_data_collection.CRITERIA,
    Step.REQUIREMENTS_REVIEW: step_03_requirements_review.CRITERIA,
    Step.CUSTOMER_VERIFICATION: step_04_customer_verification.CRITERIA,
    Step.CUSTOMER_APPROVAL: step_05_customer_approval.CRITERIA,
    Step.PLAN_TIMELINE: step_06_plan_timeline.CRITERIA,
    Step.INITIAL_SETUP: step_07_initial_setup.CRITERIA,
    Step.CONNECTIVITY_SETUP: step_08_connectivity_setup.CRITERIA,
    Step.SOLUTION_CONFIGURATION: step_09_solution_configuration.CRITERIA,
    Step.ACTIVATION_TESTING: step_10_activation_testing.CRITERIA,
    Step.GO_LIVE: step_11_go_live.CRITERIA,
    Step.CONTINUOUS_SUPPORT: step_12_continuous_support.CRITERIA,
}
BY_CODE: dict[str, Criterion] = {c.code: c for criteria in CRITERIA.values() for c in criteria}


@rows
def _waivers(engagement: Any) -> Any:
    return engagement.waivers.filter(revoked_at=None)


def waivers_of(engagement: Any) -> dict[str, Any]:
    """The waivers in force, by criterion code."""
    return {waiver.criterion: waiver for waiver in _waivers(engagement)}


def find(engagement: Any, step: Step, *, waivers: dict[str, Any] | None = None) -> list[Finding]:
    """Hold every criterion of one step against the engagement: all of them, met or not, in the table's order."""
    waivers = waivers_of(engagement) if waivers is None else waivers
    with one_look():
        return [_finding(engagement, criterion, waivers.get(criterion.code)) for criterion in CRITERIA[step]]


def _finding(engagement: Any, criterion: Criterion, waiver: Any) -> Finding:
    proof = criterion.evidence(engagement)
    if proof is not None:
        return Finding(criterion=criterion, owner=criterion.owner, proof=proof)
    if waiver is not None and criterion.is_waivable:
        reason = [entry("Waived by", waiver.by), entry("Waived at", waiver.at), entry("Reason", waiver.reason)]
        return Finding(criterion=criterion, owner=criterion.owner, proof=reason, is_waived=True)
    return Finding(criterion=criterion, owner=criterion.owner_now(engagement), proof=None)
