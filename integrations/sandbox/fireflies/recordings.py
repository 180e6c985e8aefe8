"""What the notetaker recorded, and when what of it can be read: the words first, the summary later."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.sandbox.fireflies import webhooks
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

SAID = (
    ("Ann Berg", "Thank you for coming. Today we agree what the integration must do."),
    ("Carla Diaz", "Every new account in Salesforce should become a customer in QuickBooks the same day."),
    ("Ann Berg", "That is the first flow then, as a must. What about invoices?"),
    ("Carla Diaz", "Finance wants to see paid invoices on the account, but that could wait until after go-live."),
    ("Ann Berg", "Noted as a should. Which day do you want to go live?"),
    ("Carla Diaz", "The first of next quarter at the latest, because our auditors come then."),
)
SUMMARY = {
    "overview": "The flows were agreed: accounts become customers at once; paid invoices come back later.",
    "short_summary": "Flows, priorities and the go-live date were agreed.",
    "action_items": "**Ann Berg**\nSend the list of flows for sign-off (00:30)\n\n"
    "**Carla Diaz**\nName the QuickBooks administrator (00:40)\n",
    "keywords": ["accounts", "customers", "invoices", "go-live"],
    "topics_discussed": ["Flows", "Priorities", "Go-live date"],
}


def record(world: World, team: Body, wishes: Body) -> Body:
    """The notetaker was there. Wishes: what is told of the meeting, `sentences`, `summary`, and the seconds until both.

    The faults transcript_delayed, summary_delayed and summary_failed act here.
    """
    words_after = float(wishes.get("transcript_after") or _struck(world, team, "transcript_delayed"))
    summary_after = words_after + float(wishes.get("summary_after") or _struck(world, team, "summary_delayed"))
    now = world.clock.timestamp()
    failed = world.faults.take("fireflies", team["id"], "summary_failed")
    row = {
        **told_of(world, team, wishes),
        "sentences": sentences(wishes.get("sentences") or SAID),
        "summary": {**SUMMARY, **(wishes.get("summary") or {})},
        "transcribed_at": now + words_after,
        "summarized_at": now + summary_after,
        "summary_status": "failed" if failed else "processed",
    }
    world.store.put("fireflies:transcript", team["id"], row["id"], row)
    reference = str(wishes.get("client_reference_id") or "")
    webhooks.tell(
        world,
        team,
        row["id"],
        words_after=words_after,
        summary_after=None if failed else summary_after,
        reference=reference,
    )
    return row


def told_of(world: World, team: Body, wishes: Body) -> Body:
    """A transcript's own facts."""
    transcript_id = f"01{secrets.token_hex(12).upper()}"
    minutes = float(wishes.get("minutes") or 45)
    start = _moment(wishes.get("started_at")) or world.clock.now() - timedelta(minutes=minutes)
    organizer = str(wishes.get("organizer_email") or team["email"])
    people = [str(one) for one in wishes.get("participants") or [organizer]]
    return {
        "id": transcript_id,
        "title": str(wishes.get("title") or "Untitled meeting"),
        "date": start.timestamp() * 1000,
        "dateString": start.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "duration": minutes,
        "host_email": organizer,
        "organizer_email": organizer,
        "participants": people,
        "fireflies_users": [team["email"]],
        "meeting_link": wishes.get("meeting_link"),
        "calendar_id": wishes.get("calendar_id"),
        "cal_id": wishes.get("cal_id"),
        "calendar_type": "googlecalendar" if wishes.get("cal_id") else None,
        "transcript_url": f"https://app.fireflies.ai/view/{transcript_id}",
        "privacy": "participants",
        "is_live": False,
        "meeting_attendees": [{"email": email, "displayName": None, "name": None} for email in people],
    }


def sentences(said: Any) -> list[Body]:
    """Lines as {speaker, text} or pairs, six seconds each."""
    lines = [(str(one["speaker"]), str(one["text"])) if isinstance(one, dict) else tuple(one) for one in said]
    names = list(dict.fromkeys(speaker for speaker, _ in lines))
    return [
        {
            "index": place,
            "speaker_name": speaker,
            "speaker_id": names.index(speaker),
            "raw_text": text,
            "text": text,
            "start_time": place * 6.0,
            "end_time": place * 6.0 + 5.5,
        }
        for place, (speaker, text) in enumerate(lines)
    ]


def readable(world: World, team_id: str) -> list[Body]:
    """Those whose words are ready, as they can be read now, newest first."""
    now = world.clock.timestamp()
    rows = [row for row in world.store.all("fireflies:transcript", team_id) if row["transcribed_at"] <= now]
    return [_now(row, now) for row in sorted(rows, key=lambda row: -row["date"])]


def _now(row: Body, now: float) -> Body:
    is_done = row["summarized_at"] <= now
    status = row["summary_status"] if is_done else "processing"
    names = dict.fromkeys((one["speaker_id"], one["speaker_name"]) for one in row["sentences"])
    return row | {
        "summary": row["summary"] if status == "processed" else None,
        "meeting_info": {"fred_joined": True, "silent_meeting": False, "summary_status": status},
        "speakers": [{"id": number, "name": name} for number, name in names],
    }


def _struck(world: World, team: Body, fault: str) -> float:
    struck = world.faults.take("fireflies", team["id"], fault)
    return float(struck["value"] or 60) if struck else 0.0


def _moment(text: Any) -> datetime | None:
    moment = datetime.fromisoformat(str(text)) if text else None
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment
