"""What starts when a step is entered: each noun's own starter, called inside the move's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from onboarding.actions import (
    agreements,
    document_requests,
    invoices,
    launches,
    plans,
    questionnaires,
    setup_tasks,
    support,
    verifications,
)
from onboarding.actors import Actor
from onboarding.models import Engagement
from onboarding.workflow.steps import Step


def start(engagement: Engagement, step: Step, *, by: Actor, at: datetime) -> None:
    """Start what belongs to the step. Safe to enter twice: every starter leaves alone what is there already."""
    for starter in ENTERING.get(step, ()):
        starter(engagement, by=by, at=at)


ENTERING: dict[Step, tuple[Callable[..., object], ...]] = {
    Step.DATA_COLLECTION: (questionnaires.open_for, document_requests.open_for),
    Step.CUSTOMER_VERIFICATION: (verifications.open_for, agreements.draft, invoices.draft),
    Step.CUSTOMER_APPROVAL: (agreements.ask_first,),
    Step.PLAN_TIMELINE: (plans.propose,),
    Step.INITIAL_SETUP: (setup_tasks.open_for,),
    Step.GO_LIVE: (launches.open_for,),
    Step.CONTINUOUS_SUPPORT: (support.open_for,),
}
