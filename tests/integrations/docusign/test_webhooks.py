"""DocuSign's calls at the door: taken once when any of our keys signed them just now, refused in words otherwise."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from onboarding.models import WebhookDelivery
from tests.integrations.sandbox_fixture import RunningSandbox

pytestmark = pytest.mark.django_db
NEW, OLD = "the-new-key", "the-old-key"
ENVELOPE = "4f1d2c3b-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _keys(settings) -> None:
    settings.DOCUSIGN_CONNECT_KEYS = [NEW, OLD]


def body(*, age: float = 0, **other: Any) -> dict[str, Any]:
    made = datetime.now(UTC) - timedelta(seconds=age)
    told = {"event": "envelope-completed", "generatedDateTime": made.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")}
    return {**told, "data": {"accountId": "a", "envelopeId": ENVELOPE}, **other}


def signature(key: str, raw: bytes) -> str:
    return base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()


def call(told: Any = None, *, keys: tuple[str, ...] = (NEW,), **more: Any) -> Any:
    raw = told if isinstance(told, bytes) else json.dumps(told or body()).encode()
    headers = {f"X-DocuSign-Signature-{place}": signature(key, raw) for place, key in enumerate(keys, start=1)}
    sent = {"content_type": "application/json", "headers": headers} | more
    return Client().post("/webhooks/docusign/", raw, **sent)


@pytest.mark.parametrize(
    "keys", [(NEW,), (OLD,), ("a stranger's", OLD)], ids=["the new key", "the old one", "the second signature"]
)
def test_any_of_our_keys_will_do(keys):
    told = body()

    replies = [call(told, keys=keys).status_code for _ in range(2)]

    kept = WebhookDelivery.objects.get()
    assert replies == [204, 204]
    assert (kept.provider, kept.event, kept.object_id) == ("docusign", "envelope-completed", ENVELOPE)
    assert kept.event_id == f"envelope-completed:{ENVELOPE}::{told['generatedDateTime']}"


def test_a_call_sent_again_after_an_outage_is_taken():
    told = body(age=6 * 3600)

    assert (call(told).status_code, WebhookDelivery.objects.get().object_id) == (204, ENVELOPE)


def test_two_signers_at_one_moment_are_two_calls():
    told = body(event="recipient-completed")
    for recipient in "12":
        call(told | {"data": {"envelopeId": ENVELOPE, "recipientId": recipient}})

    assert WebhookDelivery.objects.count() == 2


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda: call(keys=("a stranger's",)), 401, "webhook_forged"),
        (lambda: call(keys=()), 401, "webhook_unsigned"),
        (lambda: call(headers={"X-DocuSign-Signature-1": "é"}), 401, "webhook_forged"),
        (lambda: call(body(age=15 * 86400 + 1)), 400, "webhook_stale"),
        (lambda: call(body(age=-301)), 400, "webhook_stale"),
        (lambda: call(b"no json"), 400, "webhook_unreadable"),
        (lambda: call({"event": "envelope-completed"}), 400, "webhook_unreadable"),
        (lambda: call(body(data=[])), 400, "webhook_unreadable"),
        (lambda: call(body(generatedDateTime="just now")), 400, "webhook_unreadable"),
        (lambda: call(content_type="text/xml"), 415, "webhook_unreadable"),
    ],
    ids=[
        "a stranger's key", "no signature", "no ASCII", "too old", "from the future", "no JSON", "no envelope",
        "no object", "no moment", "XML",
    ],
)  # fmt: skip
def test_what_is_not_theirs_or_not_whole_is_refused_in_words(ask, status, code):
    reply = ask()

    told = reply.json()
    assert (reply.status_code, told["code"]) == (status, code)
    assert told["detail"].endswith(".")
    assert not WebhookDelivery.objects.exists()


def test_a_changed_body_does_not_fit_its_signature():
    raw = json.dumps(body()).encode()
    given = {"X-DocuSign-Signature-1": signature(NEW, raw)}

    reply = call(raw.replace(b"completed", b"declined!"), headers=given)

    assert (reply.status_code, WebhookDelivery.objects.count()) == (401, 0)


def test_without_a_key_there_is_nothing_here(settings):
    settings.DOCUSIGN_CONNECT_KEYS = []

    assert (call().status_code, Client().get("/webhooks/docusign/").status_code) == (404, 405)


@pytest.mark.django_db(transaction=True)
def test_the_stand_in_delivers_to_the_real_door(live_server, sandbox: RunningSandbox, outbound, docusign, account):
    outbound.DOCUSIGN_CONNECT_KEYS = ["connect-key-old"]
    envelope = docusign.create_envelope(
        b"%PDF-1.7", name="MSA.pdf", signers=[], subject="Agreement", key="MSA-1", days=9,
        callback=f"{live_server.url}/webhooks/docusign/",
    )  # fmt: skip
    faults = {"webhook_twice": None, "webhook_forged": None, "webhook_old": 16 * 86400}
    for number, fault in enumerate(["", *faults]):
        if fault:
            sandbox.fault("docusign", account["id"], fault, value=faults[fault])
        sandbox.at_docusign(account["id"], envelope, "void", reason=f"{number}")
    found = sandbox.deliveries(account["id"], done=4)

    assert [[one["status"] for one in row["tries"]] for row in found] == [[204], [204, 204], [401], [400]]
    assert list(WebhookDelivery.objects.values_list("event", flat=True)) == ["envelope-voided"] * 2
