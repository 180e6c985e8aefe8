"""The Fireflies client against the stand-in: every call, and every refusal it can meet."""

from datetime import UTC, datetime

import pytest

from integrations import meeting_services
from integrations.engine.errors import PermanentFailure, TemporaryFailure
from integrations.fireflies.client import Fireflies, Owner, Team
from integrations.fireflies.transcripts import ActionItem, Sentence
from tests.integrations.fireflies.conftest import LINK
from tests.integrations.quickbooks_online.refusals import refused


def test_whose_key_it_is(notes, team):
    assert notes.who() == Owner(team["user_id"], "notes@ours.example")


def test_a_whole_record(notes, team, sandbox):
    made = sandbox.record(
        team["id"],
        title="Requirements review: Acme",
        meeting_link=LINK,
        cal_id="abc123",
        calendar_id="abc123@google.com",
        organizer_email="Ann.Berg@ours.example",
        participants=["Ann.Berg@ours.example", "carla@acme.example"],
        started_at="2026-12-01T15:00:00Z",
        minutes=42.5,
        sentences=[{"speaker": "Ann Berg", "text": "Shall we?"}, {"speaker": "Carla", "text": "Yes."}],
        summary={
            "overview": "They agreed.",
            "action_items": "**Ann Berg**\n- Send the list (00:30)\n\n**Unassigned**\nBook the next call\n",
        },
    )

    record = notes.transcript(made["id"])

    head = record.recording
    assert (head.id, head.title, head.minutes) == (made["id"], "Requirements review: Acme", 42.5)
    assert head.started_at == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert (head.meeting_link, head.calendar_ids) == (LINK, ("abc123", "abc123@google.com"))
    assert head.organizer == "ann.berg@ours.example"
    assert head.participants == ("ann.berg@ours.example", "carla@acme.example")
    assert head.url == f"https://app.fireflies.ai/view/{made['id']}"
    assert record.speakers == ("Ann Berg", "Carla")
    assert record.sentences == (
        Sentence(0, "Ann Berg", "Shall we?", 0.0, 5.5),
        Sentence(1, "Carla", "Yes.", 6.0, 11.5),
    )
    assert (record.summary.state, record.summary.overview, record.is_final) == ("processed", "They agreed.", True)
    assert record.summary.action_items == (
        ActionItem("Ann Berg", "Send the list", 30),
        ActionItem("", "Book the next call", None),
    )
    assert record.summary.keywords == ("accounts", "customers", "invoices", "go-live")


def test_the_words_come_first_and_the_summary_later(notes, team, sandbox):
    made = sandbox.record(team["id"], transcript_after=60, summary_after=120)
    too_early = refused(notes.transcript, made["id"])
    sandbox.advance(61)
    half = notes.transcript(made["id"])
    sandbox.advance(120)
    whole = notes.transcript(made["id"])

    assert (too_early.code, too_early.vendor_code) == ("transcript_missing", "object_not_found")
    assert (half.summary.state, half.is_final, half.summary.overview, len(half.sentences)) == (
        "processing",
        False,
        "",
        6,
    )
    assert (whole.summary.state, whole.is_final, len(whole.summary.action_items)) == ("processed", True, 2)


@pytest.mark.parametrize("fault", ["transcript_delayed", "summary_delayed"])
def test_delays_on_demand(notes, team, sandbox, fault):
    sandbox.fault("fireflies", team["id"], fault, value=30)
    made = sandbox.record(team["id"])
    sandbox.advance(29 if fault == "summary_delayed" else 31)

    assert notes.transcript(made["id"]).is_final is (fault == "transcript_delayed")


def test_a_summary_that_will_never_come_is_final(notes, team, sandbox):
    sandbox.fault("fireflies", team["id"], "summary_failed")
    made = sandbox.record(team["id"])

    record = notes.transcript(made["id"])

    assert (record.summary.state, record.is_final, record.summary.action_items) == ("failed", True, ())


def test_what_was_recorded_goes_on_to_the_last_page(notes, team, sandbox, span):
    made = [sandbox.record(team["id"], minutes=number + 1)["id"] for number in range(51)]

    found = notes.recordings(**span)

    assert [one.id for one in found] == made
    assert notes.recordings(since=span["until"], until=span["until"]) == ()
    assert [one.id for one in notes.recordings(**span, most=50)] == made[:50]


def test_the_notetaker_joins_a_running_meeting(notes, team, sandbox):
    notes.join(LINK, title="Review", minutes=5, passcode="abc", attendees=["carla@acme.example"])

    assert sandbox.records("fireflies", team["id"], "visit") == [
        {
            "meeting_link": LINK,
            "title": "Review",
            "meeting_password": "abc",
            "duration": 15,
            "attendees": [{"email": "carla@acme.example"}],
        }
    ]


def test_three_visits_in_twenty_minutes(notes, sandbox):
    for _ in range(3):
        notes.join(LINK)

    trouble = refused(notes.join, LINK)
    sandbox.advance(1201)
    notes.join(LINK)

    assert (trouble.code, trouble.vendor_code, trouble.retry_after) == ("rate_limited", "too_many_requests", 60.0)
    assert type(trouble) is TemporaryFailure


def test_a_link_of_no_known_platform(notes):
    trouble = refused(notes.join, "https://video.example/room")

    assert (trouble.code, trouble.vendor_code) == ("validation", "invalid_arguments")


REFUSALS = [
    ("throttle", "rate_limited", "too_many_requests", 429, TemporaryFailure),
    ("server_error_once", "vendor_error", "internal_server_error", 500, TemporaryFailure),
    ("app_ended", "app_ended", "account_cancelled", 403, PermanentFailure),
    ("out_of_credits", "app_ended", "require_ai_credits", 402, PermanentFailure),
]


@pytest.mark.parametrize("by_status", [True, False], ids=["told by status", "told under 200"])
@pytest.mark.parametrize(("fault", "code", "vendor_code", "status", "kind"), REFUSALS)
def test_refusals_on_demand(outbound, sandbox, by_status, fault, code, vendor_code, status, kind):
    team = sandbox.new_team("Ours", tells_by_status=by_status)
    notes = Fireflies(Team(api_key=team["api_key"], url=sandbox.fireflies_url))
    sandbox.fault("fireflies", team["id"], fault)

    trouble = refused(notes.join, LINK)

    assert (trouble.code, trouble.vendor_code, type(trouble)) == (code, vendor_code, kind)
    assert trouble.http_status == (status if by_status else 200)
    assert len(trouble.request_id) == 24


def test_an_answer_that_got_lost(notes, team, sandbox):
    sandbox.fault("fireflies", team["id"], "lost_answer")

    assert refused(notes.join, LINK).code == "vendor_error"
    assert len(sandbox.records("fireflies", team["id"], "visit")) == 1


def test_a_key_that_was_replaced(notes, team, sandbox):
    sandbox.control.post(f"/fireflies/teams/{team['id']}/rotate-key")

    trouble = refused(notes.who)

    assert (trouble.code, trouble.vendor_code, trouble.http_status) == ("app_refused", "auth_failed", 401)
    assert trouble.entry.who_can_fix == "us"


def test_a_visit_that_fails_and_a_transcript_told_as_nothing(notes, team, sandbox):
    for fault in ("join_refused", "missing_is_null"):
        sandbox.fault("fireflies", team["id"], fault)

    trouble = refused(notes.join, LINK)
    assert (trouble.code, trouble.vendor_message) == ("validation", "The bot could not join the meeting")
    assert refused(notes.transcript, "none").code == "transcript_missing"


def test_another_teams_transcript_is_not_there(notes, sandbox):
    other = sandbox.record(sandbox.new_team("Other")["id"])

    assert refused(notes.transcript, other["id"]).code == "transcript_missing"


def test_sixty_calls_a_minute(notes, sandbox):
    for _ in range(60):
        notes.who()

    trouble = refused(notes.who)
    sandbox.advance(61)

    assert trouble.code == "rate_limited"
    assert notes.who().email == "notes@ours.example"


def test_a_slow_answer_and_no_answer(odd_server, settings):
    settings.OUTBOUND_CA_BUNDLE = odd_server.bundle

    strange = Fireflies(Team(api_key="k", url=odd_server.address))
    away = Fireflies(Team(api_key="k", url="https://localhost:1/graphql"))
    assert refused(strange.who).code == "not_understood"
    assert refused(away.who).code == "port_closed"


def test_without_a_key_the_notetaker_is_not_offered(settings):
    settings.FIREFLIES_API_KEY = ""

    assert meeting_services.fireflies() is None


def test_the_key_is_not_shown(notes, team):
    assert team["api_key"] not in repr(notes.team)
