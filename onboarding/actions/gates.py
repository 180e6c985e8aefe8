"""The gates every action passes first: yours or NotFound, your role or NotYours, the right time or WrongStep."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from onboarding import errors
from onboarding.actors import SPECIALISTS, SYSTEM, Actor, Role
from onboarding.models import Company, Engagement
from onboarding.standing import Standing
from onboarding.workflow.steps import STEPS, Step


def locked(engagement_id: int, by: Actor) -> Engagement:
    """The engagement, locked until the transaction ends; NotFound when absent or another tenant's."""
    found = _seen_by_staff(engagement_id) if by.is_staff else list(_lockable(by).filter(pk=engagement_id))
    if not found:
        raise errors.NotFound
    return found[0]


def _lockable(by: Actor) -> QuerySet[Engagement]:
    rows = Engagement.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    return rows.select_related("company", "specialist__user").defer("status")


@Standing
def _seen_by_staff(engagement_id: int) -> QuerySet[Engagement]:
    return _lockable(SYSTEM).filter(pk=engagement_id)


def writable(
    engagement_id: int,
    by: Actor,
    *,
    roles: Iterable[Role],
    steps: Iterable[Step] | None = None,
    words: str = "This belongs to another role.",
) -> Engagement:
    """The engagement, locked and open for this act; else NotFound, NotYours, WrongState or WrongStep."""
    engagement = locked(engagement_id, by)
    if not by.has(*roles):
        raise errors.NotYours(words)
    require_open(engagement)
    if steps is not None and engagement.at_step not in (allowed := set(steps)):
        names = ", ".join(step.numeral for step in STEPS if step in allowed)
        raise errors.WrongStep(
            f"This is done in step {names}; the engagement is in step {engagement.at_step.numeral}.",
            step=engagement.step,
        )
    return engagement


def require_open(engagement: Engagement) -> None:
    """WrongState while the engagement is cancelled, on hold, or its company waits for acceptance."""
    if engagement.cancelled_at:
        raise errors.WrongState("This engagement was cancelled; nothing more can be done in it.")
    if engagement.held_at:
        raise errors.WrongState(f"This engagement is on hold ({engagement.hold_reason}). Resume it first.")
    if engagement.company.state != Company.State.ACCEPTED:
        raise errors.WrongState("The company's registration has not been accepted yet.")


def said(text: str, *, field: str = "reason", words: str, longest: int = 500) -> str:
    """What somebody has to say for an act, without blanks around it; BadInput when it is empty or too long."""
    text = text.strip()
    if not text:
        raise errors.BadInput(fields={field: words})
    if len(text) > longest:
        raise errors.BadInput(fields={field: f"Shorten this to {longest} characters: it has {len(text)}."})
    return text


def staff_only(engagement_id: int, by: Actor) -> Engagement:
    """The engagement, locked, for a specialist or a lead; it may be on hold."""
    engagement = locked(engagement_id, by)
    if not by.has(*SPECIALISTS):
        raise errors.NotYours("Only InterWeave's specialists do this.")
    return engagement
