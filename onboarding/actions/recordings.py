"""Recordings: everybody is asked first, each answers for themselves, and one no keeps the notetaker out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, invitations, letters, messages, rooms, rows, work
from onboarding.actors import MEMBER_ROLES, SPECIALISTS, Actor, Role
from onboarding.library import recording_consent
from onboarding.models import Engagement, Meeting, Member, NotetakerVisit, RecordingConsent
from onboarding.models.base import Work
from onboarding.queries import recordings as queries
from onboarding.workflow.status import iso

STAFF_WORDS = "Specialists ask for consent, and write down what was said aloud."
State, How = RecordingConsent.State, RecordingConsent.How
EARLY = timedelta(hours=2)  # people begin before the time, but not by more
OVER = "This meeting is over, or was called off. Nothing is recorded any more."


@transaction.atomic
def ask(meeting_id: int, *, by: Actor, at: datetime) -> Meeting:
    """Ask everybody of the customer who is invited whether the meeting may be recorded: by mail, each once.

    Asked again, it asks those who have come since. Raises WrongState (not by video, or no longer open).
    """
    meeting, engagement = _open(meeting_id, by)
    if meeting.channel not in rooms.VIDEO:
        raise errors.WrongState("Only a video meeting can be recorded by the notetaker.")
    if not _invited(engagement):
        raise errors.WrongState("Nobody of the customer is invited yet: name the contacts first.")
    was_wished, meeting.is_to_be_recorded = meeting.is_to_be_recorded, True
    meeting.save(update_fields=["is_to_be_recorded"])
    new = ask_newcomers(meeting, engagement, by=by, at=at)
    if not (new or was_wished):  # wished for again, of the same people
        outbox.record("recording.asked", engagement, by=by, at=at, data=_facts(meeting) | {"people": []})
    if new or not was_wished:
        arrange(meeting, at=at)
    return meeting


def ask_newcomers(meeting: Meeting, engagement: Engagement, *, by: Actor, at: datetime) -> list[RecordingConsent]:
    """Ask by mail whoever is invited and was not asked yet. Call it with the engagement locked."""
    asked = [_asked(meeting, name=name, email=email, at=at) for email, name in _invited(engagement).items()]
    new = [one for one in asked if one is not None]
    if new:
        people = [one.name for one in new]
        outbox.record("recording.asked", engagement, by=by, at=at, data=_facts(meeting) | {"people": people})
    for consent in new:
        _mail(consent, engagement, at=at)
    return new


@transaction.atomic
def ask_also(meeting_id: int, *, name: str, email: str, by: Actor, at: datetime) -> RecordingConsent:
    """Ask one more person who takes part; the same address is asked once."""
    meeting, engagement = _open(meeting_id, by)
    if not meeting.is_to_be_recorded:
        raise errors.WrongState("Ask those who are invited first.")
    name = gates.said(name, field="name", words="Enter the person's name.", longest=200)
    consent = _asked(meeting, name=name, email=email.strip().lower(), at=at)
    if consent is None:
        return meeting.recording_consents.get(email=email.strip().lower())
    outbox.record("recording.asked", engagement, by=by, at=at, data=_facts(meeting) | {"people": [name]})
    _mail(consent, engagement, at=at)
    arrange(meeting, at=at)
    return consent


def _invited(engagement: Engagement) -> dict[str, str]:
    """Names by e-mail address of those of the customer whom the meeting's invitation goes to."""
    names = {one.email.lower(): one.name for one in engagement.contacts.all()}
    members = Member.objects.select_related("user").filter(company_id=engagement.company_id, removed_at=None)
    names |= {one.user.email.lower(): one.user.name for one in members}
    return {one.email: names.get(one.email) or one.email for one in invitations.attendees(engagement)}


def _asked(meeting: Meeting, *, name: str, email: str, at: datetime) -> RecordingConsent | None:
    """The new question to this person; None when they were asked before."""
    consent, is_new = RecordingConsent.objects.get_or_create(
        meeting=meeting,
        email=email,
        defaults={
            "company_id": meeting.company_id, "engagement_id": meeting.engagement_id, "name": name[:200], "asked_at": at,
            "text_version": recording_consent.VERSION, "text_sha256": recording_consent.digest(),
        },
    )  # fmt: skip
    return consent if is_new else None


@transaction.atomic
def answer(consent_id: int, *, is_given: bool, seen_sha256: str, by: Actor, at: datetime) -> RecordingConsent:
    """A person says for themselves yes or no; they may change their mind until the meeting starts.

    Raises NotYours (somebody else was asked), Stale (asked with other words) and WrongState (it has started).
    """
    consent, engagement = _asked_in(consent_id, by, roles=MEMBER_ROLES)
    if not by.email or by.email.lower() != consent.email:
        raise errors.NotYours(f"This question is for {consent.name}. Each answers for themselves.")
    meeting = _still_open(consent.meeting_id)
    if seen_sha256 != recording_consent.digest():
        raise errors.Stale("The words of the question changed since you opened it. Read them again.")
    if meeting.goes_on or at >= meeting.starts_at:
        raise errors.WrongState("The meeting has begun. Tell your specialist, who writes it down and acts on it.")
    return _said(consent, meeting, engagement, is_given=is_given, how=How.PORTAL, by=by, at=at)


@transaction.atomic
def note(consent_id: int, *, is_given: bool, by: Actor, at: datetime) -> RecordingConsent:
    """A specialist writes down what a person said aloud: before the meeting, in it, or after it was held.

    Raises WrongState when the meeting was called off.
    """
    consent, engagement = _asked_in(consent_id, by, roles=SPECIALISTS)
    meeting = Meeting.objects.get(pk=consent.meeting_id)
    if meeting.cancelled_at:
        raise errors.WrongState(OVER)
    return _said(consent, meeting, engagement, is_given=is_given, how=How.ALOUD, by=by, at=at)


def _said(
    consent: RecordingConsent, meeting: Meeting, engagement: Engagement, *, is_given: bool, how: str, by: Actor,
    at: datetime,
) -> RecordingConsent:  # fmt: skip
    state = State.GIVEN if is_given else State.REFUSED
    if consent.state == state:
        return consent
    consent.state, consent.answered_at, consent.answered_by, consent.how = state, at, by.name, how
    consent.text_version, consent.text_sha256 = recording_consent.VERSION, recording_consent.digest()
    consent.save()
    data = _facts(meeting) | {
        "person": consent.name, "how": consent.get_how_display(), "text_version": consent.text_version,
        "text_sha256": consent.text_sha256,
    }  # fmt: skip
    outbox.record(f"recording.consent_{state.value}", engagement, by=by, at=at, data=data)
    is_there = not is_given and queries.is_notetaker_there(meeting, at=at)
    arrange(meeting, at=at)
    if is_there or not (is_given or by.is_staff):
        _tell_specialist(consent, meeting, engagement, is_there=is_there, at=at)
    return consent


@transaction.atomic
def call_off(meeting_id: int, *, by: Actor, at: datetime) -> Meeting:
    """The meeting is not to be recorded after all; the answers stay in the record."""
    meeting, engagement = _open(meeting_id, by)
    if not meeting.is_to_be_recorded:
        return meeting
    meeting.is_to_be_recorded = False
    meeting.save(update_fields=["is_to_be_recorded"])
    outbox.record("recording.called_off", engagement, by=by, at=at, data=_facts(meeting))
    arrange(meeting, at=at)
    return meeting


def arrange(meeting: Meeting, *, at: datetime) -> None:
    """Have the notetaker come when everybody agreed, and stay away otherwise. Call it with the engagement locked.

    At Google Meet the event's guests change; elsewhere a worker sends the notetaker when the meeting starts.
    """
    is_wanted = meeting.is_open and invitations.have_agreed(meeting)
    if queries.comes_by_calendar(meeting):
        room = meeting.room
        if room.vendor_id and room.has_notetaker != is_wanted and meeting.is_open:
            rooms.order(meeting, at=at)
        is_wanted = False
    visit = NotetakerVisit.objects.filter(meeting=meeting).first()
    if not is_wanted:
        if visit is not None:
            work.cancel(visit, at=at)
    elif visit is None:
        NotetakerVisit.objects.create(
            company_id=meeting.company_id, engagement_id=meeting.engagement_id, meeting=meeting, queued_at=at,
            not_before=max(meeting.starts_at, at),
        )  # fmt: skip
    elif meeting.starts_at > at or visit.state == Work.State.CANCELLED:  # what it did was for another time
        work.queue_again(NotetakerVisit, visit.pk, at=at, not_before=max(meeting.starts_at, at))


def send_now(meeting: Meeting, *, at: datetime) -> bool:
    """The meeting has begun: the notetaker that waits for its start goes now. False when none waits.

    Hours before the appointment somebody tries the link out: it waits on.
    """
    if at < meeting.starts_at - EARLY:
        return False
    visit = NotetakerVisit.objects.filter(meeting=meeting).first()
    return visit is not None and work.hurry(NotetakerVisit, visit.pk, at=at)


@transaction.atomic
def arrived(visit: NotetakerVisit, *, by: Actor, at: datetime) -> None:
    """The notetaker was let into the meeting's line."""
    engagement = gates.locked(visit.engagement_id, by)
    if work.finish(visit, at=at):
        outbox.record("recording.notetaker_sent", engagement, by=by, at=at, data=_facts(visit.meeting))


def _open(meeting_id: int, by: Actor) -> tuple[Meeting, Engagement]:
    found = rows.visible(Meeting, meeting_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    return _still_open(found.pk), engagement


def _asked_in(consent_id: int, by: Actor, *, roles: Iterable[Role]) -> tuple[RecordingConsent, Engagement]:
    found = rows.visible(RecordingConsent, consent_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, words=STAFF_WORDS)
    return RecordingConsent.objects.get(pk=found.pk), engagement


def _still_open(meeting_id: int) -> Meeting:
    meeting = Meeting.objects.get(pk=meeting_id)
    if not meeting.is_open:
        raise errors.WrongState(OVER)
    return meeting


def _facts(meeting: Meeting) -> dict[str, Any]:
    return {
        "meeting": meeting.pk,
        "kind": meeting.kind,
        "name": meeting.get_kind_display(),
        "starts_at": iso(meeting.starts_at),
    }


def _mail(consent: RecordingConsent, engagement: Engagement, *, at: datetime) -> None:
    meeting = consent.meeting
    text = "\n".join(
        [
            f"{meeting.get_kind_display()}, {invitations.when(meeting)}.",
            "",
            recording_consent.TEXT,
            "",
            "Sign in to say yes or no. Without an account, tell your specialist at the beginning of the meeting.",
        ]
    )
    messages.send(
        company=engagement.company, engagement=engagement, kind="recording.asked", to=consent.email,
        subject=f"May we record the {meeting.get_kind_display().lower()}?", text=text,
        key=f"recording:{meeting.pk}:{consent.email}"[:200], at=at, path=f"/meetings/{meeting.pk}/recording/",
        button="Say yes or no",
    )  # fmt: skip


def _tell_specialist(
    consent: RecordingConsent, meeting: Meeting, engagement: Engagement, *, is_there: bool, at: datetime
) -> None:
    stays_away = "The notetaker stays away. The meeting takes place as planned: write minutes instead."
    letters.to_specialist(
        engagement, kind="recording.consent_refused",
        subject=f"{consent.name} does not want the {meeting.get_kind_display().lower()} recorded",
        text=f"{queries.REMOVE_IT} Write minutes instead." if is_there else stays_away,
        key=f"recording-refused:{consent.pk}:{iso(at)}", at=at, place="meetings", button="See the meeting",
    )  # fmt: skip
