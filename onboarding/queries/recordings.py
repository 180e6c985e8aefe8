"""May a meeting be recorded? Only when that is wished for, and everybody who was asked said yes."""

from __future__ import annotations

from onboarding.models import Meeting, MeetingRoom, RecordingConsent

State = RecordingConsent.State


def is_agreed(meeting: Meeting) -> bool:
    """True when recording is wished for, somebody was asked, and nobody refused or has not answered yet."""
    if not meeting.is_to_be_recorded:
        return False
    states = set(RecordingConsent.objects.filter(meeting_id=meeting.pk).values_list("state", flat=True))
    return states == {State.GIVEN}


def comes_by_calendar(meeting: Meeting) -> bool:
    """True when the notetaker is invited to the calendar's event; elsewhere it is sent when the meeting begins."""
    return meeting.channel == Meeting.Channel.GOOGLE_MEET and MeetingRoom.objects.filter(meeting_id=meeting.pk).exists()


def standing(meeting: Meeting, consents: list[RecordingConsent]) -> str:
    """Where the consents of a meeting stand, in a word: none, asked, agreed, refused."""
    if not meeting.is_to_be_recorded:
        return "none"
    states = {one.state for one in consents}
    if State.REFUSED in states:
        return "refused"
    return "agreed" if states == {State.GIVEN} else "asked"
