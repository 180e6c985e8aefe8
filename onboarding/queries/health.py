"""Health of an engagement by published thresholds: green, amber or red, and the one cause that made it so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onboarding.models import Engagement
from onboarding.workflow.criterion import Owner
from onboarding.workflow.steps import STEPS, Step

GREEN, AMBER, RED = "green", "amber", "red"
WORST = (RED, AMBER)
# All that the judgement reads of an engagement's row, beside the count of its open incidents.
READS = (
    "step", "status", "opened_at", "went_live_at", "cancelled_at", "held_at", "hold_reason", "go_live_target",
    "waiting_for", "waiting_since",
)  # fmt: skip

# Whole days one side may be waited for: amber from, red from.
PATIENCE = {Owner.CUSTOMER: (7, 14), Owner.SPECIALIST: (2, 5), Owner.WORKER: (1, 3)}
WAITED_FOR = {
    Owner.CUSTOMER: "customer silent for",
    Owner.SPECIALIST: "waits for us for",
    Owner.WORKER: "workers busy for",
}
# Days the go-live may be late by our forecast: amber from, red from.
SLIP = (1, 15)
# Calendar days a step usually takes, from entering it to closing it.
TYPICAL_DAYS = {
    Step.WELCOME_CALL: 5,
    Step.DATA_COLLECTION: 10,
    Step.REQUIREMENTS_REVIEW: 5,
    Step.CUSTOMER_VERIFICATION: 5,
    Step.CUSTOMER_APPROVAL: 7,
    Step.PLAN_TIMELINE: 3,
    Step.INITIAL_SETUP: 7,
    Step.CONNECTIVITY_SETUP: 5,
    Step.SOLUTION_CONFIGURATION: 7,
    Step.ACTIVATION_TESTING: 14,
    Step.GO_LIVE: 3,
    Step.CONTINUOUS_SUPPORT: 0,
}


@dataclass(frozen=True)
class Health:
    """A level and its cause in words; green has none."""

    level: str
    cause: str = ""


def of(engagement: Engagement, *, at: datetime, open_incidents: int = 0) -> Health:
    """The worst that can be said of it at this moment, from the row alone: no further query."""
    found = [
        _incidents(open_incidents),
        _target(engagement, at=at),
        _turn(engagement, at=at),
        _reopened(engagement),
        _held(engagement),
    ]
    for level in WORST:
        for one in found:
            if one.level == level:
                return one
    return Health(GREEN)


def forecast(engagement: Engagement, *, at: datetime) -> date | None:
    """The day it would go live if the rest takes as long as usual; None once live or cancelled."""
    if engagement.went_live_at or engagement.cancelled_at:
        return None
    step = engagement.at_step
    rest = sum(TYPICAL_DAYS[later] for later in STEPS[step.number :])
    return (at + timedelta(days=rest + max(TYPICAL_DAYS[step] - days_in_step(engagement, at=at), 0))).date()


def slip_days(engagement: Engagement, *, at: datetime) -> int:
    """Days the forecast lies behind the target; 0 when in time, live, or without a target."""
    expected = forecast(engagement, at=at)
    if expected is None or engagement.go_live_target is None:
        return 0
    return max((expected - engagement.go_live_target).days, 0)


def days_in_step(engagement: Engagement, *, at: datetime) -> int:
    """Whole days since the present step was entered."""
    entered = engagement.status.get("step", {}).get("entered_at")
    since = datetime.fromisoformat(entered) if entered else engagement.opened_at
    return max((at - since).days, 0)


def _incidents(count: int) -> Health:
    return Health(RED, f"{count} open incident{'s' if count > 1 else ''}") if count else Health(GREEN)


def _target(engagement: Engagement, *, at: datetime) -> Health:
    target = engagement.go_live_target
    if target is None or engagement.went_live_at or engagement.state == "cancelled":
        return Health(GREEN)
    if target < at.date():
        return Health(RED, f"go-live target passed {_days((at.date() - target).days)} ago")
    slip = slip_days(engagement, at=at)
    amber, red = SLIP
    level = RED if slip >= red else AMBER if slip >= amber else GREEN
    return Health(level, f"forecast {_days(slip)} behind the target" if slip else "")


def _turn(engagement: Engagement, *, at: datetime) -> Health:
    if not engagement.waiting_for or engagement.waiting_since is None:
        return Health(GREEN)
    owner = Owner(engagement.waiting_for)
    waited = (at - engagement.waiting_since).days
    amber, red = PATIENCE[owner]
    level = RED if waited >= red else AMBER if waited >= amber else GREEN
    return Health(level, f"{WAITED_FOR[owner]} {_days(waited)}" if level != GREEN else "")


def _reopened(engagement: Engagement) -> Health:
    broken = [one for one in engagement.status.get("steps", []) if one.get("state") == "reopened"]
    if not broken:
        return Health(GREEN)
    return Health(AMBER, f"step {broken[0]['numeral']} is open again: {broken[0]['broken'][0]['title']}")


def _held(engagement: Engagement) -> Health:
    return Health(AMBER, f"on hold: {engagement.hold_reason}") if engagement.state == "on_hold" else Health(GREEN)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
