"""Accounts at Stripe: a secret key, and the endpoint that events are sent to."""

import hmac
import secrets
from collections.abc import Mapping

from werkzeug.wrappers import Request

from integrations.sandbox.state import Body
from integrations.sandbox.stripe.errors import no_key, wrong_key
from integrations.sandbox.web import World

ENVIRONMENT_ACCOUNT = "acct_ours"
KIND = "stripe_account"


def new_account(world: World, *, name: str, account_id: str = "", secret_key: str = "") -> Body:
    row: Body = {
        "id": account_id or f"acct_{secrets.token_hex(8)}",
        "name": name,
        "secret_key": secret_key or f"sk_test_{secrets.token_urlsafe(24)}",
        "webhook": None,
    }
    world.store.put(KIND, "", row["id"], row)
    return row


def keep_from_environment(world: World, environment: Mapping[str, str]) -> None:
    """The account the environment tells of, if it does: the portal of this rehearsal knows its key."""
    key = environment.get("SANDBOX_STRIPE_API_KEY", "")
    if not key:
        return
    row = world.store.get(KIND, "", ENVIRONMENT_ACCOUNT)
    row = row or new_account(world, name="InterWeave", account_id=ENVIRONMENT_ACCOUNT)
    url, secret = (
        environment.get("SANDBOX_STRIPE_WEBHOOK_URL", ""),
        environment.get("SANDBOX_STRIPE_WEBHOOK_SECRET", ""),
    )
    webhook = {"url": url, "secret": secret, "events": ["*"]} if url and secret else row["webhook"]
    world.store.put(KIND, "", row["id"], row | {"secret_key": key, "webhook": webhook})


def account_of(world: World, request: Request) -> Body:
    """The account whose key a call carries, as Bearer or as the user of Basic."""
    given = request.authorization
    key = (given.token if given.type == "bearer" else given.username) if given else ""
    if not key:
        raise no_key()
    rows = world.store.all(KIND, "")
    found = next((row for row in rows if hmac.compare_digest(row["secret_key"].encode(), key.encode())), None)
    if found is None:
        raise wrong_key(key)
    return found
