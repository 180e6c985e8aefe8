"""Fireflies' webhooks: version 2 with event and time stamp, version 1 with neither, both signed over the body."""

import hashlib
import hmac
import json

from integrations.sandbox.courier import Signed
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

TRANSCRIBED, SUMMARIZED, JOINED = "meeting.transcribed", "meeting.summarized", "meeting.bot_joined"
V1, V2 = "fireflies_v1", "fireflies_v2"


def tell(
    world: World, team: Body, transcript_id: str, *, words_after: float, summary_after: float | None, reference: str
) -> None:
    """Both events on their way, to both versions' addresses; without a summary only the first."""
    first, second = words_after, summary_after
    if second is not None and world.faults.take("fireflies", team["id"], "webhook_out_of_order"):
        first = second + 0.2  # the transcript has long been there when its event comes
    more = {"client_reference_id": reference} if reference else {}
    events = [(TRANSCRIBED, first)] + ([(SUMMARIZED, second)] if second is not None else [])
    for event, after in sorted(events, key=lambda one: one[1]):
        send(world, team, event, transcript_id, after=after, more=more)


def send(world: World, team: Body, event: str, meeting_id: str, *, after: float = 0, more: Body | None = None) -> None:
    """One event to every address that asked for it."""
    wishes = struck(world, team["id"])
    for version, hook in team["webhooks"].items():
        if event not in hook["events"] or (version == "v1" and event != TRANSCRIBED):
            continue
        content = {"event": event, "meeting_id": meeting_id, "has_prefix": hook["has_prefix"], **(more or {})}
        world.courier.send(
            scheme=V1 if version == "v1" else V2,
            tenant=team["id"],
            url=hook["url"],
            secret=hook["secret"],
            content=content,
            after=after,
            **wishes,
        )


def struck(world: World, team_id: str) -> Body:
    twice, forged, old = (
        world.faults.take("fireflies", team_id, fault) for fault in ("webhook_twice", "webhook_forged", "webhook_old")
    )
    return {"copies": 2 if twice else 1, "forged": bool(forged), "age": float(old["value"] or 600) if old else 0}


def sign_v2(delivery: Body, now: float) -> Signed:
    content = delivery["content"]
    fired = int(delivery["fired"] * 1000)
    body = {"event": content["event"], "timestamp": fired, "meeting_id": content["meeting_id"]}
    if "client_reference_id" in content:
        body["client_reference_id"] = content["client_reference_id"]
    return signed(body, delivery)


def sign_v1(delivery: Body, now: float) -> Signed:
    content = delivery["content"]
    body = {"meetingId": content["meeting_id"], "eventType": "Transcription completed"}
    if "client_reference_id" in content:
        body["clientReferenceId"] = content["client_reference_id"]
    return signed(body, delivery)


def signed(body: Body, delivery: Body) -> Signed:
    raw = json.dumps(body).encode()
    digest = hmac.new(delivery["secret"].encode(), raw, hashlib.sha256).hexdigest()
    return raw, {"x-hub-signature": f"sha256={digest}" if delivery["content"]["has_prefix"] else digest}
