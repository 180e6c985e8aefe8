"""Rooms: what a meeting is at the video service, kept after the meeting by a worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import outbox
from onboarding.actions import gates, invitations, runs, work
from onboarding.actors import SYSTEM
from onboarding.models import Engagement, Meeting, MeetingRoom
from onboarding.models.base import Work

VIDEO = frozenset({Meeting.Channel.ZOOM, Meeting.Channel.GOOGLE_MEET})


def order(meeting: Meeting, *, at: datetime) -> bool:
    """Have a worker make the service agree with the meeting; False when the meeting needs no room.

    It needs one when it is by video and nobody gave a link of their own, or when it has one already. Call it with the
    engagement locked, as every taking up and settling of a room is.
    """
    room = MeetingRoom.objects.filter(meeting=meeting).first()
    if room is not None:
        if room.state != Work.State.RUNNING:  # its worker sees at the end that the meeting changed (settle)
            _again(room, at=at)
        return True
    if meeting.channel not in VIDEO or meeting.place or not meeting.is_open:
        return False
    work.new(MeetingRoom, at=at, company_id=meeting.company_id, engagement_id=meeting.engagement_id, meeting=meeting)
    return True


def _again(room: MeetingRoom, *, at: datetime) -> None:
    queued = {"state": Work.State.QUEUED, "queued_at": at, "not_before": at, "attempts": 0, "problem": None}
    MeetingRoom.objects.filter(pk=room.pk).update(**queued)
    outbox.enqueue(room)


@transaction.atomic
def settle(
    room: MeetingRoom, *, vendor_id: str, host: str, link: str, calendar_uid: str, sequence: int, at: datetime
) -> None:
    """The service agrees with the meeting as it was at `sequence`; both sides get the invitation with the link.

    An empty `link`: this installation has no such service, the specialist tells the link. When the meeting changed
    meanwhile nobody is told, and the room is ordered again: what the service holds is kept, so that it is moved or
    taken down and never left behind.
    """
    meeting, engagement = _locked(room)
    if not work.finish(room, at=at, vendor_id=vendor_id, host=host, link=link):
        return
    if meeting.sequence != sequence:
        _again(room, at=at)
        return
    is_first = link and meeting.place != link
    meeting.place, meeting.uid = link or meeting.place, calendar_uid or meeting.uid
    meeting.save(update_fields=["place", "uid"])
    if is_first:
        data = {"meeting": meeting.pk, "name": meeting.get_kind_display(), "channel": meeting.get_channel_display()}
        outbox.record("meeting.room_opened", engagement, by=SYSTEM, at=at, data=data)
    if meeting.is_open:
        invitations.send(meeting, engagement, at=at)


@transaction.atomic
def close(room: MeetingRoom, *, at: datetime) -> None:
    """The service holds the meeting no more."""
    work.finish(room, at=at, vendor_id="", link="")


@transaction.atomic
def give_up(room: MeetingRoom, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """The service refused or was not reached. For good: both sides are invited without a link, and staff sees why.

    Returns True when it will be tried again.
    """
    meeting, engagement = _locked(room)
    if not work.holds(room):
        return False
    again = runs.record_failure(room, problem=problem, retry=retry, at=at)
    if not again and meeting.is_open:
        invitations.send(meeting, engagement, at=at)
    return again


def _locked(room: MeetingRoom) -> tuple[Meeting, Engagement]:
    engagement = gates.locked(room.engagement_id, SYSTEM)
    return Meeting.objects.get(pk=room.meeting_id), engagement
