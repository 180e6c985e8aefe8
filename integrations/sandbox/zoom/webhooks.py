"""Zoom's events: signed with time stamp and raw body, after the address has proven that it is ours."""

import hashlib
import hmac
import json
import secrets

from integrations.sandbox.courier import Signed
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

SCHEME, CHALLENGE = "zoom", "endpoint.url_validation"
TOLD = ("uuid", "id", "host_id", "topic", "type", "start_time", "duration", "timezone")


def tell(world: World, account_id: str, event: str, row: Body, **more: str) -> None:
    """Send an event to the account's address, if it has one that was validated."""
    webhook = (world.store.get("zoom_account", "", account_id) or {}).get("webhook")
    if not webhook or not webhook["is_validated"]:
        return
    about = {name: row[name] for name in TOLD} | {"id": str(row["id"])} | more
    strikes = {
        name: world.faults.take("zoom", account_id, fault)
        for name, fault in (("copies", "webhook_twice"), ("forged", "webhook_forged"), ("age", "webhook_old"))
    }
    wishes = {
        "copies": 2 if strikes["copies"] else 1,
        "forged": bool(strikes["forged"]),
        "age": float(strikes["age"]["value"] or 600) if strikes["age"] else 0,
    }
    send(world, account_id, webhook, {"event": event, "payload": {"account_id": account_id, "object": about}}, wishes)


def challenge(world: World, account_id: str, webhook: Body) -> None:
    """Ask the address to prove itself."""
    content = {"event": CHALLENGE, "payload": {"plainToken": secrets.token_urlsafe(16)}}
    send(world, account_id, webhook, content, {})


def send(world: World, account_id: str, webhook: Body, content: Body, wishes: Body) -> None:
    world.courier.send(
        scheme=SCHEME, tenant=account_id, url=webhook["url"], secret=webhook["secret"], content=content, **wishes
    )


def sign(delivery: Body, now: float) -> Signed:
    """The event keeps its moment; the signature is of now."""
    raw = json.dumps(delivery["content"] | {"event_ts": int(delivery["fired"] * 1000)}).encode()
    stamp = str(int(now))
    digest = hexdigest(delivery["secret"], f"v0:{stamp}:".encode() + raw)
    return raw, {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={digest}"}


def hexdigest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def answered(world: World, delivery: Body, result: Body) -> None:
    """An address that answered its challenge rightly gets the events."""
    if delivery["content"]["event"] != CHALLENGE or result["status"] != 200:
        return
    plain = delivery["content"]["payload"]["plainToken"]
    row = world.store.get("zoom_account", "", delivery["tenant"])
    expected = {"plainToken": plain, "encryptedToken": hexdigest(delivery["secret"], plain.encode())}
    if row and row["webhook"] and result["answer"] == expected:
        webhook = row["webhook"] | {"is_validated": True}
        world.store.put("zoom_account", "", row["id"], row | {"webhook": webhook})
