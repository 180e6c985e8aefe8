"""Step XII: stays open for the life of the integration; its criterion shows what comes next."""

from __future__ import annotations

from typing import Any

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry


def _next_check_in(engagement: Any) -> Proof | None:
    check_in = engagement.check_ins.filter(held_at=None).first()
    return [entry("Next check-in", check_in.due_on)] if check_in else None


CRITERIA = (
    Criterion(
        code="check_in.unscheduled",
        owner=Owner.SPECIALIST,
        title="Schedule the next check-in",
        hint="A live customer always has a next date with its specialist.",
        place="support",
        evidence=_next_check_in,
    ),
)
