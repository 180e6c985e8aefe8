"""Invitations: both sides hear of a meeting by mail, and their calendars by the file in it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from onboarding.actions import letters
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Contact, Engagement, Meeting, Member, Specialist
from onboarding.queries import agendas, recordings
from onboarding.rendering import invitations as rendering

POINTS_IN_A_MAIL = 12
LINK_FOLLOWS = "Your specialist sends you the link."
WITHOUT_PLACE: dict[str, str] = {Meeting.Channel.ZOOM: LINK_FOLLOWS, Meeting.Channel.GOOGLE_MEET: LINK_FOLLOWS}


def send(meeting: Meeting, engagement: Engagement, *, at: datetime) -> None:
    """Tell both sides when, how and about what a meeting is, or is from now on."""
    is_moved = meeting.sequence > 0
    subject = f"{meeting.get_kind_display()}{' moved to' if is_moved else ':'} {when(meeting)}"
    lines = [f"{when(meeting)}, {meeting.minutes} minutes, {meeting.get_channel_display()}."]
    lines += [line for line in (meeting.place or WITHOUT_PLACE.get(meeting.channel), meeting.topic) if line]
    lines += ["", "What we talk about:", *_points(engagement, meeting)]
    _mail(meeting, engagement, kind="meeting.booked", subject=subject, text="\n".join(lines), at=at,
          button="See the meeting")  # fmt: skip


def withdraw(meeting: Meeting, engagement: Engagement, *, subject: str, text: str, at: datetime) -> None:
    """Tell both sides that a meeting is off; it leaves their calendars."""
    _mail(meeting, engagement, kind="meeting.cancelled", subject=subject, text=text, at=at,
          button="Choose another time")  # fmt: skip


def _mail(
    meeting: Meeting, engagement: Engagement, *, kind: str, subject: str, text: str, at: datetime, button: str
) -> None:
    """The key names this change of this meeting: told once, however often it is asked for; again once it has a place."""
    key = f"meeting:{meeting.pk}:{meeting.sequence}{':placed' if meeting.place else ''}"
    file = calendar(meeting, engagement, at=at)
    letters.to_customer(
        engagement, kind=kind, subject=subject, text=text, key=key, at=at, path="/meetings/", button=button,
        roles=CUSTOMER_WRITERS, contacts=(Contact.Kind.MAIN,), calendar=file,
    )  # fmt: skip
    letters.to_specialist(
        engagement, kind=kind, subject=subject, text=text, key=key, at=at, place="meetings",
        button="See the meetings", calendar=file,
    )  # fmt: skip


def calendar(meeting: Meeting, engagement: Engagement, *, at: datetime, asks: bool = True) -> str:
    """The meeting as a calendar file; `asks` for an answer when it goes out by mail."""
    return rendering.calendar(
        rendering.Invitation(
            uid=str(meeting.uid),
            sequence=meeting.sequence,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes,
            title=title(meeting, engagement),
            place=meeting.place,
            text=agenda_text(meeting, engagement),
            organizer=_organizer(engagement.specialist),
            attendees=attendees(engagement),
            is_cancelled=meeting.cancelled_at is not None,
        ),
        at=at,
        asks=asks,
    )


def title(meeting: Meeting, engagement: Engagement) -> str:
    """What calendars call it: both sides see whom they meet."""
    return f"{meeting.get_kind_display()}: {engagement.company.name} and InterWeave"


def agenda_text(meeting: Meeting, engagement: Engagement) -> str:
    """What it is about, and where the portal tells more."""
    points = _points(engagement, meeting) if not meeting.cancelled_at else []
    return "\n".join([line for line in (meeting.topic, *points) if line] + [f"{settings.BASE_URL}/meetings/"])


def _organizer(specialist: Specialist | None) -> rendering.Person:
    if specialist is None:
        return rendering.Person(email=settings.DEFAULT_FROM_EMAIL, name="InterWeave")
    return rendering.Person(email=specialist.user.email, name=specialist.user.name)


def attendees(engagement: Engagement) -> list[rendering.Person]:
    """Whom of the customer its invitation goes to: the main contact and whoever of the company may write, each once."""
    people = {one.email.lower(): one.name for one in engagement.contacts.filter(kind=Contact.Kind.MAIN)}
    return [rendering.Person(email=email, name=people.get(email, ""))
            for email in letters.addresses(engagement, CUSTOMER_WRITERS, (Contact.Kind.MAIN,))]  # fmt: skip


def have_agreed(meeting: Meeting) -> bool:
    """True when everybody agreed to be recorded whom its invitation goes to now, and not only who was asked then.

    Who came to the customer after the meeting began was not in it, and need not agree.
    """
    if not recordings.is_agreed(meeting):
        return False
    engagement, start = Engagement.objects.get(pk=meeting.engagement_id), meeting.starts_at
    members = Member.objects.select_related("user").filter(company_id=engagement.company_id, joined_at__gt=start)
    came_later = {one.user.email.lower() for one in members}
    came_later |= {one.email.lower() for one in engagement.contacts.filter(updated_at__gt=start)}
    agreed = set(meeting.recording_consents.values_list("email", flat=True))  # each said yes
    return {one.email for one in attendees(engagement)} <= agreed | came_later


def _points(engagement: Engagement, meeting: Meeting) -> list[str]:
    points = agendas.agenda(engagement, meeting.kind)
    shown = [f"- {point}" for point in points[:POINTS_IN_A_MAIL]]
    left = len(points) - len(shown)
    return [*shown, f"- and {left} more, in the portal"] if left else shown


def when(meeting: Meeting) -> str:
    """As subjects and texts say it; the calendar file shows it in everyone's own zone."""
    return f"{meeting.starts_at:%A %-d %B %Y, %H:%M} UTC"
