"""An engagement brought to any of the twelve steps by the real actions, with a day or two between them.

`journey(Step.PLAN_TIMELINE)` stands at the door of step VI; the stages of phase_one and phase_two take it further.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from onboarding.actions import engagements
from onboarding.actors import Role
from onboarding.workflow.steps import STEPS, Step
from tests.factories import CompanyFactory, finance, lead
from tests.journey import phase_one, phase_two
from tests.journey.cast import Cast, named, priya

STAGES = (
    phase_one.welcomed, phase_one.collected, phase_one.reviewed, phase_one.verified, phase_one.signed_and_paid,
    phase_one.planned, phase_two.prepared, phase_two.connected, phase_two.configured, phase_two.tested, phase_two.live,
)  # fmt: skip


def journey(step: Step = Step.WELCOME_CALL, *, name: str = "Acme Industrial Supplies Ltd", **company: Any) -> Cast:
    """An accepted company with owner and viewer, its engagement standing in `step`, everything before it done."""
    row = CompanyFactory(name=name, time_zone="America/New_York", **company)
    begun = timezone.now() - timedelta(days=3 * step.number)
    owner = named(row, "Maria Fernández", Role.OWNER, Role.SIGNATORY)
    cast = Cast(
        company=row, owner=owner, viewer=named(row, "Vera Viewer", Role.VIEWER), specialist=priya(), lead=lead(),
        finance=finance(), at=begun,
        engagement=engagements.open_for(row, by=owner, at=begun, solution="salesforce_quickbooks_online"),
    )  # fmt: skip
    for done, stage in zip(STEPS, STAGES[: step.number - 1], strict=False):
        stage(cast)
        cast.moved(done)
        cast.later(36)
    cast.fresh()
    return cast
