"""Work that was given up, tried once more because a person says so: a document, a mail, a meeting's room, a transcript."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, rows
from onboarding.actors import SPECIALISTS, Actor
from onboarding.models import MeetingRoom, Message, NotetakerVisit, Rendering, Transcript
from onboarding.models.base import Work

KINDS: dict[str, type[Rendering | Message | MeetingRoom | NotetakerVisit | Transcript]] = {
    "rendering": Rendering, "message": Message, "meeting_room": MeetingRoom,
    "notetaker_visit": NotetakerVisit, "transcript": Transcript,
}  # fmt: skip


@transaction.atomic
def again(kind: str, row_id: int, *, by: Actor, at: datetime) -> Work:
    """Put failed work back into the queue with all its attempts. WrongState when it did not fail."""
    if (model := KINDS.get(kind)) is None:
        raise errors.NotFound
    row = rows.visible(model, row_id, by)
    if not by.has(*SPECIALISTS):
        raise errors.NotYours("Specialists try failed work again.")
    engagement = gates.locked(row.engagement_id, by) if row.engagement_id else None
    failed = model.objects.filter(pk=row.pk, state=Work.State.FAILED)
    if not failed.update(state=Work.State.QUEUED, attempts=0, problem=None, not_before=at, finished_at=None):
        raise errors.WrongState("This did not fail, or somebody tried it again already.")
    if engagement:
        outbox.record("run.retried", engagement, by=by, at=at, data={"run": row.pk, "for": kind}, is_internal=True)
    row.refresh_from_db()
    outbox.enqueue(row)
    return row
