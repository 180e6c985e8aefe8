"""Step VI: the plan, its scope, its people, its date."""

from __future__ import annotations

from typing import Any

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import row, rows, signoff_in_force


@row
def current_plan(engagement: Any) -> Any:
    """The plan not superseded by a newer version, or None."""
    return engagement.plans.select_related("document").filter(superseded_at=None).order_by("-version")[:1]


def _target_set(engagement: Any) -> Proof | None:
    plan = current_plan(engagement)
    if plan is None or engagement.go_live_target is None or plan.go_live_on != engagement.go_live_target:
        return None
    return [entry("Go-live target", plan.go_live_on), entry("Plan", f"version {plan.version}")]


def _scope_confirmed(engagement: Any) -> Proof | None:
    plan = current_plan(engagement)
    if plan is None or plan.scope_confirmed_at is None:
        return None
    signoff = signoff_in_force(engagement)
    if signoff is None or signoff.sha256 != plan.scope_sha256:
        return None
    return [entry("Confirmed by", plan.scope_confirmed_by), entry("Requirements, SHA-256", plan.scope_sha256)]


@rows
def _milestones(plan: Any) -> Any:
    return plan.milestones.all()


def _everyone_assigned(engagement: Any) -> Proof | None:
    plan = current_plan(engagement)
    milestones = _milestones(plan) if plan else []
    if not milestones or any(not milestone.owner_name for milestone in milestones):
        return None
    return [entry(milestone.title, milestone.owner_name) for milestone in milestones]


def _plan_agreed(engagement: Any) -> Proof | None:
    plan = current_plan(engagement)
    if plan is None or plan.agreed_at is None or plan.document is None or not plan.document.is_ready:
        return None
    return [
        entry("Plan", f"version {plan.version}"),
        entry("Agreed by", plan.agreed_by),
        entry("Agreed at", plan.agreed_at),
        entry("SHA-256", plan.document.sha256),
    ]


def _agreement_turn(engagement: Any) -> Owner:
    plan = current_plan(engagement)
    if plan is None or plan.scope_confirmed_at is None:
        return Owner.SPECIALIST
    return Owner.WORKER if plan.agreed_at else Owner.CUSTOMER


CRITERIA = (
    Criterion(
        code="go_live_date.missing",
        owner=Owner.SPECIALIST,
        title="Set the go-live target",
        hint="The plan is made backwards from this date, over working days.",
        place="plan",
        evidence=_target_set,
    ),
    Criterion(
        code="assignments.incomplete",
        owner=Owner.SPECIALIST,
        title="Name an owner for every milestone",
        hint="One person on either side answers for each milestone.",
        place="plan",
        evidence=_everyone_assigned,
    ),
    Criterion(
        code="scope.unconfirmed",
        owner=Owner.SPECIALIST,
        title="Confirm the scope",
        hint="The plan covers exactly the requirements that were signed off.",
        place="plan",
        evidence=_scope_confirmed,
    ),
    Criterion(
        code="plan.not_agreed",
        owner=Owner.CUSTOMER,
        title="Agree the plan",
        hint="Read the milestones and agree, or ask for another date.",
        place="plan",
        evidence=_plan_agreed,
        turn=_agreement_turn,
    ),
)
