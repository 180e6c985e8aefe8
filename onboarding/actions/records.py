"""The customer approves what was collected of it: frozen under a hash, withdrawn when any of it changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates
from onboarding.actors import Actor, Role
from onboarding.models import Engagement, RecordsApproval
from onboarding.queries import records
from onboarding.workflow.steps import STEPS

APPROVERS = frozenset({Role.OWNER, Role.SIGNATORY})
APPROVING = frozenset(STEPS[4:])  # V to XII: a change of a later step is approved without going back


@transaction.atomic
def approve(engagement_id: int, *, seen_sha256: str, by: Actor, at: datetime) -> Engagement:
    """The customer approves its records as they stood when it read them; approving them twice is approving once.

    `seen_sha256` is the hash of what was shown: Stale when they have changed since.
    """
    engagement = gates.writable(
        engagement_id, by, roles=APPROVERS, steps=APPROVING,
        words="The owner or the signatory approves the company's records.",
    )  # fmt: skip
    if engagement.records_approved_at:
        return engagement
    content = records.content(records.of(engagement))
    sha256 = records.sha256(content)
    if seen_sha256 != sha256:
        raise errors.Stale(
            "Your records changed since you opened this page. Read them once more and approve them then."
        )
    RecordsApproval.objects.create(
        company_id=engagement.company_id, engagement=engagement, content=content, sha256=sha256, approved_at=at,
        approved_by=by.name,
    )  # fmt: skip
    _mark(engagement, approved_at=at, approved_by=by.name, sha256=sha256)
    outbox.record("records.approved", engagement, by=by, at=at, data={"sha256": sha256})
    return engagement


def withdraw(engagement: Engagement, *, because: str, by: Actor, at: datetime) -> bool:
    """The records changed: their approval no longer holds. False when they were not approved."""
    if engagement.records_approved_at is None:
        return False
    engagement.records_approvals.filter(withdrawn_at=None).update(withdrawn_at=at, withdrawn_because=because[:300])
    _mark(engagement, approved_at=None, approved_by="", sha256="")
    outbox.record("records.approval_withdrawn", engagement, by=by, at=at, data={"because": because[:300]})
    return True


def _mark(engagement: Engagement, *, approved_at: datetime | None, approved_by: str, sha256: str) -> None:
    engagement.records_approved_at, engagement.records_approved_by = approved_at, approved_by
    engagement.records_sha256 = sha256
    engagement.save(update_fields=["records_approved_at", "records_approved_by", "records_sha256"])
