"""A meeting's room at the video service: made, moved and taken down, and nobody left without an invitation."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now
from icalendar import Calendar

from integrations import meeting_services
from integrations.engine.errors import Failure
from integrations.engine.meetings import Wish
from integrations.tasks.rooms import keep_room
from onboarding.actions import engagements, meetings, retries, rooms, work
from onboarding.models import Engagement, Event, Meeting, MeetingRoom, Message
from tests.factories import EngagementFactory, SpecialistFactory, owner, specialist
from tests.integrations.sandbox_fixture import RunningSandbox

pytestmark = pytest.mark.django_db
AT = now().replace(second=0, microsecond=0)
TOMORROW = AT + timedelta(days=1)


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step="welcome_call", specialist=SpecialistFactory(user__email="ann.berg@ours.example"))


@pytest.fixture
def at_zoom(outbound, sandbox: RunningSandbox) -> dict:
    made = sandbox.new_zoom("Ours", domain="ours.example")
    outbound.ZOOM_ACCOUNT_ID, outbound.ZOOM_CLIENT_ID = made["id"], made["client_id"]
    outbound.ZOOM_CLIENT_SECRET = made["client_secret"]
    outbound.ZOOM_OAUTH_URL = outbound.ZOOM_API_URL = sandbox.zoom_url
    return made


@pytest.fixture
def at_google(outbound, sandbox: RunningSandbox) -> dict:
    made = sandbox.new_workspace("Ours", domain="ours.example")
    outbound.GOOGLE_SERVICE_ACCOUNT, outbound.GOOGLE_API_URL = made["key"], sandbox.google_url
    return made


def booked(engagement: Engagement, channel: str = "zoom", place: str = "") -> Meeting:
    owner(engagement.company)
    return meetings.book(
        engagement.pk, kind="welcome_call", channel=channel, starts_at=TOMORROW, minutes=45, place=place, topic="",
        by=specialist(), at=AT,
    )  # fmt: skip


def worked() -> MeetingRoom:
    keep_room(room_id=MeetingRoom.objects.get().pk)
    return MeetingRoom.objects.get()


def invitations() -> list[str]:
    """What the customer's mails say first, and where the meeting is by their calendar files."""
    found = Message.objects.filter(path="/meetings/").order_by("pk")
    return [
        f"{one.subject.split(': ')[0]} @ {Calendar.from_ical(one.calendar).events[0].get('LOCATION')}" for one in found
    ]


def test_a_zoom_meeting_is_made_and_its_link_is_in_the_invitation(engagement: Engagement, at_zoom: dict) -> None:
    meeting = booked(engagement)
    before = invitations()

    room = worked()

    meeting.refresh_from_db()
    service = meeting_services.zoom()
    assert service is not None
    there = service.meeting(room.vendor_id, host=room.host)
    assert (room.state, room.host, there.starts_at, there.minutes) == ("done", "ann.berg@ours.example", TOMORROW, 45)
    assert (meeting.place, room.link) == (there.join_url, there.join_url)
    assert (before, invitations()) == ([], [f"Welcome call @ {there.join_url}"])
    assert Event.objects.latest("pk").kind == "meeting.room_opened"


def test_a_google_meeting_shares_its_calendar_entry_with_our_invitation(
    engagement: Engagement, at_google: dict
) -> None:
    meeting = booked(engagement, channel="google_meet")

    worked()

    meeting.refresh_from_db()
    assert meeting.place.startswith("https://meet.google.com/")
    event = Calendar.from_ical(Message.objects.filter(path="/meetings/").get().calendar).events[0]
    assert (str(event.uid), meeting.uid.endswith("@google.com")) == (meeting.uid, True)


def test_a_moved_meeting_keeps_its_link_and_a_cancelled_one_is_taken_down(
    engagement: Engagement, at_zoom: dict
) -> None:
    by, meeting = specialist(), booked(engagement)
    first = worked()
    later = TOMORROW + timedelta(hours=3)

    meetings.reschedule(meeting.pk, starts_at=later, by=by, at=AT)
    moved = worked()
    service = meeting_services.zoom()
    assert service is not None
    there = service.meeting(moved.vendor_id, host=moved.host)
    meetings.cancel(meeting.pk, reason="Ill.", by=by, at=AT)
    closed = worked()

    assert (moved.vendor_id, there.starts_at, there.join_url) == (first.vendor_id, later, first.link)
    assert (closed.state, closed.vendor_id) == ("done", "")
    with pytest.raises(Failure):
        service.meeting(moved.vendor_id, host=moved.host)
    subjects = Message.objects.filter(path="/meetings/").order_by("pk").values_list("subject", flat=True)
    assert [subject[: len("Welcome call moved")] for subject in subjects] == [
        f"Welcome call: {TOMORROW:%A %d}"[:18], "Welcome call moved", f"Welcome call of {later:%A}"[:18],
    ]  # fmt: skip


@pytest.mark.parametrize("change", ["moved", "cancelled"])
def test_a_change_while_the_worker_is_at_it_leaves_nothing_behind(
    engagement: Engagement, at_zoom: dict, change: str
) -> None:
    by, meeting = specialist(), booked(engagement)
    service = meeting_services.zoom()
    assert service is not None
    room = work.claim(MeetingRoom, MeetingRoom.objects.get().pk, at=now())
    assert room is not None
    made = service.create(
        Wish(key="a room", host="ann.berg@ours.example", title="Welcome call", starts_at=TOMORROW, minutes=45)
    )
    later = TOMORROW + timedelta(hours=3)
    if change == "moved":
        meetings.reschedule(meeting.pk, starts_at=later, by=by, at=AT)
    else:
        meetings.cancel(meeting.pk, reason="Ill.", by=by, at=AT)

    rooms.settle(room, vendor_id=made.id, host=made.host, link=made.join_url, calendar_uid="", sequence=0, at=now())
    waiting = MeetingRoom.objects.get()
    done = worked()

    assert (waiting.state, waiting.vendor_id) == ("queued", made.id)
    if change == "moved":
        assert service.meeting(made.id, host=made.host).starts_at == later
        assert [words.endswith(f"@ {made.join_url}") for words in invitations()] == [True]
    else:
        assert (done.vendor_id, len(invitations())) == ("", 1)
        with pytest.raises(Failure):
            service.meeting(made.id, host=made.host)


def test_without_the_service_people_are_invited_and_the_link_follows(engagement: Engagement, outbound) -> None:
    outbound.ZOOM_ACCOUNT_ID = ""
    booked(engagement)

    room = worked()

    assert (room.state, room.link) == ("done", "")
    message = Message.objects.filter(path="/meetings/").get()
    assert "Your specialist sends you the link." in message.text


def test_a_service_that_refuses_leaves_nobody_without_an_invitation(
    engagement: Engagement, at_zoom: dict, outbound
) -> None:
    outbound.ZOOM_CLIENT_SECRET = "wrong"
    booked(engagement)

    failed = worked()
    invited = invitations()
    outbound.ZOOM_CLIENT_SECRET = at_zoom["client_secret"]
    retries.again("meeting_room", failed.pk, by=specialist(), at=now())
    mended = worked()

    assert (failed.state, invited) == ("failed", ["Welcome call @ None"])
    assert failed.problem["who_can_fix"]
    assert (mended.state, mended.link.startswith("https://")) == ("done", True)
    assert invitations()[-1] == f"Welcome call @ {mended.link}"


def test_a_link_of_ones_own_needs_no_room(engagement: Engagement) -> None:
    booked(engagement, place="https://meet.acme.example/1")

    assert not MeetingRoom.objects.exists()
    assert invitations() == ["Welcome call @ https://meet.acme.example/1"]


def test_a_worker_killed_after_making_it_makes_no_second(engagement: Engagement, at_zoom: dict) -> None:
    booked(engagement)
    first = worked()
    MeetingRoom.objects.update(state="queued", vendor_id="", link="")

    assert worked().vendor_id == first.vendor_id


@pytest.mark.parametrize("change", ["moved", "cancelled"])
def test_an_event_that_was_made_without_a_link_is_moved_and_taken_down_too(
    engagement: Engagement, at_google: dict, sandbox: RunningSandbox, change: str
) -> None:
    by, meeting = specialist(), booked(engagement, channel="google_meet")
    sandbox.fault("google", at_google["id"], "conference_fails")
    waiting = worked()
    later = TOMORROW + timedelta(hours=3)
    if change == "moved":
        meetings.reschedule(meeting.pk, starts_at=later, by=by, at=AT)
    else:
        meetings.cancel(meeting.pk, reason="Ill.", by=by, at=AT)

    done = worked()

    [event] = sandbox.records("google", at_google["id"], "event")
    assert (waiting.state, waiting.vendor_id, waiting.host) == ("queued", event["id"], "ann.berg@ours.example")
    if change == "moved":
        assert (datetime.fromisoformat(event["start"]["dateTime"]), event["status"]) == (later, "confirmed")
    else:
        assert (event["status"], done.state, done.vendor_id) == ("cancelled", "done", "")


def test_another_specialist_becomes_the_host_of_what_lies_ahead(engagement: Engagement, at_zoom: dict) -> None:
    booked(engagement)
    first, other = worked(), SpecialistFactory(user__email="bo.lind@ours.example")

    engagements.assign(engagement.pk, specialist_id=other.pk, by=specialist(), at=AT)
    moved = worked()

    service = meeting_services.zoom()
    assert service is not None
    there = service.meeting(moved.vendor_id, host=moved.host)
    assert (moved.host, moved.state, there.starts_at) == ("bo.lind@ours.example", "done", TOMORROW)
    assert moved.vendor_id != first.vendor_id
    with pytest.raises(Failure, match="meeting_gone"):
        service.meeting(first.vendor_id, host=first.host)
    meeting = Meeting.objects.get()
    assert (meeting.place, meeting.sequence, len(invitations())) == (there.join_url, 1, 2)
    assert invitations()[-1].endswith(there.join_url)


def test_the_same_specialist_again_moves_nothing(engagement: Engagement, at_zoom: dict) -> None:
    booked(engagement)
    worked()

    engagements.assign(engagement.pk, specialist_id=engagement.specialist_id, by=specialist(), at=AT)

    assert (MeetingRoom.objects.get().state, Meeting.objects.get().sequence) == ("done", 0)
