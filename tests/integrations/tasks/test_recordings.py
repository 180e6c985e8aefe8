"""The notetaker, against the stand-ins: it comes only where everybody agreed, and what it wrote is taken in once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils.timezone import now

from integrations import meeting_services
from integrations.fireflies.client import NOTETAKER
from integrations.tasks.recordings import fetch_transcript, send_notetaker, sweep_recordings
from integrations.tasks.rooms import keep_room
from integrations.tasks.webhooks import heed_webhook
from onboarding import errors, tenancy
from onboarding.actions import meetings, recordings, retries, transcripts, webhooks
from onboarding.actors import SYSTEM
from onboarding.models import (
    ActionItem,
    Document,
    Event,
    Meeting,
    MeetingRoom,
    Message,
    NotetakerVisit,
    RecordingConsent,
    Sentence,
    Transcript,
    WebhookDelivery,
)
from tests.factories import EngagementFactory, SpecialistFactory, owner, specialist
from tests.integrations.sandbox_fixture import RunningSandbox

pytestmark = pytest.mark.django_db
AT = now().replace(second=0, microsecond=0)
SOON = AT + timedelta(hours=1)
HOST = "ann.berg@ours.example"


@pytest.fixture
def team(outbound, sandbox: RunningSandbox, settings, tmp_path) -> dict[str, Any]:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    made = sandbox.new_team("Ours", email="notes@ours.example")
    outbound.FIREFLIES_API_KEY, outbound.FIREFLIES_URL = made["api_key"], sandbox.fireflies_url
    return made


def booked(channel: str = "zoom", place: str = "https://us02web.zoom.us/j/85012345678", **consent: bool) -> Meeting:
    """A review in an hour that is to be recorded; everybody agreed unless `is_given=False`."""
    engagement = EngagementFactory(step="data_collection", specialist=SpecialistFactory(user__email=HOST))
    owner(engagement.company)
    meeting = meetings.book(
        engagement.pk, kind="requirements_review", channel=channel, starts_at=SOON, minutes=60, place=place, topic="",
        by=specialist(), at=AT,
    )  # fmt: skip
    recordings.ask(meeting.pk, by=specialist(), at=AT)
    recordings.note(
        RecordingConsent.objects.get(meeting=meeting).pk, by=specialist(), at=AT, **{"is_given": True} | consent
    )
    return Meeting.objects.get(pk=meeting.pk)


def told(event: str, transcript_id: str, provider: str = "fireflies", **given: Any) -> WebhookDelivery:
    """A call comes in and a worker heeds it."""
    webhooks.take_in(
        provider=provider, event_id=f"{event}:{transcript_id}:{WebhookDelivery.objects.count()}", event=event,
        object_id=transcript_id, occurred_at=given.get("occurred_at"), at=now(),
    )  # fmt: skip
    delivery = WebhookDelivery.objects.latest("pk")
    heed_webhook(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    return delivery


def recorded(sandbox: RunningSandbox, team: dict[str, Any], meeting: Meeting, **more: Any) -> str:
    """The notetaker was in this meeting; its id."""
    wishes = {
        "title": "Review",
        "meeting_link": meeting.place,
        "started_at": meeting.starts_at.isoformat(),
        "minutes": 52,
    }
    return str(sandbox.record(team["id"], **wishes | more)["id"])


def fetched() -> Transcript:
    row = Transcript.objects.get()
    Transcript.objects.filter(pk=row.pk).update(not_before=AT)
    with tenancy.acting(company_id=row.company_id):  # as its message carries it
        fetch_transcript(transcript_id=row.pk)
    return Transcript.objects.select_related("document", "meeting").get()


# --- Coming to the meeting -----------------------------------------------------------------------------------------


def test_the_notetaker_is_sent_into_a_zoom_meeting_that_began(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    meeting = booked()
    MeetingRoom.objects.create(
        company=meeting.company, engagement=meeting.engagement, meeting=meeting, vendor_id="85012345678",
        state="done", queued_at=AT, not_before=AT,
    )  # fmt: skip
    visit = NotetakerVisit.objects.get()
    send_notetaker(visit_id=visit.pk)
    before = NotetakerVisit.objects.get().state

    outcome = told("meeting.started", "85012345678", "zoom", occurred_at=SOON + timedelta(minutes=2)).outcome
    send_notetaker(visit_id=visit.pk)

    meeting.refresh_from_db()
    assert (before, NotetakerVisit.objects.get().state) == ("queued", "done")
    assert (outcome, meeting.began_at) == ("The meeting began.", SOON + timedelta(minutes=2))
    assert sandbox.state("fireflies", team["id"])["calls"]
    assert Event.objects.latest("pk").kind == "recording.notetaker_sent"


def test_a_refusal_noted_meanwhile_keeps_it_out(team: dict[str, Any]) -> None:
    meeting = booked()
    NotetakerVisit.objects.update(not_before=AT)
    RecordingConsent.objects.filter(meeting=meeting).update(state="refused")

    send_notetaker(visit_id=NotetakerVisit.objects.get().pk)

    failed = NotetakerVisit.objects.get()
    assert (failed.state, failed.problem["words"]) == (
        "failed", "Not everybody agreed to be recorded: the notetaker stays away.",
    )  # fmt: skip


def test_too_many_meetings_at_once_are_waited_out(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    booked()
    NotetakerVisit.objects.update(not_before=AT)
    service = meeting_services.fireflies()
    assert service is not None
    for number in range(3):
        service.join(f"https://us02web.zoom.us/j/8501234567{number}")

    send_notetaker(visit_id=NotetakerVisit.objects.get().pk)

    waiting = NotetakerVisit.objects.get()
    assert (waiting.state, waiting.attempts, waiting.problem["class"]) == ("queued", 1, "rate_limited")


def test_at_google_it_is_a_guest_of_the_event_until_somebody_says_no(
    sandbox: RunningSandbox, team: dict[str, Any], outbound
) -> None:
    made = sandbox.new_workspace("Ours", domain="ours.example")
    outbound.GOOGLE_SERVICE_ACCOUNT, outbound.GOOGLE_API_URL = made["key"], sandbox.google_url
    meeting = booked(channel="google_meet", place="")

    def guests() -> list[str]:
        MeetingRoom.objects.update(not_before=AT)
        keep_room(room_id=MeetingRoom.objects.get().pk)
        [event] = sandbox.records("google", made["id"], "event")
        return [one["email"] for one in event.get("attendees", [])]

    agreed = guests()
    recordings.note(RecordingConsent.objects.get().pk, is_given=False, by=specialist(), at=AT)
    refused = guests()
    recordings.note(RecordingConsent.objects.get().pk, is_given=True, by=specialist(), at=AT)

    assert (agreed, refused, guests()) == ([NOTETAKER], [], [NOTETAKER])
    assert not NotetakerVisit.objects.exists()
    assert Message.objects.filter(kind="meeting.booked", path="/meetings/").count() == 1  # nobody is told of it again
    meeting.refresh_from_db()
    assert meeting.place


# --- What it wrote ---------------------------------------------------------------------------------------------------


def test_a_transcript_is_fetched_frozen_and_told_of(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    meeting = booked()
    vendor_id = recorded(sandbox, team, meeting)

    outcome = told("meeting.summarized", vendor_id).outcome
    transcript = fetched()

    assert outcome == "It is fetched: our meeting by its link."
    assert (transcript.state, transcript.summary_state, transcript.matched_by) == ("done", "written", "link")
    assert (transcript.speakers, transcript.keywords[0], transcript.minutes) == (
        ["Ann Berg", "Carla Diaz"],
        "accounts",
        52,
    )
    sentence = Sentence.objects.get(index=1)
    assert (sentence.speaker, sentence.text[:24], sentence.starts_ms) == (
        "Carla Diaz",
        "Every new account in Sal",
        6000,
    )
    items = ActionItem.objects.values_list("number", "owner", "text", "at_second", "state")
    assert list(items) == [
        (1, "Ann Berg", "Send the list of flows for sign-off", 30, "proposed"),
        (2, "Carla Diaz", "Name the QuickBooks administrator", 40, "proposed"),
    ]
    document = transcript.document
    with default_storage.open(document.path) as file:
        content = file.read()
    assert (document.kind, document.is_ready, document.sha256) == (
        "transcript",
        True,
        hashlib.sha256(content).hexdigest(),
    )
    assert b"<v Carla Diaz>Every new account" in content
    meeting.refresh_from_db()
    assert meeting.record_id == document.pk
    ready = Event.objects.get(kind="transcript.ready")
    assert (ready.data["sentences"], ready.data["sha256"]) == (6, document.sha256)
    mail = Message.objects.get(kind="transcript.ready")
    assert (mail.to, mail.path.endswith(f"/meetings/{meeting.pk}/transcript/")) == (HOST, True)


@pytest.mark.parametrize("by", ["calendar", "organiser and time"])
def test_a_meeting_is_known_by_its_calendar_entry_and_by_host_and_time(
    by: str, sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    meeting = booked(channel="google_meet", place="")
    MeetingRoom.objects.update(vendor_id="abc123", state="done")
    signs = {"cal_id": "abc123@google.com"} if by == "calendar" else {"organizer_email": HOST}

    outcome = told("meeting.summarized", recorded(sandbox, team, meeting, meeting_link="", **signs)).outcome

    assert outcome == f"It is fetched: our meeting by its {by}."
    assert Transcript.objects.get().meeting_id == meeting.pk


def test_the_words_are_here_while_the_summary_is_being_written(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    meeting = booked()
    vendor_id = recorded(sandbox, team, meeting, summary_after=600)
    told("meeting.transcribed", vendor_id)

    waiting = fetched()
    early = (waiting.state, waiting.summary_state, Sentence.objects.count(), waiting.document)
    sandbox.advance(700)
    again = told("meeting.summarized", vendor_id).outcome
    final = fetched()

    assert early == ("queued", "awaited", 6, None)
    assert (again, final.state, final.summary_state, Sentence.objects.count()) == (
        "It is fetched.",
        "done",
        "written",
        6,
    )


def test_calls_in_any_order_twice_and_in_both_versions_do_it_once(
    sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    vendor_id = recorded(sandbox, team, booked())

    outcomes = []
    for event in ("meeting.summarized", "meeting.transcribed", "meeting.bot_joined", "meeting.summarized"):
        outcomes.append(told(event, vendor_id).outcome)
        if len(outcomes) < 3:
            fetched()

    assert outcomes[1:] == ["It is here already.", "The notetaker is in a meeting.", "It is here already."]
    assert (Sentence.objects.count(), ActionItem.objects.count(), Document.objects.count()) == (6, 2, 1)
    assert Event.objects.filter(kind="transcript.ready").count() == 1


@pytest.mark.parametrize("case", ["another link", "another day", "refused"])
def test_what_is_not_ours_or_was_not_agreed_is_not_kept(
    case: str, sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    meeting = booked(is_given=case != "refused")
    wishes: dict[str, Any] = {
        "another link": {"meeting_link": "https://us02web.zoom.us/j/89999999999", "organizer_email": HOST},
        "another day": {"started_at": (SOON - timedelta(days=2)).isoformat()},
        "refused": {},
    }[case]

    delivery = told("meeting.summarized", recorded(sandbox, team, meeting, **wishes))

    assert delivery.state == "done"
    words = "Not kept: not everybody agreed" if case == "refused" else "No meeting of ours. “Review”"
    assert delivery.outcome.startswith(words)
    assert not Transcript.objects.exists()


def test_no_words_yet_is_asked_again_by_the_call_itself(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    vendor_id = recorded(sandbox, team, booked(), transcript_after=600)

    early = told("meeting.transcribed", vendor_id)

    assert (early.state, early.attempts, early.problem["class"]) == ("queued", 1, "transcript_missing")


def test_what_the_calls_forgot_is_found_by_asking(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    meeting = booked()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=AT - timedelta(hours=2))
    meeting.refresh_from_db()
    before = sweep_recordings()
    recorded(sandbox, team, meeting)

    assert (before, sweep_recordings(), sweep_recordings()) == (0, 1, 0)
    assert fetched().meeting_id == meeting.pk


def test_a_specialist_names_the_transcript(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    meeting = booked()
    vendor_id = recorded(sandbox, team, meeting, meeting_link="")
    by = specialist()

    transcripts.order(meeting.pk, vendor_id="01NONE", by=by, at=AT)
    Transcript.objects.update(attempts=11)
    failed = fetched()
    words = failed.problem["words"]
    transcripts.order(meeting.pk, vendor_id=f" {vendor_id} ", by=by, at=AT)

    assert (failed.state, words) == ("failed", "The notetaker has no transcript of this meeting.")
    assert (fetched().state, Sentence.objects.count()) == ("done", 6)
    with pytest.raises(errors.WrongState):
        transcripts.order(meeting.pk, vendor_id="01OTHER", by=by, at=AT)


def test_a_key_that_is_refused_is_told_and_tried_again_by_a_person(
    sandbox: RunningSandbox, team: dict[str, Any], outbound
) -> None:
    meeting = booked()
    vendor_id = recorded(sandbox, team, meeting)
    transcripts.expect(meeting.pk, vendor_id=vendor_id, matched_by="link", at=AT)
    outbound.FIREFLIES_API_KEY = "wrong"

    failed = fetched()
    outbound.FIREFLIES_API_KEY = team["api_key"]
    retries.again("transcript", failed.pk, by=specialist(), at=AT)

    assert (failed.state, failed.problem["class"], failed.problem["who_can_fix"]) == ("failed", "app_refused", "us")
    assert fetched().state == "done"


def test_a_summary_that_never_comes_is_not_waited_for_without_end(
    sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    meeting = booked()
    transcripts.expect(
        meeting.pk, vendor_id=recorded(sandbox, team, meeting, summary_after=9e6), matched_by="link", at=AT
    )
    Transcript.objects.update(attempts=11)

    last = fetched()

    assert (last.state, last.summary_state, ActionItem.objects.count()) == ("done", "none", 0)
    assert last.document is not None


def test_a_meeting_deleted_at_zoom_is_made_anew(sandbox: RunningSandbox, outbound) -> None:
    made = sandbox.new_zoom("Ours", domain="ours.example")
    outbound.ZOOM_ACCOUNT_ID, outbound.ZOOM_CLIENT_ID = made["id"], made["client_id"]
    outbound.ZOOM_CLIENT_SECRET = made["client_secret"]
    outbound.ZOOM_OAUTH_URL = outbound.ZOOM_API_URL = sandbox.zoom_url
    booked(place="")
    keep_room(room_id=MeetingRoom.objects.get().pk)
    room = MeetingRoom.objects.get()
    service = meeting_services.zoom()
    assert service is not None
    service.cancel(room.vendor_id, host=room.host)

    outcome = told("meeting.deleted", room.vendor_id, "zoom").outcome
    keep_room(room_id=room.pk)

    renewed = MeetingRoom.objects.get()
    assert outcome == "Deleted at Zoom, though it is to take place: it is made anew."
    assert service.meeting(renewed.vendor_id, host=renewed.host).starts_at == SOON
    assert renewed.vendor_id != room.vendor_id


@pytest.mark.parametrize(
    ("event", "outcome"), [("meeting.started", "No meeting of ours."), ("user.created", "No meeting of ours.")]
)
def test_calls_about_nothing_of_ours_are_kept_and_noted(event: str, outcome: str) -> None:
    delivery = told(event, "80000000000", "zoom")

    assert (delivery.state, delivery.outcome) == ("done", outcome)
    assert not Event.objects.exists()


def test_ends_before_beginnings_are_kept_as_they_were(team: dict[str, Any]) -> None:
    meeting = booked()
    end = SOON + timedelta(minutes=50)

    meetings.ended(meeting.pk, moment=end, at=AT)
    meetings.began(meeting.pk, moment=SOON, at=AT)
    meetings.began(meeting.pk, moment=SOON + timedelta(minutes=9), at=AT)
    meetings.ended(meeting.pk, moment=end - timedelta(minutes=9), at=AT)

    meeting.refresh_from_db()
    assert (meeting.began_at, meeting.ended_at) == (SOON, end)
    assert Event.objects.filter(kind__in=["meeting.began", "meeting.ended"]).count() == 2
    assert Event.objects.filter(by__name=SYSTEM.name).count() == 2
