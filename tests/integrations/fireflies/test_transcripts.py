"""Reading what Fireflies tells: units it does not write down, statuses it may add, items in prose."""

from datetime import UTC, datetime

import httpx
import pytest

from integrations.engine.calls import Answer
from integrations.fireflies.errors import from_answer
from integrations.fireflies.transcripts import ActionItem, recording, transcript

HEAD = {"id": "T1", "date": 1796137200000}
AT = datetime(2026, 12, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        {"date": 1796137200000},
        {"date": 1796137200.0},
        {"date": 1, "dateString": "2026-12-01T15:00:00.000Z"},
        {"date": 1, "dateString": "2026-12-01T15:00:00"},
        {"date": None, "dateString": "2026-12-01T16:00:00+01:00"},
    ],
)
def test_when_it_began(told):
    assert recording({"id": "T1", **told}).started_at == AT


def test_a_record_that_knows_next_to_nothing():
    record = transcript(HEAD | {"sentences": None, "summary": None, "meeting_info": None, "speakers": [{"id": 0}]})

    assert (record.recording.organizer, record.recording.calendar_ids, record.sentences) == ("", (), ())
    assert (record.speakers, record.is_final) == ((), False)


@pytest.mark.parametrize(
    ("status", "overview", "state"),
    [
        ("processed", "", "processed"),
        ("skipped", "", "skipped"),
        ("default", "Agreed.", "processed"),
        ("default", "", "processing"),
        (None, "Agreed.", "processed"),
    ],
)
def test_when_a_summary_is_final(status, overview, state):
    told = HEAD | {"summary": {"overview": overview}, "meeting_info": {"summary_status": status}}

    assert transcript(told).summary.state == state


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", ()),
        ("**Ann**\nSend it (12:30)", (ActionItem("Ann", "Send it", 750),)),
        (
            "**Ann:**\n* Send it (1:02:03)\n2. Call",
            (ActionItem("Ann", "Send it", 3723), ActionItem("Ann", "Call", None)),
        ),
        ("Nobody in bold (soon)", (ActionItem("", "Nobody in bold (soon)", None),)),
    ],
)
def test_action_items(text, items):
    assert transcript(HEAD | {"summary": {"action_items": text}}).summary.action_items == items


def test_topics_as_a_list_or_a_text():
    assert transcript(HEAD | {"summary": {"topics_discussed": "Flows"}}).summary.topics == ("Flows",)
    assert transcript(HEAD | {"summary": {"topics_discussed": ["A", "B"]}}).summary.topics == ("A", "B")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, {"data": {}}, None),
        (200, {"errors": []}, None),
        (200, {"errors": [{"message": "m", "code": "paid_required"}]}, "app_ended"),
        (200, {"errors": [{"message": "m", "extensions": {"code": "not_in_team"}}]}, "app_rights_missing"),
        (200, {"errors": [{"message": "m", "code": "new", "extensions": {"status": 404}}]}, "transcript_missing"),
        (200, {"errors": ["odd"]}, None),
        (400, {"errors": [{"message": "m", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}, "unsupported"),
        (400, None, "validation"),
        (403, "<html>", "app_rights_missing"),
        (502, None, "vendor_error"),
    ],
)
def test_every_shape_of_a_refusal(status, body, code):
    trouble = from_answer(Answer(status, httpx.Headers(), body))

    assert (trouble and trouble.code) == code
