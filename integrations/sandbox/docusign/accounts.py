"""DocuSign accounts: an integration that signs in as a user by a signed claim, once it has that user's consent."""

import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.wrappers import Request, Response

from integrations.sandbox.docusign.errors import TokenRefused, invalid_token
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

KIND = "ds_account"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = frozenset({"signature", "impersonation", "extended"})
NEEDED = frozenset({"signature", "impersonation"})
TOKEN_SECONDS, LONGEST_CLAIM = 3600, 3600
ENVIRONMENT = {
    "id": "SANDBOX_DOCUSIGN_ACCOUNT_ID",
    "integration_key": "SANDBOX_DOCUSIGN_INTEGRATION_KEY",
    "user_id": "SANDBOX_DOCUSIGN_USER_ID",
    "private_key": "SANDBOX_DOCUSIGN_PRIVATE_KEY",
}


def new_account(world: World, *, name: str, has_consent: bool = True, **more: Any) -> Body:
    """An account with one integration and one user. More: id, integration_key, user_id, private_key, connect."""
    private_key = more.pop("private_key", "") or new_key()
    row: Body = {
        "id": str(uuid.uuid4()),
        "name": name,
        "integration_key": str(uuid.uuid4()),
        "user_id": str(uuid.uuid4()),
        "public_key": public_half(private_key),
        "has_consent": has_consent,
        "connect": {"url": "", "keys": []},
        **more,
    }
    world.store.put(KIND, "", row["id"], row)
    return row | {"private_key": private_key}


def new_key() -> str:
    """A key pair as the console makes one: only the private half is given out, once."""
    made = rsa.generate_private_key(65537, 2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def public_half(private_key: str) -> str:
    public = serialization.load_pem_private_key(private_key.encode(), None).public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def keep_from_environment(world: World, environment: Mapping[str, str]) -> None:
    """The account the environment tells of, if it does: the portal of this rehearsal holds its key."""
    told: dict[str, Any] = {name: environment.get(word, "") for name, word in ENVIRONMENT.items()}
    if not all(told.values()):
        return
    keys = [one for one in environment.get("SANDBOX_DOCUSIGN_CONNECT_KEYS", "").split(",") if one]
    connect = {"url": environment.get("SANDBOX_DOCUSIGN_CONNECT_URL", ""), "keys": keys}
    new_account(world, name="InterWeave", connect=connect, **told)


def token(world: World, request: Request) -> Response:
    """The token endpoint, for the JWT grant alone."""
    if request.form.get("grant_type") != GRANT:
        raise TokenRefused("invalid_grant", "unsupported_grant_type")
    row, claims = proven(world, request.form.get("assertion", ""))
    scopes = frozenset(str(claims.get("scope", "")).split())
    if not scopes or not scopes <= SCOPES:
        raise TokenRefused("invalid_scope")
    if str(claims.get("sub", "")).lower() != row["user_id"].lower():
        raise TokenRefused("invalid_grant", "user_not_found")
    if not row["has_consent"] or world.faults.on("docusign", row["id"], "no_consent"):
        raise TokenRefused("consent_required")
    made = f"eyJ0eXAiOiJNVCJ9.{secrets.token_urlsafe(60)}"
    until = world.clock.timestamp() + TOKEN_SECONDS
    world.store.put("ds_token", row["id"], made, {"account": row["id"], "until": until, "scopes": sorted(scopes)})
    body = {
        "access_token": made,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(sorted(scopes)),
    }
    return answer(body, headers={"Cache-Control": "no-store"})


def proven(world: World, assertion: str) -> tuple[Body, Body]:
    """The account whose integration signed the claims, and the claims, checked by the machine's clock."""
    row = account_of(world, assertion)
    try:
        claims = jwt.decode(
            assertion,
            row["public_key"],
            algorithms=["RS256"],
            audience=world.addresses.docusign.removeprefix("https://"),
            leeway=5,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "scope"]},
        )
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
        raise TokenRefused("invalid_grant", "no_valid_keys_or_signatures") from None
    except jwt.ExpiredSignatureError:
        raise TokenRefused("invalid_grant", "expired_assertion") from None
    except jwt.InvalidAudienceError:
        raise TokenRefused("invalid_grant", "invalid_audience") from None
    except jwt.PyJWTError as error:
        raise TokenRefused("invalid_grant", str(error)) from None
    if claims["exp"] - claims["iat"] > LONGEST_CLAIM:
        raise TokenRefused("invalid_grant", "lifetime_too_long")
    return row, claims


def account_of(world: World, assertion: str) -> Body:
    """The account of the integration the claims name, signature unseen."""
    try:
        issuer = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError:
        raise TokenRefused("invalid_grant", "assertion_malformed") from None
    found = next((row for row in world.store.all(KIND, "") if row["integration_key"] == issuer), None)
    if found is None:
        raise TokenRefused("invalid_grant", "issuer_not_found")
    return found


def user_info(world: World, session: Body) -> Response:
    """Who the token acts as, and where the account lives."""
    row = world.store.get(KIND, "", session["account"]) or {}
    account = {
        "account_id": row["id"],
        "account_name": row["name"],
        "is_default": True,
        "base_uri": world.addresses.docusign,
    }
    person = {"sub": row["user_id"], "name": "Portal", "email": "portal@interweave.example", "accounts": [account]}
    return answer(person)


def session_of(world: World, request: Request) -> Body:
    """Account and scopes of the token a call carries. Raises AUTHORIZATION_INVALID_TOKEN."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    held = (world.store.get("ds_token", row["id"], given) for row in world.store.all(KIND, ""))
    row = next((row for row in held if row), None)
    if scheme.lower() != "bearer" or row is None or row["until"] < world.clock.timestamp():
        raise invalid_token()
    return row


def expire_all(world: World, account_id: str) -> None:
    for given in world.store.keys("ds_token", account_id):
        world.store.remove("ds_token", account_id, given)
