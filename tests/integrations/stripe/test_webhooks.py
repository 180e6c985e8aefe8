"""Calls from Stripe: believed only when they are signed by its scheme, recent and whole."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.engine.webhooks import WebhookRefused
from integrations.stripe.webhooks import verified
from tests.integrations.stripe.conftest import SECRET

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PAID = {
    "id": "evt_1", "object": "event", "type": "checkout.session.completed", "created": 1796126000,
    "data": {"object": {"id": "cs_test_1", "object": "checkout.session", "customer_email": "pay@acme.example"}},
}  # fmt: skip


def signed(body: object, *, at: datetime = NOW, secret: str = SECRET, scheme: str = "v1") -> tuple[bytes, dict]:
    """By hand, as Stripe documents it, so that the library is tried against something else than itself."""
    raw = body if isinstance(body, bytes) else json.dumps(body, indent=2).encode()
    stamp = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    return raw, {"Stripe-Signature": f"t={stamp},{scheme}={digest}"}


def test_an_event_of_stripe():
    delivery = verified(*signed(PAID), secret=SECRET, now=NOW + timedelta(minutes=5))

    assert (delivery.vendor, delivery.event, delivery.event_id, delivery.object_id) == (
        "stripe", "checkout.session.completed", "evt_1", "cs_test_1",
    )  # fmt: skip
    assert delivery.sent_at == datetime.fromtimestamp(1796126000, tz=UTC)
    assert dict(delivery.payload) == {}


def test_while_a_secret_is_changed_either_signature_will_do():
    raw, headers = signed(PAID)
    both = headers["Stripe-Signature"].replace(",v1=", ",v1=" + "0" * 64 + ",v1=")

    assert verified(raw, {"stripe-signature": both}, secret=SECRET, now=NOW).event_id == "evt_1"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ((signed(PAID)[0], {}), "webhook_unsigned"),
        (signed(PAID, secret="another"), "webhook_forged"),
        ((signed(PAID)[0] + b" ", signed(PAID)[1]), "webhook_forged"),
        (signed(PAID, scheme="v0"), "webhook_forged"),
        ((signed(PAID)[0], {"Stripe-Signature": "nonsense"}), "webhook_forged"),
        ((signed(PAID)[0], {"Stripe-Signature": signed(PAID)[1]["Stripe-Signature"].replace("t=", "t=1")}), "webhook_forged"),
        ((b"\xff\xfe", signed(PAID)[1]), "webhook_forged"),
        (signed(PAID, at=NOW - timedelta(minutes=5, seconds=1)), "webhook_stale"),
        (signed(PAID, at=NOW + timedelta(minutes=5, seconds=1)), "webhook_stale"),
        (signed(b"not json"), "webhook_unreadable"),
        (signed([]), "webhook_unreadable"),
        (signed(PAID | {"data": {"object": []}}), "webhook_unreadable"),
        (signed(PAID | {"data": "x"}), "webhook_unreadable"),
        (signed(PAID | {"id": ""}), "webhook_unreadable"),
        (signed(PAID | {"created": "today"}), "webhook_unreadable"),
        (signed(PAID | {"created": 10**30}), "webhook_unreadable"),
    ],
)  # fmt: skip
def test_calls_that_are_refused_in_words(call, code):
    with pytest.raises(WebhookRefused) as refusal:
        verified(*call, secret=SECRET, now=NOW)

    assert refusal.value.code == code
    assert refusal.value.words.endswith(".")


def test_without_a_secret_nothing_is_believed():
    with pytest.raises(WebhookRefused) as refusal:
        verified(*signed(PAID, secret=""), secret="", now=NOW)

    assert refusal.value.code == "webhook_unsigned"
