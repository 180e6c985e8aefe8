"""Change requests as they bear on the plan: what is approved and not planned yet, what is still being decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onboarding.models import ChangeRequest, Engagement, Plan
from onboarding.queries import calendars


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Working days that change requests add to the present plan, and the go-live they lead to."""

    approved: tuple[ChangeRequest, ...]
    pending: tuple[ChangeRequest, ...]
    go_live_on: date

    @property
    def approved_days(self) -> int:
        """Days of what is approved and not in the plan yet."""
        return sum(one.effect_days or 0 for one in self.approved)

    @property
    def pending_days(self) -> int:
        """Days of what is still being decided."""
        return sum(one.effect_days or 0 for one in self.pending)


def effect_on(plan: Plan, engagement: Engagement) -> Effect:
    """What the requests mean for this plan: those approved since it was made, and those open. One query.

    Approved working days move the forecast; a new version of the plan takes them up.
    """
    rows = engagement.change_requests.select_related("requirement").order_by("number")
    known = [one for one in rows if one.state in {ChangeRequest.State.PROPOSED, ChangeRequest.State.APPROVED}]
    approved = tuple(one for one in known if one.decided_at and one.decided_at > plan.made_at)
    days = sum(one.effect_days or 0 for one in approved)
    working = calendars.working_days(engagement.company.country)
    return Effect(
        approved=approved,
        pending=tuple(one for one in known if one.is_open),
        go_live_on=working.after(plan.go_live_on, days) if days else plan.go_live_on,
    )
