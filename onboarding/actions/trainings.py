"""Training of step 10.3: sessions are meetings; here the customer says that its team was trained."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates
from onboarding.actors import Actor, Role
from onboarding.models import TrainingSignoff
from onboarding.workflow.steps import Step

SIGNERS = frozenset({Role.OWNER, Role.SIGNATORY})


@transaction.atomic
def sign_off(engagement_id: int, *, statement: str, by: Actor, at: datetime) -> TrainingSignoff:
    """Say that the team was trained, after at least one held session. Signing off again changes nothing."""
    engagement = gates.writable(
        engagement_id, by, roles=SIGNERS, steps={Step.ACTIVATION_TESTING},
        words="The owner or the signatory signs the training off.",
    )  # fmt: skip
    if earlier := TrainingSignoff.objects.filter(engagement=engagement).first():
        return earlier
    sessions = engagement.meetings.filter(kind="training", held_at__isnull=False, cancelled_at=None)
    if not sessions.exists():
        raise errors.WrongState("No training session was held yet.")
    if not statement.strip():
        raise errors.BadInput(fields={"statement": "Say in your words that your team was trained."})
    signoff = TrainingSignoff.objects.create(
        company_id=engagement.company_id, engagement=engagement, statement=statement.strip(), by=by.name, at=at
    )
    outbox.record("training.signed_off", engagement, by=by, at=at, data={"sessions": sessions.count()})
    return signoff
