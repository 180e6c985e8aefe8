"""Calls from Zoom: believed only when they are signed, recent and whole."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.engine.webhooks import WebhookRefused
from integrations.zoom.webhooks import challenged, verified
from tests.integrations.listener import listening
from tests.integrations.wishes import HOST

SECRET = "zoom-webhook-secret"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ENDED = {
    "event": "meeting.ended",
    "event_ts": 1796126400000,
    "payload": {"account_id": "a", "object": {"id": "85012345678", "uuid": "u+1==", "topic": "Review"}},
}


def signed(body: object, *, at: datetime = NOW, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    raw = body if isinstance(body, bytes) else json.dumps(body, indent=1).encode()
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return raw, {"X-Zm-Request-Timestamp": stamp, "x-zm-signature": f"v0={digest}"}


def test_a_call_of_zoom():
    delivery = verified(*signed(ENDED), secret=SECRET, now=NOW + timedelta(minutes=5))

    assert (delivery.vendor, delivery.event, delivery.object_id) == ("zoom", "meeting.ended", "85012345678")
    assert delivery.event_id == "meeting.ended:u+1==:1796126400000"
    assert (delivery.sent_at, delivery.payload["topic"]) == (NOW, "Review")


def _without(name: str) -> tuple[bytes, dict[str, str]]:
    raw, headers = signed(ENDED)
    return raw, {key: value for key, value in headers.items() if key.lower() != name}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (_without("x-zm-signature"), "webhook_unsigned"),
        (_without("x-zm-request-timestamp"), "webhook_forged"),
        (signed(ENDED, secret="another"), "webhook_forged"),
        ((signed(ENDED)[0] + b" ", signed(ENDED)[1]), "webhook_forged"),
        ((signed(ENDED)[0], {**signed(ENDED)[1], "x-zm-signature": "v1=00"}), "webhook_forged"),
        ((signed(ENDED)[0], {**signed(ENDED)[1], "x-zm-signature": "v0=é"}), "webhook_forged"),
        ((signed(ENDED)[0], {**signed(ENDED)[1], "X-Zm-Request-Timestamp": "1"}), "webhook_forged"),
        (signed(ENDED, at=NOW - timedelta(minutes=5, seconds=1)), "webhook_stale"),
        (signed(ENDED, at=NOW + timedelta(minutes=5, seconds=1)), "webhook_stale"),
        (signed(b"not json"), "webhook_unreadable"),
        (signed([]), "webhook_unreadable"),
        (signed({"event": "meeting.ended", "payload": []}), "webhook_unreadable"),
        (signed({"event": "meeting.ended", "payload": {"object": {}}}), "webhook_unreadable"),
        (signed({"event": 7, "payload": ENDED["payload"]}), "webhook_unreadable"),
    ],
)
def test_calls_that_are_refused_in_words(call, code):
    with pytest.raises(WebhookRefused) as refusal:
        verified(*call, secret=SECRET, now=NOW)

    assert refusal.value.code == code
    assert refusal.value.words.endswith(".")


def test_a_time_stamp_that_is_no_number_though_signed():
    raw = json.dumps(ENDED).encode()
    digest = hmac.new(SECRET.encode(), b"v0:soon:" + raw, hashlib.sha256).hexdigest()
    headers = {"x-zm-request-timestamp": "soon", "x-zm-signature": f"v0={digest}"}

    with pytest.raises(WebhookRefused) as refusal:
        verified(raw, headers, secret=SECRET, now=NOW)

    assert refusal.value.code == "webhook_unreadable"


def test_without_a_secret_nothing_is_believed():
    with pytest.raises(WebhookRefused) as refusal:
        verified(*signed(ENDED, secret=""), secret="", now=NOW)

    assert refusal.value.code == "webhook_unsigned"


def test_the_challenge_is_answered_only_when_zoom_asks():
    call = signed({"event": "endpoint.url_validation", "payload": {"plainToken": "plain"}, "event_ts": 1})
    expected = hmac.new(SECRET.encode(), b"plain", hashlib.sha256).hexdigest()

    assert challenged(*call, secret=SECRET, now=NOW) == {"plainToken": "plain", "encryptedToken": expected}
    assert challenged(*signed(ENDED), secret=SECRET, now=NOW) is None
    with pytest.raises(WebhookRefused):
        challenged(call[0], {}, secret=SECRET, now=NOW)
    with pytest.raises(WebhookRefused):
        challenged(*signed({"event": "endpoint.url_validation"}), secret=SECRET, now=NOW)


@pytest.fixture
def listener(sandbox, account):
    """An address that has answered Zoom's challenge."""
    with listening() as ear:
        ear.reply = lambda raw, headers: challenged(raw, headers, secret=SECRET, now=datetime.now(tz=UTC)) or {}
        sandbox.webhook(f"/zoom/accounts/{account['id']}", url=ear.address, secret=SECRET)
        [challenge] = sandbox.deliveries(account["id"], done=1)
        assert challenge["state"] == "taken"
        ear.calls.clear()
        yield ear


def _events(listener) -> list[str]:
    now = datetime.now(tz=UTC)
    return [verified(raw, headers, secret=SECRET, now=now).event for raw, headers in listener.calls]


def test_the_stand_in_tells_of_a_held_meeting(zoom, wish, sandbox, account, listener):
    booked = zoom.create(wish)
    sandbox.hold(account["id"], booked.id)
    zoom.cancel(booked.id, host=HOST)
    sandbox.deliveries(account["id"], done=5)

    assert _events(listener) == ["meeting.created", "meeting.started", "meeting.ended", "meeting.deleted"]
    raw, headers = listener.calls[2]
    delivery = verified(raw, headers, secret=SECRET, now=datetime.now(tz=UTC))
    assert (delivery.object_id, delivery.payload["uuid"]) == (booked.id, zoom.past(booked.id).uuid)


def test_webhooks_that_come_twice_or_the_wrong_way_round(zoom, wish, sandbox, account, listener):
    booked = zoom.create(wish)
    for fault in ("webhook_twice", "webhook_out_of_order"):
        sandbox.fault("zoom", account["id"], fault)
    sandbox.hold(account["id"], booked.id)
    sandbox.deliveries(account["id"], done=4)

    assert _events(listener) == ["meeting.created", "meeting.ended", "meeting.ended", "meeting.started"]
    assert listener.calls[1] == listener.calls[2]


@pytest.mark.parametrize(("fault", "code"), [("webhook_forged", "webhook_forged"), ("webhook_old", "webhook_stale")])
def test_webhooks_that_must_not_be_believed(zoom, wish, sandbox, account, listener, fault, code):
    sandbox.fault("zoom", account["id"], fault)
    zoom.create(wish)
    sandbox.deliveries(account["id"], done=2)

    with pytest.raises(WebhookRefused) as refusal:
        _events(listener)
    assert refusal.value.code == code


def test_a_webhook_nobody_took_comes_again(zoom, wish, sandbox, account, listener):
    listener.statuses = [503]
    zoom.create(wish)

    *_, delivery = sandbox.deliveries(account["id"], done=2)

    assert [one["status"] for one in delivery["tries"]] == [503, 200]
    now = datetime.now(tz=UTC)
    ids = [verified(raw, headers, secret=SECRET, now=now).event_id for raw, headers in listener.calls]
    assert (len(ids), len(set(ids))) == (2, 1)
