"""Google Workspaces, their people, and a service account that signs in with a key and may act for them."""

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.wrappers import Request, Response

from integrations.sandbox.google.errors import TokenRefused, invalid_credentials
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
SCOPES = {"https://www.googleapis.com/auth/calendar.events", "https://www.googleapis.com/auth/calendar"}
TOKEN_SECONDS = 3599
LONGEST_CLAIM = 3600
ENVIRONMENT_WORKSPACE = "ours"
NOT_SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
NOT_DELEGATED = (
    "Client is unauthorized to retrieve access tokens using this method, "
    "or client not authorized for any of the scopes requested."
)


def new_workspace(
    world: World, *, name: str, domain: str = "", users: Iterable[str] = (), is_delegated: bool = True, **more: Any
) -> Body:
    """A workspace: everybody of its e-mail `domain` is a user, and those of `users`. More: id, key (a key file)."""
    key = more.get("key") or new_key(world)
    row: Body = {
        "id": more.get("id") or secrets.token_hex(8),
        "name": name,
        "domain": domain.lower(),
        "users": [email.lower() for email in users],
        "is_delegated": is_delegated,
        "key": key,
    }
    world.store.put("google_workspace", "", row["id"], row)
    return row


def new_key(world: World) -> Body:
    """A key file as the console gives it out."""
    made = rsa.generate_private_key(65537, 2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    project = f"sandbox-{secrets.token_hex(3)}"
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": secrets.token_hex(20),
        "private_key": pem.decode(),
        "client_email": f"portal@{project}.iam.gserviceaccount.com",
        "client_id": str(10**20 + secrets.randbelow(10**20)),
        "token_uri": f"{world.addresses.google}/token",
    }


def keep_from_environment(world: World, environment: Mapping[str, str]) -> None:
    """The workspace whose service account the environment tells of, if it does."""
    if told := environment.get("SANDBOX_GOOGLE_SERVICE_ACCOUNT", ""):
        domain = environment.get("SANDBOX_MEETING_DOMAIN", "")
        new_workspace(world, name="InterWeave", domain=domain, id=ENVIRONMENT_WORKSPACE, key=json.loads(told))


def token(world: World, request: Request) -> Response:
    """The token endpoint, for signed claims of service accounts alone."""
    if request.form.get("grant_type") != GRANT:
        raise TokenRefused("unsupported_grant_type", f"Invalid grant_type: {request.form.get('grant_type', '')}")
    row, claims = proven(world, request.form.get("assertion", ""))
    scopes = set(str(claims.get("scope", "")).split())
    if not scopes or not scopes <= SCOPES:
        raise TokenRefused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    host = str(claims.get("sub") or "").lower()
    if host and (not row["is_delegated"] or world.faults.on("google", row["id"], "no_delegation")):
        raise TokenRefused("unauthorized_client", NOT_DELEGATED, 401)
    if host and host not in row["users"] and not host.endswith(f"@{row['domain'] or '-'}"):
        raise TokenRefused("invalid_grant", "Invalid email or User ID")
    made = f"ya29.c.{secrets.token_urlsafe(60)}"
    until = world.clock.timestamp() + TOKEN_SECONDS
    world.store.put("google_token", row["id"], made, {"workspace": row["id"], "host": host, "until": until})
    body = {"access_token": made, "expires_in": TOKEN_SECONDS, "token_type": "Bearer"}
    return answer(body, headers={"Cache-Control": "no-store"})


def proven(world: World, assertion: str) -> tuple[Body, Body]:
    """The workspace whose service account signed the claims, and the claims, checked by the machine's clock."""
    row = workspace_of(world, assertion)
    private = serialization.load_pem_private_key(row["key"]["private_key"].encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)  # noqa: S101 - we made it
    try:
        claims = jwt.decode(
            assertion,
            private.public_key(),
            algorithms=["RS256"],
            audience=[AUDIENCE, row["key"]["token_uri"]],
            leeway=60,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
        raise TokenRefused("invalid_grant", "Invalid JWT Signature.") from None
    except jwt.InvalidAudienceError:
        raise TokenRefused("invalid_grant", "Invalid JWT: Failed audience check.") from None
    except jwt.PyJWTError:
        raise TokenRefused("invalid_grant", NOT_SHORT_LIVED) from None
    if claims["exp"] - claims["iat"] > LONGEST_CLAIM:
        raise TokenRefused("invalid_grant", NOT_SHORT_LIVED)
    return row, claims


def workspace_of(world: World, assertion: str) -> Body:
    """The workspace of the service account that the claims name, signature unseen."""
    try:
        issuer = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError:
        raise TokenRefused("invalid_grant", "Bad Request") from None
    rows = world.store.all("google_workspace", "")
    found = next((row for row in rows if row["key"]["client_email"] == issuer), None)
    if found is None:
        raise TokenRefused("invalid_grant", "Invalid grant: account not found")
    return found


def session_of(world: World, request: Request) -> Body:
    """Workspace and host of the token a call carries. Raises 401."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    held = (world.store.get("google_token", row["id"], given) for row in world.store.all("google_workspace", ""))
    row = next((row for row in held if row), None)
    if scheme.lower() != "bearer" or row is None or row["until"] < world.clock.timestamp():
        raise invalid_credentials()
    return row


def expire_all(world: World, workspace: str) -> None:
    for given in world.store.keys("google_token", workspace):
        world.store.remove("google_token", workspace, given)
