"""Stripe's events: kept, and sent to the account's endpoint under the official scheme (t=…,v1=…)."""

import hashlib
import hmac
import json

from integrations.sandbox.courier import Signed
from integrations.sandbox.state import Body
from integrations.sandbox.stripe import ids
from integrations.sandbox.web import World

SCHEME = "stripe"
KIND = "stripe:event"
API_VERSION = "2026-10-28.endive"


def tell(world: World, account_id: str, event: str, about: Body) -> None:
    """Keep an event about an object as it is now, and send it if the account's endpoint asks for it."""
    content: Body = {
        "id": ids.new("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": int(world.clock.timestamp()),
        "data": {"object": ids.shown(about)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event,
    }
    world.store.put(KIND, account_id, content["id"], content)
    row = world.store.get("stripe_account", "", account_id) or {}
    webhook = row.get("webhook")
    if not webhook or not {"*", event} & set(webhook["events"]):
        return
    late, twice, forged, old = (
        world.faults.take("stripe", account_id, f"webhook_{fault}")
        for fault in ("out_of_order", "twice", "forged", "old")
    )
    world.courier.send(
        scheme=SCHEME,
        tenant=account_id,
        url=webhook["url"],
        secret=webhook["secret"],
        content=content,
        after=float(late["value"] or 2) if late else 0,
        copies=2 if twice else 1,
        forged=bool(forged),
        age=float(old["value"] or 600) if old else 0,
    )


def sign(delivery: Body, now: float) -> Signed:
    """The same event each time; the signature is of the moment it leaves."""
    raw, stamp = json.dumps(delivery["content"], indent=2).encode(), int(now)
    digest = hmac.new(delivery["secret"].encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    return raw, {"Stripe-Signature": f"t={stamp},v1={digest}"}
