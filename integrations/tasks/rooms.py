from __future__ import annotations

import time
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import meeting_services
from integrations.engine.errors import Failure, failure
from integrations.engine.meetings import PENDING, READY, Booked, MeetingService, Wish
from integrations.fireflies.client import NOTETAKER
from integrations.tasks.labour import labour
from onboarding.actions import invitations, rooms, work
from onboarding.models import Meeting, MeetingRoom, Specialist

SERVICES = {Meeting.Channel.ZOOM: meeting_services.zoom, Meeting.Channel.GOOGLE_MEET: meeting_services.google_meet}
LINK_WAITS = (0.5, 1, 2, 4)  # seconds


@shared_task(name="integrations.keep_room", acks_late=True, ignore_result=True)
def keep_room(*, room_id: int, **_: Any) -> None:
    """Make, move or take down one meeting at its video service, and have both sides invited with the link.

    Safe to run twice and to be killed: the same meeting made again is the one that is there.
    """
    labour(MeetingRoom, room_id, uses=lambda room: [], do=_keep, give_up=rooms.give_up)


def _keep(room: MeetingRoom) -> None:
    meeting = Meeting.objects.select_related("engagement__specialist__user", "engagement__company").get(
        pk=room.meeting_id
    )
    service = SERVICES[Meeting.Channel(meeting.channel)]()
    if meeting.cancelled_at:
        if service and room.vendor_id:
            service.cancel(room.vendor_id, host=room.host)
        rooms.close(room, at=now())
    elif service is None or (host := meeting.engagement.specialist) is None:
        rooms.settle(room, vendor_id="", host="", link="", calendar_uid="", sequence=meeting.sequence, at=now())
    else:
        is_agreed = rooms.wants_notetaker(meeting)
        has_notetaker = is_agreed and meeting_services.fireflies() is not None
        booked = _agreed(service, room, _wish(meeting, host, has_notetaker=has_notetaker))
        rooms.settle(
            room, vendor_id=booked.id, host=booked.host, link=booked.join_url, calendar_uid=booked.calendar_uid,
            sequence=meeting.sequence, is_agreed=is_agreed, has_notetaker=has_notetaker, at=now(),
        )  # fmt: skip


def _wish(meeting: Meeting, host: Specialist, *, has_notetaker: bool) -> Wish:
    """Only the notetaker is invited through the service: our own invitation goes to people, under the service's entry."""
    return Wish(
        key=f"meeting-{meeting.pk}-{meeting.booked_at:%Y%m%d%H%M%S}",
        host=host.user.email,
        title=invitations.title(meeting, meeting.engagement),
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        timezone=host.time_zone,
        agenda=invitations.agenda_text(meeting, meeting.engagement),
        invited=(NOTETAKER,) if has_notetaker else (),
    )


def _agreed(service: MeetingService, room: MeetingRoom, wish: Wish) -> Booked:
    """The meeting as wished: the one the service has, changed, else a new one; with its link."""
    if room.vendor_id and room.host == wish.host:
        try:
            return _with_link(service, service.update(room.vendor_id, wish))
        except Failure as trouble:
            if trouble.code != "meeting_gone":
                raise
    elif room.vendor_id:
        service.cancel(room.vendor_id, host=room.host)  # another specialist is the host now
    booked = service.create(wish)
    # Known before the link is: whatever happens to this try, the next one moves or takes down what is there.
    work.progress(room, vendor_id=booked.id, host=booked.host, has_notetaker=NOTETAKER in wish.invited)
    return _with_link(service, booked)


def _with_link(service: MeetingService, booked: Booked) -> Booked:
    """Google makes the link a little later."""
    for wait in LINK_WAITS:
        if booked.link != PENDING:
            break
        time.sleep(wait)
        booked = service.meeting(booked.id, host=booked.host)
    if booked.link != READY:
        raise failure("vendor_error", vendor=service.vendor, vendor_code=f"link {booked.link}")
    return booked
