"""Teams at Fireflies: a key, an owner, the addresses of webhooks in both versions."""

import hmac
import secrets
from collections.abc import Mapping

from werkzeug.wrappers import Request

from integrations.sandbox.fireflies.errors import auth_failed
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

ENVIRONMENT_TEAM = "ours"
EVENTS = ("meeting.transcribed", "meeting.summarized")


def new_team(world: World, *, name: str, team_id: str = "", api_key: str = "", email: str = "") -> Body:
    row: Body = {
        "id": team_id or secrets.token_hex(8),
        "name": name,
        "api_key": api_key or secrets.token_hex(18),
        "user_id": f"01{secrets.token_hex(12).upper()}",
        "email": email or "notes@ours.example",
        "webhooks": {},
        "tells_by_status": True,
    }
    world.store.put("ff_team", "", row["id"], row)
    return row


def keep_from_environment(world: World, environment: Mapping[str, str]) -> None:
    """The team the environment tells of, if it does: the portal of this rehearsal knows its key."""
    key = environment.get("SANDBOX_FIREFLIES_API_KEY", "")
    if not key:
        return
    row = world.store.get("ff_team", "", ENVIRONMENT_TEAM)
    row = row or new_team(world, name="InterWeave", team_id=ENVIRONMENT_TEAM)
    url, secret = environment.get("SANDBOX_FIREFLIES_WEBHOOK_URL", ""), environment.get("SANDBOX_FIREFLIES_SECRET", "")
    webhooks = {"v2": webhook(url, secret)} if url and secret else row["webhooks"]
    world.store.put("ff_team", "", ENVIRONMENT_TEAM, row | {"api_key": key, "webhooks": webhooks})


def webhook(url: str, secret: str, *, events: tuple[str, ...] = EVENTS, has_prefix: bool = True) -> Body:
    return {"url": url, "secret": secret, "events": list(events), "has_prefix": has_prefix}


def team_of(world: World, request: Request) -> Body:
    """The team whose key a call carries. Raises auth_failed."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    rows = world.store.all("ff_team", "") if scheme.lower() == "bearer" and given else []
    found = next((row for row in rows if hmac.compare_digest(row["api_key"].encode(), given.encode())), None)
    if found is None:
        raise auth_failed()
    return found
