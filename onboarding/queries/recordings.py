"""May a meeting be recorded? Only when that is wished for, and everybody who was asked said yes."""

from __future__ import annotations

from datetime import datetime, timedelta

from onboarding.models import Meeting, MeetingRoom, RecordingConsent
from onboarding.models.base import Work

State = RecordingConsent.State
REMOVE_IT = "The notetaker is in the meeting: remove it now."
LATE = timedelta(hours=1)  # meetings go on longer than planned


def is_agreed(meeting: Meeting) -> bool:
    """True when recording is wished for, somebody was asked, and nobody refused or has not answered yet."""
    if not meeting.is_to_be_recorded:
        return False
    states = set(RecordingConsent.objects.filter(meeting_id=meeting.pk).values_list("state", flat=True))
    return states == {State.GIVEN}


def is_refused(meeting: Meeting) -> bool:
    """True when somebody said no to this meeting's being recorded."""
    return RecordingConsent.objects.filter(meeting_id=meeting.pk, state=State.REFUSED).exists()


def comes_by_calendar(meeting: Meeting) -> bool:
    """True when the notetaker is invited to the calendar's event; elsewhere it is sent when the meeting begins."""
    return meeting.channel == Meeting.Channel.GOOGLE_MEET and MeetingRoom.objects.filter(meeting_id=meeting.pk).exists()


def is_notetaker_there(meeting: Meeting, *, at: datetime) -> bool:
    """True while a meeting goes on that the notetaker was sent into, or is a guest of by the calendar."""
    has_begun = meeting.began_at is not None or at >= meeting.starts_at
    is_over = meeting.ended_at or at > meeting.starts_at + timedelta(minutes=meeting.minutes) + LATE
    if not meeting.is_open or not has_begun or is_over:
        return False
    visit, room = getattr(meeting, "notetaker_visit", None), getattr(meeting, "room", None)
    return (visit is not None and visit.state == Work.State.DONE) or (room is not None and room.has_notetaker)


def must_remove_notetaker(meeting: Meeting, consents: list[RecordingConsent], *, at: datetime) -> bool:
    """True when somebody refused while the notetaker is there: taking it off the guests does not send it out.

    A calendar's guest list is changed at once, so what was refused after the meeting began counts too.
    """
    refused = [one for one in consents if one.state == State.REFUSED]
    if not (refused and meeting.is_open and meeting.is_to_be_recorded):
        return False
    if is_notetaker_there(meeting, at=at):
        return True
    start = meeting.began_at or meeting.starts_at
    is_guest = meeting.channel == Meeting.Channel.GOOGLE_MEET and getattr(meeting, "room", None) is not None
    goes_on = at <= meeting.starts_at + timedelta(minutes=meeting.minutes) + LATE and not meeting.ended_at
    return is_guest and goes_on and any(one.answered_at and start <= one.answered_at for one in refused)


def standing(meeting: Meeting, consents: list[RecordingConsent]) -> str:
    """Where the consents of a meeting stand, in a word: none, asked, agreed, refused."""
    if not meeting.is_to_be_recorded:
        return "none"
    states = {one.state for one in consents}
    if State.REFUSED in states:
        return "refused"
    return "agreed" if states == {State.GIVEN} else "asked"
