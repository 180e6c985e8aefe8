"""The notetaker: sent into meetings, its transcripts fetched, and what its calls forgot to tell found by asking."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import meeting_services
from integrations.engine.errors import Failure
from integrations.fireflies import matching
from integrations.fireflies.client import Fireflies
from integrations.fireflies.matching import BY_CALENDAR, BY_LINK, BY_TIME, Match, Wanted
from integrations.fireflies.transcripts import PROCESSED, Recording
from integrations.fireflies.transcripts import Transcript as Vendors
from integrations.tasks.labour import labour
from onboarding import errors
from onboarding.actions import invitations, recordings, transcripts
from onboarding.actions.transcripts import Item, Told
from onboarding.actors import SYSTEM
from onboarding.models import Meeting, NotetakerVisit, Transcript
from onboarding.queries import recordings as consents
from onboarding.queries import transcripts as queries
from onboarding.rendering.vtt import Said

SURENESS = (BY_LINK, BY_CALENDAR, BY_TIME)
LOOKED_BACK = timedelta(days=3)
READY_AFTER = timedelta(minutes=30)  # after the planned end: nobody has a transcript while they meet
NOT_SET_UP = "This installation has no notetaker. Upload minutes instead."
logger = logging.getLogger(__name__)


@shared_task(name="integrations.fetch_transcript", acks_late=True, ignore_result=True)
def fetch_transcript(*, transcript_id: int, **_: Any) -> None:
    """Fetch what the notetaker has of one transcript; the row waits while more is to come. Safe to run twice."""
    labour(Transcript, transcript_id, uses=lambda row: [], do=_fetch, give_up=transcripts.give_up)


def _fetch(row: Transcript) -> None:
    transcripts.store(row, told=_told(_team().transcript(row.vendor_id)), at=now())


def _told(theirs: Vendors) -> Told:
    head, summary = theirs.recording, theirs.summary
    return Told(
        title=_text(head.title),
        started_at=head.started_at,
        minutes=max(0, round(head.minutes)),
        url=head.url if head.url.startswith("https://") else "",
        speakers=tuple(_text(one) for one in theirs.speakers),
        sentences=tuple(
            Said(_text(one.speaker), _text(one.text), _milliseconds(one.starts), _milliseconds(one.ends))
            for one in theirs.sentences
        ),
        is_final=theirs.is_final,
        has_summary=summary.state == PROCESSED,
        overview=_text(summary.overview),
        keywords=tuple(_text(one) for one in summary.keywords),
        topics=tuple(_text(one) for one in summary.topics),
        items=tuple(
            Item(owner=_text(one.owner), text=_text(one.text), at_second=one.at) for one in summary.action_items
        ),
    )


def _text(text: str) -> str:
    """Databases refuse the character nought."""
    return text.replace("\x00", "")


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))


@shared_task(name="integrations.send_notetaker", acks_late=True, ignore_result=True)
def send_notetaker(*, visit_id: int, **_: Any) -> None:
    """Send the notetaker into one meeting that has begun, when everybody still agrees."""
    labour(NotetakerVisit, visit_id, uses=lambda row: [], do=_send)


def _send(visit: NotetakerVisit) -> None:
    meeting = Meeting.objects.get(pk=visit.meeting_id)
    team = _team()
    if not invitations.have_agreed(meeting):
        raise errors.WrongState("Not everybody agreed to be recorded: the notetaker stays away.")
    if not meeting.place:
        raise errors.WrongState("The meeting has no link: the notetaker can't join it.")
    is_over = meeting.ended_at is not None and meeting.ended_at >= meeting.starts_at
    if is_over or now() > _ends_at(meeting):
        raise errors.WrongState("The meeting was over before the notetaker could join. Upload minutes instead.")
    emails = list(meeting.recording_consents.values_list("email", flat=True))
    team.join(meeting.place, title=meeting.get_kind_display(), minutes=meeting.minutes, attendees=emails)
    recordings.arrived(visit, by=SYSTEM, at=now())


@shared_task(name="integrations.sweep_recordings", ignore_result=True, tenant_free=True)
def sweep_recordings(**_: Any) -> int:
    """Ask the notetaker what it recorded, when a meeting that was to be recorded has no transcript; one call mostly.

    Finds what its calls forgot to tell, or told while we were away. Returns how many transcripts were ordered.
    """
    at = now()
    over = [one for one in queries.awaited(since=at - LOOKED_BACK, until=at) if _ends_at(one) + READY_AFTER <= at]
    waiting = [one for one in over if consents.is_agreed(one)]
    team = meeting_services.fireflies()
    if not waiting or team is None:
        return 0
    try:
        found = team.recordings(since=waiting[0].starts_at - queries.NEAR, until=at + queries.NEAR)
    except Failure as trouble:
        logger.warning("recordings not listed: %s", trouble.code)  # the next sweep asks again
        return 0
    return sum(1 for meeting in waiting if _ordered(meeting, found, at=at))


def _ordered(meeting: Meeting, found: tuple[Recording, ...], *, at: datetime) -> bool:
    """True when its recording is among them, and fetched from now on. One meeting's trouble is not the others'."""
    try:
        # One link may serve for several meetings of a day: each recording is the one's that it fits best.
        own = tuple(one for one in found if best_match(meeting, (one,)) and _is_of(one, meeting))
        best = best_match(meeting, own)
        expected = best and transcripts.expect(meeting.pk, vendor_id=best.recording.id, matched_by=best.by, at=at)
    except Exception:
        logger.exception("the recording of meeting %s was not ordered", meeting.pk)
        return False
    return expected is not None


def _is_of(recording: Recording, meeting: Meeting) -> bool:
    best = meeting_of(recording)
    return best is not None and best[0].pk == meeting.pk


def _ends_at(meeting: Meeting) -> datetime:
    return meeting.starts_at + timedelta(minutes=meeting.minutes)


def best_match(meeting: Meeting, found: tuple[Recording, ...]) -> Match | None:
    """The recording of this meeting, if it is among them.

    Host and time alone prove nothing when both links are known and differ: it is another meeting of the same host.
    """
    wanted = _wanted(meeting)
    best = matching.match(wanted, found)
    if best and best.by == BY_TIME and wanted.meeting_link and best.recording.meeting_link:
        return None
    return best


def meeting_of(recording: Recording) -> tuple[Meeting, str] | None:
    """Our meeting that this recording is of, and by what it was recognised: the surest sign wins; None when none fits."""
    fits = []
    for meeting in queries.near(recording.started_at):
        if best := best_match(meeting, (recording,)):
            away = abs(recording.started_at - meeting.starts_at)
            fits.append((SURENESS.index(best.by), away, meeting.pk, meeting, best.by))
    return min(fits)[3:] if fits else None


def _wanted(meeting: Meeting) -> Wanted:
    host = meeting.engagement.specialist
    room = getattr(meeting, "room", None) if meeting.channel == Meeting.Channel.GOOGLE_MEET else None
    return Wanted(
        starts_at=meeting.starts_at,
        meeting_link=meeting.place,
        calendar_id=room.vendor_id if room else "",
        organizer=host.user.email if host else "",
    )


def _team() -> Fireflies:
    team = meeting_services.fireflies()
    if team is None:
        raise errors.WrongState(NOT_SET_UP)
    return team
