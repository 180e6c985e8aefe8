"""Consent to record: everybody is asked, each answers for themselves, one no keeps the notetaker out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import contacts, invitations, meetings, recordings, transcripts
from onboarding.actors import Actor, Role
from onboarding.library import recording_consent
from onboarding.models import (
    Document,
    Event,
    Meeting,
    MeetingRoom,
    Message,
    NotetakerVisit,
    RecordingConsent,
    Transcript,
)
from onboarding.queries.recordings import is_agreed, must_remove_notetaker
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, SpecialistFactory, member, owner, specialist, stranger

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)
LATER = TOMORROW + timedelta(hours=3)


def booked(channel: str = "zoom", place: str = "https://zoom.example/j/1") -> tuple[Meeting, Actor, Actor]:
    """A review tomorrow, the owner who is asked, and a colleague who is asked too."""
    engagement = EngagementFactory(step="data_collection", specialist=SpecialistFactory())
    first, second = owner(engagement.company), member(engagement.company, Role.TECHNICAL)
    meeting = meetings.book(
        engagement.pk, kind="requirements_review", channel=channel, starts_at=TOMORROW, minutes=60, place=place,
        topic="", by=first, at=NOW,
    )  # fmt: skip
    return meeting, first, second


def asked(**given: Any) -> tuple[Meeting, Actor, Actor]:
    meeting, first, second = booked(**given)
    return recordings.ask(meeting.pk, by=specialist(), at=NOW), first, second


def consent_of(person: Actor) -> RecordingConsent:
    return RecordingConsent.objects.get(email=person.email)


def say(person: Actor, *, is_given: bool = True, at: Any = NOW, **given: Any) -> RecordingConsent:
    seen = given.pop("seen", recording_consent.digest())
    by = given.pop("by", person)
    return recordings.answer(consent_of(person).pk, is_given=is_given, seen_sha256=seen, by=by, at=at)


def visit() -> tuple[str, Any] | None:
    found = NotetakerVisit.objects.first()
    return found and (found.state, found.not_before)


def test_everybody_invited_is_asked_once_by_mail_with_the_words_kept() -> None:
    meeting, first, second = booked()
    contacts.save(
        meeting.engagement_id,
        kind="main",
        name="Mia Main",
        email="Mia@else.example",
        title="",
        phone="",
        by=first,
        at=NOW,
    )

    for _ in range(2):
        recordings.ask(meeting.pk, by=specialist(), at=NOW)

    people = {one.email: (one.state, one.text_version, one.text_sha256) for one in RecordingConsent.objects.all()}
    words = ("asked", "1", recording_consent.digest())
    assert people == {first.email: words, second.email: words, "mia@else.example": words}
    mails = Message.objects.filter(kind="recording.asked")
    assert sorted(mails.values_list("to", flat=True)) == sorted(people)
    assert {one.path for one in mails} == {f"/meetings/{meeting.pk}/recording/"}
    assert recording_consent.TEXT in mails[0].text
    assert Event.objects.filter(kind="recording.asked").count() == 1


def test_the_notetaker_waits_for_the_last_yes() -> None:
    meeting, first, second = asked()

    say(first)
    before = (is_agreed(meeting), visit())
    say(second)

    assert before == (False, None)
    assert (is_agreed(meeting), visit()) == (True, ("queued", TOMORROW))
    event = Event.objects.latest("pk")
    assert (event.kind, event.data["person"], event.data["how"], event.data["text_sha256"]) == (
        "recording.consent_given", second.name, "in the portal", recording_consent.digest(),
    )  # fmt: skip


def test_one_no_keeps_it_out_and_a_changed_mind_lets_it_in_again() -> None:
    meeting, first, second = asked()
    say(first)
    say(second)

    say(first, is_given=False)
    refused = (is_agreed(meeting), visit())
    told = Message.objects.filter(kind="recording.consent_refused").count()
    say(first)

    assert refused == (False, ("cancelled", TOMORROW))
    assert told == 1
    assert (is_agreed(meeting), visit()) == (True, ("queued", TOMORROW))
    kinds = Event.objects.filter(kind__startswith="recording.consent").order_by("pk").values_list("kind", flat=True)
    assert [kind.removeprefix("recording.consent_") for kind in kinds] == ["given", "given", "refused", "given"]


def test_a_specialist_writes_down_what_was_said_aloud() -> None:
    meeting, first, second = asked()
    by = specialist()

    for person in (first, second):
        recordings.note(consent_of(person).pk, is_given=True, by=by, at=TOMORROW + timedelta(minutes=2))

    kept = consent_of(first)
    assert (kept.state, kept.how, kept.answered_by) == ("given", "aloud", by.name)
    assert visit() == ("queued", TOMORROW + timedelta(minutes=2))
    assert is_agreed(meeting)


def test_one_more_person_is_asked_and_holds_it_up() -> None:
    meeting, first, second = asked()
    say(first)
    say(second)

    for _ in range(2):
        recordings.ask_also(meeting.pk, name="Guest", email=" Guest@else.example", by=specialist(), at=NOW)

    assert (is_agreed(meeting), visit()) == (False, ("cancelled", TOMORROW))
    assert RecordingConsent.objects.filter(email="guest@else.example").count() == 1


def test_the_visit_follows_the_meeting() -> None:
    meeting, first, second = asked()
    say(first)
    say(second)

    meetings.reschedule(meeting.pk, starts_at=LATER, by=first, at=NOW)
    moved = visit()
    meetings.cancel(meeting.pk, reason="Ill.", by=first, at=NOW)

    assert (moved, visit()) == (("queued", LATER), ("cancelled", LATER))


def test_at_google_the_room_is_kept_again_instead_of_a_visit() -> None:
    _, first, second = asked(channel="google_meet", place="")
    MeetingRoom.objects.update(state="done", vendor_id="event1")
    say(first)
    before = MeetingRoom.objects.get().state

    say(second)

    assert (before, MeetingRoom.objects.get().state, visit()) == ("done", "queued", None)


def test_recording_is_called_off() -> None:
    meeting, first, second = asked()
    say(first)
    say(second)

    recordings.call_off(meeting.pk, by=specialist(), at=NOW)

    meeting.refresh_from_db()
    assert (is_agreed(meeting), visit()) == (False, ("cancelled", TOMORROW))
    assert RecordingConsent.objects.filter(state="given").count() == 2


@pytest.mark.parametrize(
    ("who", "given", "refusal"),
    [
        (lambda first, second: second, {}, errors.NotYours),
        (lambda first, second: specialist(), {}, errors.NotYours),
        (lambda first, second: stranger(), {}, errors.NotFound),
        (lambda first, second: first, {"seen": "0" * 64}, errors.Stale),
        (lambda first, second: first, {"at": TOMORROW}, errors.WrongState),
    ],
    ids=["for a colleague", "for a customer", "a stranger", "other words", "after it began"],
)
def test_an_answer_is_refused(who, given: dict[str, Any], refusal: type[errors.Refused]) -> None:
    _, first, second = asked()
    by = who(first, second)
    before = every_row()

    with pytest.raises(refusal):
        say(first, by=by, **given)

    assert every_row() == before
    assert consent_of(first).state == "asked"


def test_who_tried_the_link_out_may_still_answer() -> None:
    meeting, first, _ = asked()
    meetings.began(meeting.pk, moment=NOW, at=NOW)
    with pytest.raises(errors.WrongState, match="The meeting has begun"):
        say(first)
    meetings.ended(meeting.pk, moment=NOW + timedelta(minutes=2), at=NOW)

    assert say(first).state == "given"


@pytest.mark.parametrize("how", ["phone", "held"])
def test_only_a_coming_video_meeting_is_asked_about(how: str) -> None:
    meeting, *_ = booked(**({"channel": "phone"} if how == "phone" else {}))
    by = specialist()
    if how == "held":
        meetings.hold(meeting.pk, held_at=NOW, attendees=["Ann"], notes="Short.", by=by, at=NOW)

    with pytest.raises(errors.WrongState):
        recordings.ask(meeting.pk, by=by, at=NOW)

    assert not RecordingConsent.objects.exists()
    assert not Message.objects.filter(kind="recording.asked").exists()


def test_what_was_said_aloud_is_written_down_after_the_meeting_too() -> None:
    meeting, first, second = asked()
    by = specialist()
    meetings.hold(meeting.pk, held_at=NOW, attendees=["Ann"], notes="Short.", by=by, at=NOW)

    for person in (first, second):
        recordings.note(consent_of(person).pk, is_given=True, by=by, at=LATER)
    agreed = is_agreed(meeting)
    Meeting.objects.update(held_at=None, cancelled_at=NOW)
    before = every_row()
    with pytest.raises(errors.WrongState):
        recordings.note(consent_of(first).pk, is_given=False, by=by, at=LATER)

    assert (agreed, consent_of(first).how, visit(), every_row() == before) == (True, "aloud", None, True)


@pytest.mark.parametrize("channel", ["zoom", "google_meet"])
def test_a_no_while_the_notetaker_is_there_says_to_remove_it(channel: str) -> None:
    _, first, second = asked(channel=channel, place="https://zoom.example/j/1" if channel == "zoom" else "")
    say(first)
    say(second)
    NotetakerVisit.objects.update(state="done")
    MeetingRoom.objects.update(state="done", vendor_id="event1", has_notetaker=True)

    recordings.note(consent_of(first).pk, is_given=False, by=specialist(), at=TOMORROW + timedelta(minutes=9))

    mail = Message.objects.get(kind="recording.consent_refused")
    assert mail.text.startswith("The notetaker is in the meeting: remove it now.")
    assert "stays away" not in mail.text
    MeetingRoom.objects.update(has_notetaker=False)  # its worker took it off the guests, which sends nobody out
    meeting, consents = Meeting.objects.get(), list(RecordingConsent.objects.all())
    assert must_remove_notetaker(meeting, consents, at=TOMORROW + timedelta(minutes=10))
    assert not must_remove_notetaker(meeting, consents, at=TOMORROW + timedelta(hours=9))


@pytest.mark.parametrize(
    "fields", [{"kind": "transcript"}, {"content_type": "text/vtt"}], ids=["by kind", "as minutes"]
)
def test_no_transcript_is_filed_where_somebody_refused_but_minutes_are(fields: dict[str, str]) -> None:
    meeting, first, second = asked()
    by = specialist()
    say(first)
    say(second, is_given=False)
    meetings.hold(meeting.pk, held_at=NOW, attendees=["Ann"], notes="Short.", by=by, at=NOW)
    about = {"kind": "minutes", "content_type": "application/pdf", "title": "Record", "file_name": "record",
             "sha256": "a" * 64, "created_at": NOW, "created_by": "Priya", "company": meeting.company,
             "engagement": meeting.engagement}  # fmt: skip
    every_word, minutes = Document.objects.create(**about | fields), Document.objects.create(**about)
    before = every_row()

    with pytest.raises(errors.WrongState, match="File minutes instead"):
        meetings.file_record(meeting.pk, document_id=every_word.pk, by=by, at=NOW)
    after = every_row()
    meetings.file_record(meeting.pk, document_id=minutes.pk, by=by, at=NOW)

    assert after == before
    assert Meeting.objects.get().record == minutes


def test_who_came_after_the_question_keeps_the_notetaker_out_and_is_asked_when_the_meeting_moves() -> None:
    meeting, first, second = asked()
    say(first)
    say(second)
    third = member(meeting.engagement.company, Role.TECHNICAL)
    unasked = (is_agreed(meeting), invitations.have_agreed(meeting))
    kept = transcripts.expect(meeting.pk, vendor_id="01A", matched_by="link", at=NOW)

    meetings.reschedule(meeting.pk, starts_at=LATER, by=first, at=NOW)
    moved = (is_agreed(meeting), consent_of(third).state, visit())
    say(third)

    assert (unasked, kept) == ((True, False), None)
    assert moved == (False, "asked", ("cancelled", TOMORROW))
    assert Message.objects.filter(kind="recording.asked", to=third.email).count() == 1
    assert not Transcript.objects.exists()
    assert visit() == ("queued", LATER)
