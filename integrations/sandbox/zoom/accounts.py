"""Zoom accounts, their people, and server-to-server sign-in."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer
from integrations.sandbox.zoom.errors import TokenRefused, invalid_token, no_user

TOKEN_SECONDS = 3600
SCOPES = (
    "meeting:write:meeting:admin meeting:update:meeting:admin meeting:delete:meeting:admin meeting:read:meeting:admin "
    "meeting:read:list_meetings:admin meeting:read:past_meeting:admin meeting:read:list_past_participants:admin"
)
ENVIRONMENT = {
    "id": "SANDBOX_ZOOM_ACCOUNT_ID",
    "client_id": "SANDBOX_ZOOM_CLIENT_ID",
    "client_secret": "SANDBOX_ZOOM_CLIENT_SECRET",
}


def new_account(world: World, *, name: str, domain: str = "", users: Iterable[str] = (), **more: Any) -> Body:
    """An account: everybody of its e-mail `domain` is a user, and those of `users`. More: id, client_id, client_secret."""
    row: Body = {
        "id": secrets.token_urlsafe(16),
        "name": name,
        "client_id": secrets.token_urlsafe(16),
        "client_secret": secrets.token_urlsafe(24),
        "domain": domain.lower(),
        "users": {},
        "scopes": SCOPES,
        "webhook": None,
        **more,
    }
    for email in users:
        row["users"][email.lower()] = new_user(email)
    world.store.put("zoom_account", "", row["id"], row)
    return row


def new_user(email: str) -> Body:
    digest = hashlib.sha256(email.lower().encode()).digest()
    return {
        "id": base64.urlsafe_b64encode(digest)[:22].decode(),
        "email": email.lower(),
        "name": email.partition("@")[0].replace(".", " ").title(),
        "is_licensed": True,
    }


def keep_from_environment(world: World, environment: Mapping[str, str]) -> None:
    """The account the environment tells of, if it does: the portal of this rehearsal knows its secrets."""
    told = {name: environment.get(word, "") for name, word in ENVIRONMENT.items()}
    if not all(told.values()):
        return
    row = world.store.get("zoom_account", "", told["id"])
    row = row or new_account(world, name="InterWeave", domain=environment.get("SANDBOX_MEETING_DOMAIN", ""), **told)
    url, secret = environment.get("SANDBOX_ZOOM_WEBHOOK_URL", ""), environment.get("SANDBOX_ZOOM_WEBHOOK_SECRET", "")
    webhook = {"url": url, "secret": secret, "is_validated": True} if url and secret else row["webhook"]
    world.store.put("zoom_account", "", row["id"], row | told | {"webhook": webhook})


def account(world: World, account_id: str) -> Body:
    return world.store.get("zoom_account", "", account_id) or {}


def user_of(world: World, account_id: str, name: str) -> Body:
    """A user by id or e-mail address. Raises 1001; `me` means nobody to a server-to-server app."""
    row, wanted = account(world, account_id), name.lower()
    found: Body | None = row["users"].get(wanted)
    found = found or next((user for user in row["users"].values() if user["id"] == name), None)
    if found is None and row["domain"] and wanted.endswith(f"@{row['domain']}"):
        found = new_user(wanted)
        world.store.put("zoom_account", "", account_id, row | {"users": {**row["users"], wanted: found}})
    if found is None:
        raise no_user(name)
    return found


def token(world: World, request: Request, account_id: str) -> Response:
    """The token endpoint, for the account_credentials grant alone."""
    row = account(world, account_id)
    asked = request.values
    if asked.get("grant_type") != "account_credentials":
        raise TokenRefused("unsupported_grant_type", "unsupported grant type")
    if asked.get("account_id") != row["id"]:
        raise TokenRefused("invalid_request", "Bad Request")
    if world.faults.on("zoom", row["id"], "app_ended"):
        raise TokenRefused("unauthorized_client", "The app has been deactivated")
    if world.faults.on("zoom", row["id"], "single_token"):
        expire_all(world, row["id"])
    made = f"ey{secrets.token_urlsafe(60)}"
    until = world.clock.timestamp() + TOKEN_SECONDS
    world.store.put("zoom_token", row["id"], made, {"account": row["id"], "until": until, "scopes": row["scopes"]})
    body = {
        "access_token": made,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": row["scopes"],
        "api_url": world.addresses.zoom,
    }
    return answer(body, headers={"Cache-Control": "no-store"})


def proven(world: World, request: Request) -> Body:
    """The account whose app shows its id and secret by HTTP Basic."""
    given = request.authorization
    rows = world.store.all("zoom_account", "") if given and given.type == "basic" and given.username else []
    row = next((row for row in rows if given and row["client_id"] == given.username), None)
    if row is None or not hmac.compare_digest(str(given and given.password).encode(), row["client_secret"].encode()):
        raise TokenRefused("invalid_client", "Invalid client_id or client_secret")
    return row


def session_of(world: World, request: Request) -> Body:
    """Account and scopes of the token a call carries. Raises 124."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise invalid_token()
    rows = (world.store.get("zoom_token", row["id"], given) for row in world.store.all("zoom_account", ""))
    row = next((row for row in rows if row), None)
    if row is None:
        raise invalid_token()
    if row["until"] < world.clock.timestamp():
        raise invalid_token("Access token is expired.")
    return row


def expire_all(world: World, account_id: str) -> None:
    for given in world.store.keys("zoom_token", account_id):
        world.store.remove("zoom_token", account_id, given)
