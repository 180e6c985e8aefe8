"""Vendors' calls at the door: taken once when they are theirs and recent, refused in words otherwise."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from onboarding.models import WebhookDelivery
from tests.integrations.sandbox_fixture import RunningSandbox

pytestmark = pytest.mark.django_db
ZOOM_SECRET, FIREFLIES_SECRET = "zoom-webhook-secret", "fireflies-webhook-secret"
BEGAN = {
    "event": "meeting.started",
    "event_ts": 1796126400000,
    "payload": {"object": {"id": "85012345678", "uuid": "u+1==", "start_time": "2026-12-01T12:00:00Z"}},
}


@pytest.fixture(autouse=True)
def _secrets(settings) -> None:
    settings.ZOOM_WEBHOOK_SECRET, settings.FIREFLIES_WEBHOOK_SECRET = ZOOM_SECRET, FIREFLIES_SECRET


def hexdigest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def zoom(body: Any = BEGAN, *, secret: str = ZOOM_SECRET, age: float = 0, **more: Any) -> Any:
    """What the door answers to such a call of Zoom."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(time.time() - age))
    signature = "v0=" + hexdigest(secret, f"v0:{stamp}:".encode() + raw)
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": signature}
    sent = {"content_type": "application/json", "headers": headers} | more
    return Client().post("/webhooks/zoom/", raw, **sent)


def fireflies(body: dict[str, Any], *, secret: str = FIREFLIES_SECRET, prefix: str = "sha256=") -> Any:
    raw = json.dumps(body).encode()
    headers = {"x-hub-signature": prefix + hexdigest(secret, raw)}
    return Client().post("/webhooks/fireflies/", raw, content_type="application/json", headers=headers)


def v2(event: str = "meeting.transcribed", age: float = 0) -> dict[str, Any]:
    return {"event": event, "timestamp": int((time.time() - age) * 1000), "meeting_id": "T1"}


def test_a_call_of_zoom_is_kept_without_its_content() -> None:
    reply = zoom()

    kept = WebhookDelivery.objects.get()
    assert (reply.status_code, reply.content) == (204, b"")
    assert (kept.provider, kept.event, kept.object_id, kept.state) == (
        "zoom",
        "meeting.started",
        "85012345678",
        "queued",
    )
    assert kept.event_id == "meeting.started:u+1==:1796126400000"
    assert kept.occurred_at == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_the_same_call_twice_is_kept_once_and_answered_the_same() -> None:
    body = v2()

    replies = [zoom().status_code for _ in range(2)] + [fireflies(body).status_code for _ in range(2)]

    assert replies == [204] * 4
    assert WebhookDelivery.objects.count() == 2


def test_both_versions_of_fireflies_are_understood() -> None:
    old = {"meetingId": "T1", "eventType": "Transcription completed"}

    replies = [fireflies(v2()).status_code, fireflies(old, prefix="").status_code]

    assert replies == [204, 204]
    assert set(WebhookDelivery.objects.values_list("event", "object_id")) == {("meeting.transcribed", "T1")}


def test_zoom_is_answered_when_it_asks_whose_address_it_is() -> None:
    reply = zoom({"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}})

    assert (reply.status_code, reply.json()) == (
        200, {"plainToken": "abc", "encryptedToken": hexdigest(ZOOM_SECRET, b"abc")},
    )  # fmt: skip
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda: zoom(secret="another"), 401, "webhook_forged"),
        (lambda: zoom(headers={}), 401, "webhook_unsigned"),
        (lambda: zoom(age=301), 400, "webhook_stale"),
        (lambda: zoom(age=-301), 400, "webhook_stale"),
        (lambda: zoom({"event": "meeting.started"}), 400, "webhook_unreadable"),
        (lambda: zoom(b"no json"), 400, "webhook_unreadable"),
        (lambda: zoom(b"[" * 100_000), 400, "webhook_unreadable"),
        (lambda: zoom(content_type="text/plain"), 415, "webhook_unreadable"),
        (lambda: zoom(content_type="multipart/form-data; boundary=x"), 415, "webhook_unreadable"),
        (lambda: zoom(b" " * (1024 * 1024 + 1)), 413, "webhook_unreadable"),
        (lambda: zoom({"event": "endpoint.url_validation", "payload": {"plainToken": "a"}}, secret="x"), 401, "webhook_forged"),
        (lambda: fireflies(v2(), secret="another"), 401, "webhook_forged"),
        (lambda: fireflies(v2(), prefix=""), 401, "webhook_forged"),
        (lambda: fireflies(v2(age=301)), 400, "webhook_stale"),
        (lambda: fireflies({"event": "meeting.transcribed"}), 400, "webhook_unreadable"),
        (lambda: fireflies({"meetingId": "T1", "eventType": "Party"}), 400, "webhook_unreadable"),
    ],
    ids=[
        "wrong signature", "no signature", "too old", "from the future", "no meeting", "no JSON", "nested without end",
        "text", "a form", "too large", "a forged challenge", "fireflies: wrong signature", "fireflies: no prefix",
        "fireflies: too old", "fireflies: no meeting", "fireflies: unknown event",
    ],
)  # fmt: skip
def test_what_is_not_theirs_or_not_whole_is_refused_in_words(ask, status: int, code: str) -> None:
    reply = ask()

    told = reply.json()
    assert (reply.status_code, told["code"], reply["Content-Type"]) == (status, code, "application/problem+json")
    assert told["detail"].endswith((".", "…."))
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("path", ["/webhooks/zoom/", "/webhooks/fireflies/"])
def test_without_a_secret_there_is_nothing_here(path: str, settings) -> None:
    settings.ZOOM_WEBHOOK_SECRET = settings.FIREFLIES_WEBHOOK_SECRET = ""

    assert Client().post(path, b"{}", content_type="application/json").status_code == 404


@pytest.mark.parametrize("path", ["/webhooks/zoom/", "/webhooks/fireflies/"])
def test_they_are_called_never_read(path: str) -> None:
    assert Client().get(path).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_stand_ins_deliver_to_the_real_door(live_server, sandbox: RunningSandbox) -> None:
    account, team = sandbox.new_zoom("Ours", domain="ours.example"), sandbox.new_team("Ours")
    hooks = {"zoom": f"/zoom/accounts/{account['id']}", "fireflies": f"/fireflies/teams/{team['id']}"}
    secrets = {"zoom": ZOOM_SECRET, "fireflies": FIREFLIES_SECRET}
    for vendor, path in hooks.items():
        sandbox.webhook(path, url=f"{live_server.url}/webhooks/{vendor}/", secret=secrets[vendor])
    proven = sandbox.deliveries(account["id"], done=1)
    sandbox.fault("fireflies", team["id"], "webhook_forged")
    sandbox.record(team["id"])
    forged, taken = sandbox.deliveries(team["id"], done=2)
    sandbox.fault("fireflies", team["id"], "webhook_twice")
    sandbox.record(team["id"])
    twice = sandbox.deliveries(team["id"], done=4)[2]

    assert [one["state"] for one in proven] == ["taken"]
    assert [tried["status"] for one in (forged, taken, twice) for tried in one["tries"]] == [401, 204, 204, 204]
    kept = list(WebhookDelivery.objects.order_by("pk").values_list("event", flat=True))
    assert sorted(kept) == ["meeting.summarized", "meeting.summarized", "meeting.transcribed"]
