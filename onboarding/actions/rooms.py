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
from onboarding.queries import recordings

VIDEO = frozenset({Meeting.Channel.ZOOM, Meeting.Channel.GOOGLE_MEET})


def order(meeting: Meeting, *, at: datetime) -> bool:
    """Have a worker make the service agree with the meeting; False when the meeting needs no room.

    It needs one when it is by video and nobody gave a link of their own, or when it has one already. Call it with the
    engagement locked, as every taking up and settling of a room is.
    """
    room = MeetingRoom.objects.filter(meeting=meeting).first()
    if room is not None:
        if room.state != Work.State.RUNNING:  # its worker sees at the end that the meeting changed (settle)
            work.queue_again(MeetingRoom, room.pk, at=at)
        return True
    if meeting.channel not in VIDEO or meeting.place or not meeting.is_open:
        return False
    work.new(MeetingRoom, at=at, company_id=meeting.company_id, engagement_id=meeting.engagement_id, meeting=meeting)
    return True


@transaction.atomic
def settle(
    room: MeetingRoom, *, vendor_id: str, host: str, link: str, calendar_uid: str, sequence: int,
    is_agreed: bool = False, has_notetaker: bool = False, at: datetime,
) -> None:  # fmt: skip
    """The service agrees with the meeting as it was at `sequence`; both sides get the invitation with the link.

    `is_agreed`: everybody agreed to the notetaker when the worker looked. An empty `link`: this installation has no such
    service, the specialist tells the link. When the meeting changed meanwhile, or what was agreed, nobody is told, and
    the room is ordered again: what the service holds is kept, so that it is moved or taken down and never left behind.
    """
    meeting, engagement = _locked(room)
    if not work.finish(room, at=at, vendor_id=vendor_id, host=host, link=link, has_notetaker=has_notetaker):
        return
    if meeting.sequence != sequence or (vendor_id and is_agreed != wants_notetaker(meeting)):
        work.queue_again(MeetingRoom, room.pk, at=at)
        return
    is_first = link and meeting.place != link
    meeting.place, meeting.uid = link or meeting.place, calendar_uid or meeting.uid
    meeting.save(update_fields=["place", "uid"])
    if is_first:
        data = {"meeting": meeting.pk, "name": meeting.get_kind_display(), "channel": meeting.get_channel_display()}
        outbox.record("meeting.room_opened", engagement, by=SYSTEM, at=at, data=data)
    if meeting.is_open:
        invitations.send(meeting, engagement, at=at)


def wants_notetaker(meeting: Meeting) -> bool:
    """True when the notetaker belongs among the guests of the calendar's event: everybody agreed to be recorded."""
    return meeting.is_open and recordings.comes_by_calendar(meeting) and invitations.have_agreed(meeting)


@transaction.atomic
def close(room: MeetingRoom, *, at: datetime) -> None:
    """The service holds the meeting no more."""
    work.finish(room, at=at, vendor_id="", link="", has_notetaker=False)


@transaction.atomic
def restore(room: MeetingRoom, *, at: datetime) -> bool:
    """The service lost a meeting, not by us: made anew when it is still to take place. False otherwise."""
    meeting, _ = _locked(room)
    return meeting.is_open and meeting.starts_at > at and order(meeting, at=at)


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
