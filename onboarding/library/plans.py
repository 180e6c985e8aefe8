"""The plan's template: a milestone per step of phase 2, with the working days it takes and who usually owns it."""

from dataclasses import dataclass

from onboarding.workflow.steps import Step


@dataclass(frozen=True, kw_only=True)
class MilestoneTemplate:
    """One milestone. `days` are working days; `side` is customer or interweave; `contact` the customer's usual owner."""

    step: Step
    title: str
    days: int
    side: str
    contact: str = "main"


MILESTONES: tuple[MilestoneTemplate, ...] = (
    MilestoneTemplate(
        step=Step.INITIAL_SETUP, title="Both systems prepared", days=3, side="customer", contact="technical"
    ),
    MilestoneTemplate(
        step=Step.CONNECTIVITY_SETUP, title="Both connections proven", days=2, side="customer", contact="technical"
    ),
    MilestoneTemplate(
        step=Step.SOLUTION_CONFIGURATION, title="Solution configured, blueprint confirmed", days=3, side="interweave"
    ),
    MilestoneTemplate(step=Step.ACTIVATION_TESTING, title="Flows tested, pilot accepted, team trained", days=5,
                      side="customer"),
    MilestoneTemplate(step=Step.GO_LIVE, title="Live", days=2, side="interweave"),
)  # fmt: skip
# Counted forward from go-live.
AFTER_GO_LIVE: tuple[MilestoneTemplate, ...] = (
    MilestoneTemplate(step=Step.CONTINUOUS_SUPPORT, title="First check-in held", days=20, side="interweave"),
)
