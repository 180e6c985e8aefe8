"""Calls from Fireflies in both versions: believed only when signed and recent, whole, and the same twice."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.engine.webhooks import WebhookRefused
from integrations.fireflies.webhooks import SUMMARIZED, TRANSCRIBED, verify, verify_v1, verify_v2
from tests.integrations.fireflies.conftest import SECRET
from tests.integrations.listener import Listener, listening

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
STAMP = int(NOW.timestamp() * 1000)
V2 = {"event": TRANSCRIBED, "timestamp": STAMP, "meeting_id": "T1", "client_reference_id": "c-7"}
V1 = {"meetingId": "T1", "eventType": "Transcription completed", "clientReferenceId": "c-7"}


def signed(body: object, *, prefix: str = "sha256=", secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    raw = body if isinstance(body, bytes) else json.dumps(body, indent=1).encode()
    return raw, {"X-Hub-Signature": prefix + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def test_a_call_of_version_2():
    delivery = verify_v2(*signed(V2), secret=SECRET, now=NOW + timedelta(minutes=5))

    assert (delivery.vendor, delivery.event, delivery.object_id) == ("fireflies", TRANSCRIBED, "T1")
    assert (delivery.event_id, delivery.sent_at) == (f"meeting.transcribed:T1:{STAMP}", NOW)
    assert delivery.payload["client_reference_id"] == "c-7"


@pytest.mark.parametrize("prefix", ["sha256=", ""])
def test_a_call_of_version_1(prefix):
    delivery = verify_v1(*signed(V1, prefix=prefix), secret=SECRET, now=NOW)

    assert (delivery.event, delivery.object_id, delivery.sent_at) == (TRANSCRIBED, "T1", None)
    assert delivery.event_id == "v1:meeting.transcribed:T1"
    assert delivery.payload["client_reference_id"] == "c-7"


@pytest.mark.parametrize(
    ("body", "event_id"), [(V2, f"meeting.transcribed:T1:{STAMP}"), (V1, "v1:meeting.transcribed:T1")]
)
def test_either_version_is_recognised(body, event_id):
    first, again = (verify(*signed(body), secret=SECRET, now=NOW) for _ in range(2))

    assert first.event_id == again.event_id == event_id


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ((signed(V2)[0], {}), "webhook_unsigned"),
        (signed(V2, secret="another"), "webhook_forged"),
        (signed(V2, prefix=""), "webhook_forged"),
        (signed(V2, prefix="sha1="), "webhook_forged"),
        ((signed(V2)[0].replace(b"T1", b"T2"), signed(V2)[1]), "webhook_forged"),
        ((json.dumps(V2).encode(), signed(V2)[1]), "webhook_forged"),
        (signed(V2 | {"timestamp": STAMP - 300_001}), "webhook_stale"),
        (signed(V2 | {"timestamp": STAMP + 300_001}), "webhook_stale"),
        (signed(V2 | {"timestamp": STAMP // 1000}), "webhook_stale"),
        (signed(V2 | {"timestamp": "now"}), "webhook_unreadable"),
        (signed(V2 | {"timestamp": True}), "webhook_unreadable"),
        (signed(V2 | {"timestamp": 1e300}), "webhook_unreadable"),
        (signed(b'{"event": "meeting.transcribed", "meeting_id": "T1", "timestamp": NaN}'), "webhook_unreadable"),
        (signed({"event": TRANSCRIBED, "timestamp": STAMP}), "webhook_unreadable"),
        (signed(V2 | {"meeting_id": "x" * 256}), "webhook_unreadable"),
        (signed(b"[" * 100_000), "webhook_unreadable"),
        (signed(b" " * (1024 * 1024 + 1)), "webhook_unreadable"),
        (signed(b"\xff"), "webhook_unreadable"),
    ],
)
def test_calls_of_version_2_that_are_refused_in_words(call, code):
    with pytest.raises(WebhookRefused) as refusal:
        verify_v2(*call, secret=SECRET, now=NOW)

    assert (refusal.value.code, refusal.value.words[-1]) == (code, ".")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ((signed(V1)[0], {}), "webhook_unsigned"),
        (signed(V1, secret="another"), "webhook_forged"),
        (signed(V1 | {"eventType": "Meeting deleted"}), "webhook_unreadable"),
        (signed({"eventType": "Transcription completed"}), "webhook_unreadable"),
    ],
)
def test_calls_of_version_1_that_are_refused_in_words(call, code):
    with pytest.raises(WebhookRefused) as refusal:
        verify_v1(*call, secret=SECRET, now=NOW)

    assert refusal.value.code == code


def test_a_strangers_body_is_not_even_read():
    with pytest.raises(WebhookRefused) as refusal:
        verify(b"not json", {"X-Hub-Signature": "sha256=00"}, secret=SECRET, now=NOW)

    assert refusal.value.code == "webhook_forged"


# --- as the stand-in sends them ----------------------------------------------------------------------------------------


@pytest.fixture
def listener():
    with listening() as ear:
        yield ear


@pytest.fixture
def v2(sandbox, team, listener) -> Listener:
    sandbox.webhook(f"/fireflies/teams/{team['id']}", url=listener.address, secret=SECRET)
    return listener


def heard(listener: Listener) -> list[tuple[str, str]]:
    now = datetime.now(tz=UTC)
    deliveries = (verify(raw, headers, secret=SECRET, now=now) for raw, headers in listener.calls)
    return [(one.event, one.object_id) for one in deliveries]


def test_a_recorded_meeting_is_told_of_twice_over(v2, sandbox, team):
    made = sandbox.record(team["id"], client_reference_id="m-1")
    sandbox.deliveries(team["id"], done=2)

    assert heard(v2) == [(TRANSCRIBED, made["id"]), (SUMMARIZED, made["id"])]
    assert json.loads(v2.calls[0][0])["client_reference_id"] == "m-1"


def test_both_versions_beside_each_other(v2, sandbox, team):
    path = f"/fireflies/teams/{team['id']}"
    sandbox.webhook(path, url=v2.address, secret=SECRET, version="v1", has_prefix=False)
    made = sandbox.record(team["id"])
    sandbox.deliveries(team["id"], done=3)

    assert sorted(heard(v2)) == sorted([(TRANSCRIBED, made["id"]), (TRANSCRIBED, made["id"]), (SUMMARIZED, made["id"])])


def test_only_what_was_subscribed_comes(listener, sandbox, team, notes):
    joined = "meeting.bot_joined"
    sandbox.webhook(f"/fireflies/teams/{team['id']}", url=listener.address, secret=SECRET, events=[joined])
    sandbox.record(team["id"])
    notes.join("https://meet.google.com/abc-defg-hij")
    sandbox.deliveries(team["id"], done=1)

    assert [event for event, _ in heard(listener)] == [joined]


def test_the_same_webhook_twice_has_one_event_id(v2, sandbox, team):
    sandbox.fault("fireflies", team["id"], "webhook_twice")
    sandbox.record(team["id"])
    sandbox.deliveries(team["id"], done=2)

    now = datetime.now(tz=UTC)
    ids = [verify(raw, headers, secret=SECRET, now=now).event_id for raw, headers in v2.calls]
    assert (len(ids), len(set(ids)), ids[0]) == (3, 2, ids[1])


def test_the_summary_may_be_told_of_first(v2, sandbox, team, notes):
    sandbox.fault("fireflies", team["id"], "webhook_out_of_order")
    made = sandbox.record(team["id"])
    sandbox.deliveries(team["id"], done=2)

    assert heard(v2) == [(SUMMARIZED, made["id"]), (TRANSCRIBED, made["id"])]
    assert notes.transcript(made["id"]).is_final


def test_a_delayed_transcript_is_told_of_when_it_is_there(v2, sandbox, team, notes):
    sandbox.fault("fireflies", team["id"], "transcript_delayed", value=3600)
    made = sandbox.record(team["id"])
    assert (sandbox.deliveries(team["id"], done=1, seconds=0.5)[0]["state"], v2.calls) == ("waiting", [])

    sandbox.advance(3601)
    sandbox.deliveries(team["id"], done=2)

    assert heard(v2) == [(TRANSCRIBED, made["id"]), (SUMMARIZED, made["id"])]
    assert notes.transcript(made["id"]).is_final


@pytest.mark.parametrize(("fault", "code"), [("webhook_forged", "webhook_forged"), ("webhook_old", "webhook_stale")])
def test_webhooks_that_must_not_be_believed(v2, sandbox, team, fault, code):
    sandbox.fault("fireflies", team["id"], fault)
    sandbox.record(team["id"])
    sandbox.deliveries(team["id"], done=2)

    with pytest.raises(WebhookRefused) as refusal:
        heard(v2)
    assert refusal.value.code == code


def test_a_webhook_nobody_took_comes_again_under_the_same_event_id(v2, sandbox, team):
    v2.statuses = [500, 503]
    sandbox.fault("fireflies", team["id"], "summary_failed")
    sandbox.record(team["id"])

    [delivery] = sandbox.deliveries(team["id"], done=1)

    assert [one["status"] for one in delivery["tries"]] == [500, 503, 200]
    assert len({raw for raw, _ in v2.calls}) == 1


def test_what_the_portal_refuses_does_not_come_again(v2, sandbox, team):
    v2.statuses = [400]
    sandbox.record(team["id"])

    assert [row["state"] for row in sandbox.deliveries(team["id"], done=2)] == ["given up", "taken"]
    assert len(v2.calls) == 2
