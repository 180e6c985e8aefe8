"""Work that was given up, tried once more because a person says so: a document, a mail, a meeting's room, a transcript.

A mail whose link was given up with it can't be sent again: a new link goes out in its place.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import doors, gates, members, rows
from onboarding.actors import SPECIALISTS, Actor
from onboarding.models import Door, Invitation, MeetingRoom, Message, NotetakerVisit, Rendering, Transcript
from onboarding.models.base import Work

KINDS: dict[str, type[Rendering | Message | MeetingRoom | NotetakerVisit | Transcript]] = {
    "rendering": Rendering, "message": Message, "meeting_room": MeetingRoom,
    "notetaker_visit": NotetakerVisit, "transcript": Transcript,
}  # fmt: skip


@transaction.atomic
def again(kind: str, row_id: int, *, by: Actor, at: datetime) -> Work:
    """Put failed work back into the queue with all its attempts. WrongState when it did not fail.

    A mail that lost its link makes way for one with a new link: that is what is returned. WrongState for a code.
    """
    if (model := KINDS.get(kind)) is None:
        raise errors.NotFound
    row = rows.visible(model, row_id, by)
    if not by.has(*SPECIALISTS):
        raise errors.NotYours("Specialists try failed work again.")
    engagement = gates.locked(row.engagement_id, by) if row.engagement_id else None
    if isinstance(row, Message) and row.has_lost_its_secret:
        return _with_a_new_link(row, by=by, at=at)
    failed = model.objects.filter(pk=row.pk, state=Work.State.FAILED)
    if not failed.update(state=Work.State.QUEUED, attempts=0, problem=None, not_before=at, finished_at=None):
        raise errors.WrongState("This did not fail, or somebody tried it again already.")
    if engagement:
        outbox.record("run.retried", engagement, by=by, at=at, data={"run": row.pk, "for": kind}, is_internal=True)
    row.refresh_from_db()
    outbox.enqueue(row)
    return row


def _with_a_new_link(mail: Message, *, by: Actor, at: datetime) -> Message:
    """The mail that goes out instead, found by the key its new invitation or door gave it."""
    made_way = Message.objects.filter(pk=mail.pk, state=Work.State.FAILED)
    if not made_way.update(state=Work.State.CANCELLED, finished_at=at):
        raise errors.WrongState("Somebody tried it again already.")
    if mail.kind == "member.invited":
        key = f"invitation:{_invited_again(mail, by=by, at=at).pk}"
    elif door := _door_of(mail):
        key = f"door:{doors.send_again(door.pk, by=by, at=at).pk}"
    else:
        raise errors.WrongState("A code is sent anew on the page where it is asked for.")
    return Message.objects.get(company_id=mail.company_id, key=key)


def _invited_again(mail: Message, *, by: Actor, at: datetime) -> Invitation:
    number = mail.key.partition(":")[2]
    known = Invitation.objects.filter(pk=number, company_id=mail.company_id, accepted_at=None, revoked_at=None).first()
    if known is None:
        raise errors.WrongState("This invitation was used, withdrawn or replaced. Invite the person anew.")
    return members.invite(
        known.company_id, email=known.email, name=known.name, roles=known.roles, by=by, at=at
    )  # fmt: skip


def _door_of(mail: Message) -> Door | None:
    """The newest door of whom the mail was for; of the one it told of where that is known."""
    rows = Door.objects.filter(engagement=mail.engagement_id, email__iexact=mail.to)
    if mail.kind == "door.asked":
        return rows.filter(pk=mail.key.partition(":")[2]).first()
    return rows.filter(purpose=Door.Purpose.SIGN).last() if mail.kind.startswith("agreement.") else None
