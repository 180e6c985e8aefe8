"""Meetings: booked, moved, cancelled, missed or held, their summary shared, their record filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, invitations, letters, recordings, rooms, rows, transcripts
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, SYSTEM, Actor
from onboarding.models import Contact, Document, Engagement, Meeting, Specialist
from onboarding.queries import meetings as queries
from onboarding.queries import recordings as consents
from onboarding.workflow.status import iso
from onboarding.workflow.steps import Step

WRITERS = CUSTOMER_WRITERS | SPECIALISTS
STAFF_WORDS = "Specialists write down what was said."
Kind = Meeting.Kind
STEPS = {
    Kind.WELCOME_CALL: frozenset({Step.WELCOME_CALL}),
    Kind.REQUIREMENTS_REVIEW: frozenset({Step.DATA_COLLECTION, Step.REQUIREMENTS_REVIEW}),
    Kind.TRAINING: frozenset({Step.ACTIVATION_TESTING}),
    Kind.CHECK_IN: frozenset({Step.CONTINUOUS_SUPPORT}),
}
RECORDS = frozenset({Document.Kind.MINUTES, Document.Kind.TRANSCRIPT})
SHORTEST, LONGEST = 15, 480  # minutes
FARTHEST = timedelta(days=366)


@transaction.atomic
def book(
    engagement_id: int, *, kind: str, channel: str, starts_at: datetime, minutes: int, place: str, topic: str,
    by: Actor, at: datetime,
) -> Meeting:  # fmt: skip
    """Book a meeting of a kind that belongs to the present step; both sides are told.

    Raises BadInput (in the past, unknown kind or channel, outside working hours where a customer picks), WrongStep, and
    WrongState when the engagement's specialist has another open meeting at that time, with whichever customer.
    """
    if kind not in Kind.values:
        raise errors.BadInput(fields={"kind": "Choose what the meeting is for."})
    engagement = gates.writable(engagement_id, by, roles=WRITERS, steps=STEPS[Kind(kind)])
    _check(channel, starts_at, minutes, at=at)
    same = engagement.meetings.filter(kind=kind, starts_at=starts_at, cancelled_at=None, held_at=None)
    if earlier := same.first():  # the button was pressed twice
        return earlier
    _require_working_hours(engagement, starts_at, minutes, by=by)
    _require_free(engagement, starts_at, minutes)
    meeting = Meeting.objects.create(
        company_id=engagement.company_id, engagement=engagement, kind=kind, channel=channel, starts_at=starts_at,
        minutes=minutes, place=place.strip()[:300], topic=topic.strip()[:200], booked_by=by.name, booked_at=at,
    )  # fmt: skip
    outbox.record("meeting.booked", engagement, by=by, at=at, data=_facts(meeting))
    _tell(meeting, engagement, at=at)
    return meeting


def _tell(meeting: Meeting, engagement: Engagement, *, at: datetime) -> None:
    """The invitation goes out at once, or once the video service gave the link."""
    if not rooms.order(meeting, at=at):
        invitations.send(meeting, engagement, at=at)
    if meeting.is_to_be_recorded:
        recordings.ask_newcomers(meeting, engagement, by=SYSTEM, at=at)
        recordings.arrange(meeting, at=at)


def _check(channel: str, starts_at: datetime, minutes: int, *, at: datetime) -> None:
    wrong = {}
    if channel not in Meeting.Channel.values:
        wrong["channel"] = "Choose how you meet."
    if starts_at <= at:
        wrong["starts_at"] = "Choose a time that has not passed."
    elif starts_at > at + FARTHEST:
        wrong["starts_at"] = "Choose a time within the next twelve months."
    if not SHORTEST <= minutes <= LONGEST:
        wrong["minutes"] = f"Enter {SHORTEST} to {LONGEST} minutes."
    if wrong:
        raise errors.BadInput(fields=wrong)


def _require_working_hours(engagement: Engagement, starts_at: datetime, minutes: int, *, by: Actor) -> None:
    """BadInput when a customer picks a time at which the specialist does not work. Specialists know their own days."""
    specialist = engagement.specialist
    if by.is_staff or specialist is None or queries.is_at_work(specialist, starts_at, minutes=minutes):
        return
    hours = f"{specialist.working_hours} ({specialist.time_zone})"
    raise errors.BadInput(fields={"starts_at": f"Choose a time while your specialist works: {hours}."})


def _require_free(engagement: Engagement, starts_at: datetime, minutes: int, apart_from: int | None = None) -> None:
    """WrongState when the specialist is taken. Their row is locked: two customers never get the same half hour."""
    if engagement.specialist_id is None:
        return
    specialist = Specialist.objects.select_for_update(no_key=True).get(pk=engagement.specialist_id)
    ends_at = starts_at + timedelta(minutes=minutes)
    taken = queries.busy(specialist, since=starts_at, until=ends_at, apart_from=apart_from)
    if any(starts_at < ends for _, ends in taken):
        raise errors.WrongState("Your specialist is in another meeting at that time. Choose another time.")


def _facts(meeting: Meeting) -> dict[str, Any]:
    return {
        "meeting": meeting.pk,
        "kind": meeting.kind,
        "name": meeting.get_kind_display(),
        "channel": meeting.get_channel_display(),
        "starts_at": iso(meeting.starts_at),
        "minutes": meeting.minutes,
    }


def _open(meeting_id: int, by: Actor, *, roles: Iterable[Any], words: str) -> tuple[Meeting, Engagement]:
    """A meeting that is neither held nor cancelled, with its engagement locked."""
    meeting, engagement = _found(meeting_id, by, roles=roles, words=words)
    if meeting.cancelled_at:
        raise errors.WrongState("This meeting was cancelled.")
    if meeting.held_at:
        raise errors.WrongState("This meeting was held already.")
    return meeting, engagement


def _found(meeting_id: int, by: Actor, *, roles: Iterable[Any], words: str) -> tuple[Meeting, Engagement]:
    found = rows.visible(Meeting, meeting_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, words=words)
    return Meeting.objects.select_related("record").get(pk=found.pk), engagement


@transaction.atomic
def reschedule(meeting_id: int, *, starts_at: datetime, minutes: int | None = None, by: Actor, at: datetime) -> Meeting:
    """Move an open meeting to another free time; both sides are told. The same time again changes nothing."""
    meeting, engagement = _open(meeting_id, by, roles=WRITERS, words="A viewer reads; ask a colleague to move it.")
    length = meeting.minutes if minutes is None else minutes
    _check(meeting.channel, starts_at, length, at=at)
    if (meeting.starts_at, meeting.minutes) == (starts_at, length):
        return meeting
    _require_working_hours(engagement, starts_at, length, by=by)
    _require_free(engagement, starts_at, length, apart_from=meeting.pk)
    before = iso(meeting.starts_at)
    meeting.starts_at, meeting.minutes, meeting.sequence = starts_at, length, meeting.sequence + 1
    meeting.began_at = meeting.ended_at = None  # what the service told was about the time before
    meeting.save(update_fields=["starts_at", "minutes", "sequence", "began_at", "ended_at"])
    outbox.record("meeting.rescheduled", engagement, by=by, at=at, data=_facts(meeting) | {"before": before})
    _tell(meeting, engagement, at=at)
    return meeting


@transaction.atomic
def cancel(meeting_id: int, *, reason: str, by: Actor, at: datetime) -> Meeting:
    """Cancel an open meeting and say why; both sides are told."""
    meeting, engagement = _open(meeting_id, by, roles=WRITERS, words="A viewer reads; ask a colleague to cancel it.")
    reason = gates.said(reason, words="Say why the meeting is cancelled.")
    _call_off(meeting, at=at)
    data = _facts(meeting) | {"reason": reason}
    outbox.record("meeting.cancelled", engagement, by=by, at=at, data=data)
    subject = f"{meeting.get_kind_display()} of {invitations.when(meeting)} is cancelled"
    invitations.withdraw(meeting, engagement, subject=subject, text=f"{by.name} writes: {reason}", at=at)
    return meeting


def _call_off(meeting: Meeting, *, at: datetime, missed_by: str = "") -> None:
    meeting.cancelled_at, meeting.missed_by, meeting.sequence = at, missed_by, meeting.sequence + 1
    meeting.save(update_fields=["cancelled_at", "missed_by", "sequence"])
    rooms.order(meeting, at=at)
    if meeting.is_to_be_recorded:
        recordings.arrange(meeting, at=at)


@transaction.atomic
def miss(meeting_id: int, *, missed_by: str, note: str, by: Actor, at: datetime) -> Meeting:
    """A specialist writes down that one side did not come; the customer is asked to pick another time.

    Raises BadInput (unknown side) and WrongState (before it was to begin, or no longer open).
    """
    meeting, engagement = _open(meeting_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    if missed_by not in Meeting.Side.values:
        raise errors.BadInput(fields={"missed_by": "Choose who did not come."})
    if at < meeting.starts_at:
        raise errors.WrongState("This meeting has not begun yet. Cancel it instead.")
    _call_off(meeting, at=at, missed_by=missed_by)
    words = note.strip()[:500]
    data = _facts(meeting) | {"absent": meeting.get_missed_by_display(), "note": words}
    outbox.record("meeting.missed", engagement, by=by, at=at, data=data)
    sorry = "We could not come. We are sorry" if missed_by == Meeting.Side.INTERWEAVE else "We missed you"
    text = "\n".join(line for line in (f"{sorry}; pick another time that suits you.", words) if line)
    subject = f"{meeting.get_kind_display()} of {invitations.when(meeting)} did not take place"
    invitations.withdraw(meeting, engagement, subject=subject, text=text, at=at)
    return meeting


@transaction.atomic
def hold(
    meeting_id: int, *, held_at: datetime, attendees: Iterable[str], notes: str, by: Actor, at: datetime
) -> Meeting:
    """A specialist writes down that a meeting was held: when, with whom, what was said and agreed."""
    meeting, engagement = _open(meeting_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    people = list(dict.fromkeys(name.strip() for name in attendees if name.strip()))
    wrong = {}
    if held_at > at:
        wrong["held_at"] = "Enter when it was held; that can't lie ahead."
    if not people:
        wrong["attendees"] = "Name who took part."
    if not notes.strip():
        wrong["notes"] = "Write down what was said and agreed."
    if wrong:
        raise errors.BadInput(fields=wrong)
    meeting.held_at, meeting.held_by, meeting.attendees, meeting.notes = held_at, by.name, people, notes.strip()
    meeting.save(update_fields=["held_at", "held_by", "attendees", "notes"])
    outbox.record("meeting.held", engagement, by=by, at=at, data=_facts(meeting) | {"attendees": people})
    if meeting.is_to_be_recorded:
        recordings.arrange(meeting, at=at)
    return meeting


@transaction.atomic
def began(meeting_id: int, *, moment: datetime, at: datetime) -> bool:
    """The video service tells when a meeting began. The earliest counts; False when it was known, or is off.

    When it had ended before, it goes on again; what was over before the appointment was the link being tried out.
    """
    meeting, engagement = _told_of(meeting_id)
    known, before = meeting.began_at, meeting.ended_at
    over = before if before and before <= moment else None
    if meeting.cancelled_at or (known and known <= moment and not over):
        return False
    is_first = known is None or (over is not None and over < meeting.starts_at)
    if is_first or (known and moment < known):
        meeting.began_at = moment
    if over:
        meeting.ended_at = None
    meeting.save(update_fields=["began_at", "ended_at"])
    if is_first:
        data = _facts(meeting) | {"began_at": iso(moment)}
        outbox.record("meeting.began", engagement, by=SYSTEM, at=at, data=data)
    return is_first


@transaction.atomic
def ended(meeting_id: int, *, moment: datetime, at: datetime) -> bool:
    """The video service tells when a meeting ended. The latest counts; False when it was known, or is off."""
    meeting, engagement = _told_of(meeting_id)
    if meeting.cancelled_at or (meeting.ended_at and meeting.ended_at >= moment):
        return False
    is_first, meeting.ended_at = meeting.ended_at is None, moment
    meeting.save(update_fields=["ended_at"])
    if is_first:
        data = _facts(meeting) | {"ended_at": iso(moment)}
        outbox.record("meeting.ended", engagement, by=SYSTEM, at=at, data=data)
    return is_first


def _told_of(meeting_id: int) -> tuple[Meeting, Engagement]:
    engagement = gates.locked(Meeting.objects.get(pk=meeting_id).engagement_id, SYSTEM)
    return Meeting.objects.get(pk=meeting_id), engagement


@transaction.atomic
def share_summary(meeting_id: int, *, by: Actor, at: datetime) -> Meeting:
    """Mail the notes of a held meeting to the main contact and every member; sharing twice mails once."""
    meeting, engagement = _found(meeting_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    if meeting.held_at is None:
        raise errors.WrongState("Write down first that the meeting was held.")
    if meeting.shared_at:
        return meeting
    meeting.shared_at, meeting.shared_by = at, by.name
    meeting.save(update_fields=["shared_at", "shared_by"])
    outbox.record("meeting.summary_shared", engagement, by=by, at=at, data=_facts(meeting))
    letters.to_customer(
        engagement,
        kind="meeting.summary_shared",
        subject=f"Summary of our {meeting.get_kind_display().lower()}",
        text=f"With {', '.join(meeting.attendees)}.\n\n{meeting.notes}",
        key=f"summary:{meeting.pk}",
        at=at,
        path="/meetings/",
        button="Read the summary",
        contacts=(Contact.Kind.MAIN,),
    )
    return meeting


def hand_over(engagement: Engagement, *, at: datetime) -> None:
    """Another specialist is the host now: what lies ahead moves into their account, and both sides are invited anew.

    Called inside the assignment, the engagement locked.
    """
    for meeting in engagement.meetings.filter(held_at=None, cancelled_at=None, starts_at__gt=at).order_by("pk"):
        meeting.sequence += 1
        meeting.save(update_fields=["sequence"])
        _tell(meeting, engagement, at=at)


@transaction.atomic
def file_record(meeting_id: int, *, document_id: int, by: Actor, at: datetime) -> Meeting:
    """File minutes or a transcript of the same engagement with a held meeting; a later one takes its place.

    A file still being checked may be filed: it counts, and is read, once it is released (file_checks.release).
    """
    meeting, engagement = _found(meeting_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    document = Document.objects.filter(engagement=engagement, pk=document_id, withdrawn_at=None).first()
    if document is None or document.kind not in RECORDS:
        raise errors.BadInput(fields={"document": "Choose minutes or a transcript of this engagement."})
    if not document.sha256 or document.scan == Document.Scan.QUARANTINED:
        raise errors.WrongState("This file was not released. Upload another record of the meeting.")
    if meeting.held_at is None:
        raise errors.WrongState("Write down first that the meeting was held.")
    if meeting.record_id == document.pk:
        return meeting
    is_every_word = document.kind == Document.Kind.TRANSCRIPT or document.content_type == "text/vtt"
    if is_every_word and consents.is_refused(meeting):
        raise errors.WrongState("Not everybody agreed to be recorded, so no transcript is kept. File minutes instead.")
    meeting.record = document
    meeting.save(update_fields=["record"])
    data = _facts(meeting) | {"document": str(document.uuid), "sha256": document.sha256}
    outbox.record("meeting.record_filed", engagement, by=by, at=at, data=data)
    if document.is_ready:
        transcripts.read_file(meeting, document, at=at)
    return meeting
