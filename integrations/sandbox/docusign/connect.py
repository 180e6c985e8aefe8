"""Connect: what happens to envelopes, told by messages that carry one signature for each of the account's keys."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from integrations.sandbox.courier import Signed
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

SCHEME = "docusign"
FAULTS = {"copies": "webhook_twice", "forged": "webhook_forged", "age": "webhook_old", "late": "webhook_late"}


def tell(world: World, account_id: str, event: str, row: Body, **more: str) -> None:
    """Tell of one event: to the envelope's own address, else to the account's; to nobody when neither is there."""
    account = world.store.get("ds_account", "", account_id) or {}
    own, connect = row["notified"], account.get("connect") or {}
    url = own.get("url") or connect.get("url")
    if not url or (own and event not in own["events"]):
        return
    struck = {wish: world.faults.take("docusign", account_id, fault) for wish, fault in FAULTS.items()}
    content = {
        "event": event,
        "apiVersion": "v2.1",
        "uri": f"/restapi/v2.1/accounts/{account_id}/envelopes/{row['envelopeId']}",
        "retryCount": 0,
        "configurationId": 0 if own else 1,
        "data": {
            "accountId": account_id,
            "userId": account.get("user_id", ""),
            "envelopeId": row["envelopeId"],
            **more,
        },
    }
    wishes: Body = {
        "copies": 2 if struck["copies"] else 1,
        "forged": bool(struck["forged"]),
        "age": float(struck["age"]["value"] or 600) if struck["age"] else 0,
    }
    world.courier.send(
        scheme=SCHEME, tenant=account_id, url=url, secret=",".join(connect.get("keys") or []), content=content,
        after=float(struck["late"]["value"] or 30) if struck["late"] else 0, **wishes,
    )  # fmt: skip


def sign(delivery: Body, now: float) -> Signed:
    """The message was made when it first left; each key signs the very bytes."""
    made = datetime.fromtimestamp(delivery["fired"], tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    raw = json.dumps(delivery["content"] | {"generatedDateTime": made}).encode()
    keys = [one for one in delivery["secret"].split(",") if one]
    return raw, {f"X-DocuSign-Signature-{place}": signature(key, raw) for place, key in enumerate(keys, start=1)}


def signature(key: str, raw: bytes) -> str:
    return base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()
