"""Intuit's OAuth: codes from the consent page, tokens that rotate, and what kills them."""

import base64
import hmac
import json
import secrets
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from werkzeug.wrappers import Request, Response

from integrations.sandbox.quickbooks.errors import TokenRefused, Unauthenticated, wrong_realm
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

ACCOUNTING = "com.intuit.quickbooks.accounting"
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 100 * 86400
HARD_SECONDS = 5 * 365 * 86400
ROTATE_AFTER = 86400
CODE_SECONDS = 600
REFRESH_TAKES = 0.03  # the time in which a second refresh of the same token counts as parallel
KEY_BITS = 2048
KEY_NAME = "sandbox-1"


def discovery(world: World, request: Request) -> Response:
    here = world.addresses.quickbooks
    return answer(
        {
            "issuer": here,
            "authorization_endpoint": f"{world.addresses.consent}/connect/oauth2",
            "token_endpoint": f"{here}/oauth2/v1/tokens/bearer",
            "userinfo_endpoint": f"{here}/v1/openid_connect/userinfo",
            "revocation_endpoint": f"{here}/v2/oauth2/tokens/revoke",
            "jwks_uri": f"{here}/v1/openid_connect/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone", ACCOUNTING],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }
    )


def app(world: World) -> Body:
    """Our one Intuit app; its id and secret are kept from the first start on."""
    row = world.store.get("qb_app", "", "app")
    if row is None:
        row = {"client_id": "AB" + secrets.token_hex(24), "client_secret": secrets.token_hex(20), "redirect_uris": []}
        world.store.put("qb_app", "", "app", row)
    return row


def prove_app(world: World, request: Request) -> None:
    """HTTP Basic only. Raises 401 invalid_client."""
    own, given = app(world), request.authorization
    right = given is not None and given.type == "basic"
    pairs = ((given.username, own["client_id"]), (given.password, own["client_secret"])) if given and right else ()
    if not pairs or not all(hmac.compare_digest(str(mine).encode(), str(theirs).encode()) for mine, theirs in pairs):
        raise TokenRefused("invalid_client", "Invalid client credentials", 401)


def new_code(world: World, *, realm: str, scope: str, redirect_uri: str) -> str:
    code = "AB11" + secrets.token_urlsafe(32)
    row = {
        "realm": realm,
        "scope": scope,
        "redirect_uri": redirect_uri,
        "until": world.clock.timestamp() + CODE_SECONDS,
    }
    world.store.put("qb_code", "", code, row)
    return code


def by_code(world: World, request: Request) -> Response:
    given = request.form.get("code", "")
    row = world.store.get("qb_code", "", given)
    if row is None or row["until"] < world.clock.timestamp():
        raise TokenRefused("invalid_grant", "Invalid authorization code")
    if row["redirect_uri"] != request.form.get("redirect_uri"):
        raise TokenRefused("invalid_grant", "Redirect URI does not match")
    world.store.remove("qb_code", "", given)
    now = world.clock.timestamp()
    family = secrets.token_hex(8)
    row = {"id": family, "realm": row["realm"], "scope": row["scope"], "born": now, "refresh": "", "refresh_made": 0.0}
    return granted(world, request, renewed(world, row), with_identity=True)


def by_refresh(world: World, request: Request) -> Response:
    """A new access token; the refresh token's value changes once a day. Called with the store locked."""
    family = family_of(world, request.form.get("refresh_token", ""))
    if family is None:
        raise TokenRefused("invalid_grant", "Incorrect or invalid refresh token")
    now = world.clock.timestamp()
    too_old = now - family["refreshed"] > REFRESH_SECONDS or now - family["born"] > HARD_SECONDS
    if too_old:
        world.store.remove("qb_family", "", family["id"])
        raise TokenRefused("invalid_grant", "Token expired")
    return granted(world, request, renewed(world, family))


def renewed(world: World, family: Body) -> Body:
    now = world.clock.timestamp()
    if not family["refresh"] or now - family["refresh_made"] >= ROTATE_AFTER:
        family = family | {"refresh": f"RT1-{secrets.token_urlsafe(30)}", "refresh_made": now}
    family = family | {"refreshed": now}
    world.store.put("qb_family", "", family["id"], family)
    return family


def granted(world: World, request: Request, family: Body, *, with_identity: bool = False) -> Response:
    now = world.clock.timestamp()
    forget_dead_tokens(world, now)
    access = f"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..{secrets.token_urlsafe(60)}"
    row = {"family": family["id"], "realm": family["realm"], "scope": family["scope"], "until": now + ACCESS_SECONDS}
    world.store.put("qb_token", "", access, row)
    body: Body = {
        "token_type": "bearer",
        "access_token": access,
        "expires_in": ACCESS_SECONDS,
        "refresh_token": family["refresh"],
        "x_refresh_token_expires_in": REFRESH_SECONDS,
    }
    if request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true":
        body["x_refresh_token_hard_expires_in"] = int(family["born"] + HARD_SECONDS - now)
    if with_identity and "openid" in family["scope"].split():
        body["id_token"] = identity_token(world, family)
    return answer(body, headers={"Cache-Control": "no-cache, no-store"})


def forget_dead_tokens(world: World, now: float) -> None:
    for access in world.store.keys("qb_token", ""):
        row = world.store.get("qb_token", "", access)
        if row and row["until"] < now - ACCESS_SECONDS:
            world.store.remove("qb_token", "", access)


def family_of(world: World, refresh: str) -> Body | None:
    return next((row for row in world.store.all("qb_family", "") if refresh and row["refresh"] == refresh), None)


def kill_family(world: World, family_id: str) -> None:
    """The refresh token and every access token that came of it die."""
    world.store.remove("qb_family", "", family_id)
    drop_tokens(world, "family", family_id)


def drop_tokens(world: World, what: str, value: str) -> None:
    for access in world.store.keys("qb_token", ""):
        row = world.store.get("qb_token", "", access)
        if row and row[what] == value:
            world.store.remove("qb_token", "", access)


def expire_all(world: World, realm: str) -> None:
    drop_tokens(world, "realm", realm)


def revoke_all(world: World, realm: str) -> None:
    for row in [row for row in world.store.all("qb_family", "") if row["realm"] == realm]:
        kill_family(world, row["id"])


def revoke(world: World, request: Request) -> Response:
    prove_app(world, request)
    given = (request.get_json(silent=True) or {}).get("token") or request.form.get("token", "")
    access = world.store.get("qb_token", "", given)
    family = family_of(world, given)
    if access is None and family is None:
        raise TokenRefused("invalid_grant", "Invalid token")
    kill_family(world, access["family"] if access else family["id"] if family else "")
    return Response(status=200)


def session_of(world: World, request: Request, realm: str = "") -> Body:
    """The token a call carries, good for that company. Raises 401 code 3200 or 403 code 3100."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    row = world.store.get("qb_token", "", given) if scheme.lower() == "bearer" else None
    if row is None or row["until"] < world.clock.timestamp():
        raise Unauthenticated("Token expired: AB01234567890" if row else "Token revoked")
    if realm and (row["realm"] != realm or ACCOUNTING not in row["scope"].split()):
        raise wrong_realm()
    return row


def userinfo(world: World, request: Request) -> Response:
    row = session_of(world, request)
    return answer(
        {"sub": "sandbox-admin", "email": "admin@example.com", "emailVerified": True, "realmid": row["realm"]}
    )


def signing_key(world: World) -> rsa.RSAPrivateKey:
    row = world.store.get("qb_app", "", "key")
    if row is None:
        made = rsa.generate_private_key(65537, KEY_BITS)
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        row = {"pem": pem.decode()}
        world.store.put("qb_app", "", "key", row)
    loaded = serialization.load_pem_private_key(row["pem"].encode(), None)
    assert isinstance(loaded, rsa.RSAPrivateKey)  # noqa: S101 - we made it
    return loaded


def jwks(world: World, request: Request) -> Response:
    numbers = signing_key(world).public_key().public_numbers()
    words = {
        name: packed(value.to_bytes((value.bit_length() + 7) // 8))
        for name, value in (("n", numbers.n), ("e", numbers.e))
    }
    return answer({"keys": [{"kty": "RSA", "kid": KEY_NAME, "use": "sig", "alg": "RS256", **words}]})


def identity_token(world: World, family: Body) -> str:
    now = int(time.time())  # the client checks it against the machine's clock
    head = {"alg": "RS256", "kid": KEY_NAME, "typ": "JWT"}
    claims = {
        "sub": "sandbox-admin",
        "aud": [app(world)["client_id"]],
        "realmid": family["realm"],
        "auth_time": now,
        "iss": world.addresses.quickbooks,
        "exp": now + ACCESS_SECONDS,
        "iat": now,
    }
    body = ".".join(packed(json.dumps(part).encode()) for part in (head, claims))
    signature = signing_key(world).sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{body}.{packed(signature)}"


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
