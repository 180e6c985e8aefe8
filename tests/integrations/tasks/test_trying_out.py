"""A meeting's link tried out before the day, and a meeting that goes on after a break: what Zoom tells, understood."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from integrations.tasks.recordings import send_notetaker
from onboarding.actions import meetings
from onboarding.models import Event, Meeting, MeetingRoom, NotetakerVisit
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.tasks import test_recordings as told_of
from tests.integrations.tasks.test_recordings import AT, SOON, booked, told

pytestmark = pytest.mark.django_db
team = told_of.team  # the fixture


def test_a_link_that_was_tried_out_the_day_before_is_not_the_meeting(
    sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    meeting = booked()
    tomorrow = SOON + timedelta(days=1)
    Meeting.objects.update(starts_at=tomorrow)
    NotetakerVisit.objects.update(not_before=tomorrow)
    MeetingRoom.objects.create(
        company=meeting.company, engagement=meeting.engagement, meeting=meeting, vendor_id="85012345678",
        state="done", queued_at=AT, not_before=AT,
    )  # fmt: skip
    told("meeting.started", "85012345678", "zoom", occurred_at=AT)
    told("meeting.ended", "85012345678", "zoom", occurred_at=AT + timedelta(minutes=3))
    waiting = NotetakerVisit.objects.get().not_before
    NotetakerVisit.objects.update(not_before=AT)  # its time has come, before Zoom tells
    send_notetaker(visit_id=NotetakerVisit.objects.get().pk)
    told("meeting.started", "85012345678", "zoom", occurred_at=tomorrow)

    meeting.refresh_from_db()
    assert (waiting, NotetakerVisit.objects.get().state) == (tomorrow, "done")
    assert (meeting.began_at, meeting.ended_at, meeting.goes_on) == (tomorrow, None, True)
    assert Event.objects.filter(kind="meeting.began").count() == 2


def test_a_meeting_goes_on_after_a_break(team: dict[str, Any]) -> None:
    meeting = booked()

    meetings.began(meeting.pk, moment=SOON, at=AT)
    meetings.ended(meeting.pk, moment=SOON + timedelta(minutes=20), at=AT)
    meetings.began(meeting.pk, moment=SOON + timedelta(minutes=25), at=AT)

    meeting.refresh_from_db()
    assert (meeting.began_at, meeting.goes_on) == (SOON, True)
    assert Event.objects.filter(kind="meeting.began").count() == 1
