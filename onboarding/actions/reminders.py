"""Reminders: a specialist asks the customer for what an open step still needs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, messages
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.models import Engagement, Message
from onboarding.workflow import criteria
from onboarding.workflow.criterion import Finding, Owner


@transaction.atomic
def send(engagement_id: int, *, criterion: str, text: str = "", by: Actor, at: datetime) -> Engagement:
    """Mail the customer's people what is missing, with the specialist's own words; once a day for each criterion.

    Raises WrongState when the criterion is met, belongs to another side, or a reminder went out today.
    """
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, words="Specialists send reminders.")
    found = _open_finding(engagement, criterion)
    key = f"reminder:{engagement.pk}:{criterion}:{at.date().isoformat()}"
    if Message.objects.filter(company_id=engagement.company_id, key__startswith=f"{key}:").exists():
        raise errors.WrongState("A reminder of this went out today already.")
    messages.send_to_members(
        engagement,
        kind="engagement.reminder",
        subject=f"A reminder: {found.criterion.title}",
        text="\n\n".join(part for part in (text.strip(), found.criterion.hint) if part),
        key=key,
        at=at,
        roles=CUSTOMER_WRITERS,
        path="/",
        button="Open your next task",
    )
    outbox.record("engagement.reminded", engagement, by=by, at=at, data={"criterion": criterion})
    return engagement


def _open_finding(engagement: Engagement, code: str) -> Finding:
    for found in criteria.find(engagement, engagement.at_step):
        if found.criterion.code == code:
            if found.is_met or found.owner is not Owner.CUSTOMER:
                raise errors.WrongState("This does not wait for the customer.")
            return found
    raise errors.BadInput(fields={"criterion": "Choose something that the open step waits for."})
