"""Signing in to Salesforce: client credentials, authorization code with PKCE, refresh, revoke, who am I."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from integrations.sandbox.salesforce.errors import OAuthError, SalesforceError, invalid_session
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

SESSION_SECONDS = 2 * 3600
CODE_SECONDS = 600
SCOPE = "api id refresh_token"


def token(world: World, request: Request) -> Response:
    """The token endpoint. Raises OAuthError."""
    form = request.form
    grants = {"client_credentials": by_client, "authorization_code": by_code, "refresh_token": by_refresh}
    grant = grants.get(form.get("grant_type", ""))
    if grant is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return answer(grant(world, request), headers={"Cache-Control": "no-store"})


def authenticated_app(world: World, request: Request) -> Body:
    """The org whose app the caller proves to be, by HTTP Basic or in the body."""
    basic = request.authorization
    key = (basic.username if basic else None) or request.form.get("client_id", "")
    secret = (basic.password if basic else None) or request.form.get("client_secret", "")
    org = next((row for row in world.store.all("sf_org", "") if row["consumer_key"] == key), None)
    if org is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(secret.encode(), org["consumer_secret"].encode()):
        raise OAuthError("invalid_client", "invalid client credentials")
    if world.faults.on("salesforce", org["id"], "inactive_user"):
        raise OAuthError("inactive_user", "user is inactive")
    return org


def by_client(world: World, request: Request) -> Body:
    org = authenticated_app(world, request)
    if elsewhere := world.faults.take("salesforce", org["id"], "wrong_company"):
        org = world.store.get("sf_org", "", str(elsewhere["value"])) or org
    return session_for(world, org)


def by_code(world: World, request: Request) -> Body:
    org = authenticated_app(world, request)
    form = request.form
    row = world.store.get("sf_code", "", form.get("code", ""))
    if row is None or row["org"] != org["id"] or row["until"] < world.clock.timestamp():
        raise OAuthError("invalid_grant", "expired authorization code")
    if row["redirect_uri"] != form.get("redirect_uri"):
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    verify_challenge(row["challenge"], form.get("code_verifier", ""))
    world.store.remove("sf_code", "", row["code"])
    return session_for(world, org, refresh_token=new_refresh(world, org))


def verify_challenge(challenge: str, verifier: str) -> None:
    if not challenge:
        return
    if not verifier:
        raise OAuthError("invalid_grant", "invalid code verifier")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if digest != challenge:
        raise OAuthError("invalid_request", "invalid code verifier")


def by_refresh(world: World, request: Request) -> Body:
    org = authenticated_app(world, request)
    given = request.form.get("refresh_token", "")
    row = world.store.get("sf_refresh", org["id"], given)
    if row is None:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    if not org["rotates"]:
        return session_for(world, org)
    world.store.remove("sf_refresh", org["id"], given)
    return session_for(world, org, refresh_token=new_refresh(world, org))


def new_refresh(world: World, org: Body) -> str:
    made = "5Aep861" + secrets.token_urlsafe(40)
    world.store.put("sf_refresh", org["id"], made, {"made": world.clock.timestamp()})
    return made


def session_for(world: World, org: Body, **more: str) -> Body:
    """A fresh session of the org's integration user; there is no expires_in, as with the real one."""
    made = f"{org['id'][:15]}!AQEA{secrets.token_urlsafe(48)}"
    now = world.clock.timestamp()
    forget_dead_sessions(world, now)
    world.store.put("sf_token", "", made, {"org": org["id"], "user": org["user_id"], "until": now + SESSION_SECONDS})
    issued = str(int(now * 1000))
    identity = f"{world.addresses.salesforce}/id/{org['id']}/{org['user_id']}"
    signature = hmac.digest(org["consumer_secret"].encode(), (identity + issued).encode(), "sha256")
    return {
        "access_token": made,
        "signature": base64.b64encode(signature).decode(),
        "scope": SCOPE,
        "instance_url": world.addresses.salesforce,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
        **more,
    }


def forget_dead_sessions(world: World, now: float) -> None:
    for made in world.store.keys("sf_token", ""):
        row = world.store.get("sf_token", "", made)
        if row and row["until"] < now:
            world.store.remove("sf_token", "", made)


def session_of(world: World, request: Request) -> Body:
    """The session a call carries. Raises 401 INVALID_SESSION_ID."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    row = world.store.get("sf_token", "", given) if scheme.lower() in {"bearer", "oauth"} else None
    if row is None or row["until"] < world.clock.timestamp():
        raise invalid_session()
    return row


def expire_all(world: World, org_id: str) -> None:
    for made in world.store.keys("sf_token", ""):
        row = world.store.get("sf_token", "", made)
        if row and row["org"] == org_id:
            world.store.remove("sf_token", "", made)


def revoke_all(world: World, org_id: str) -> None:
    for made in world.store.keys("sf_refresh", org_id):
        world.store.remove("sf_refresh", org_id, made)


def authorize(world: World, request: Request) -> Response:
    """The user is taken as signed in and willing: straight back with a code."""
    asked = request.args
    org = next((row for row in world.store.all("sf_org", "") if row["consumer_key"] == asked.get("client_id")), None)
    if org is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if asked.get("redirect_uri") not in org["redirect_uris"]:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if asked.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type must be code")
    code = "aPrx" + secrets.token_urlsafe(40)
    row = {
        "code": code,
        "org": org["id"],
        "redirect_uri": asked["redirect_uri"],
        "challenge": asked.get("code_challenge", ""),
        "until": world.clock.timestamp() + CODE_SECONDS,
    }
    world.store.put("sf_code", "", code, row)
    back = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
    return redirect(f"{asked['redirect_uri']}?{urlencode(back)}")


def revoke(world: World, request: Request) -> Response:
    given = request.values.get("token", "")
    for row in world.store.all("sf_org", ""):
        world.store.remove("sf_refresh", row["id"], given)
    world.store.remove("sf_token", "", given)
    return answer({})


def userinfo(world: World, request: Request) -> Response:
    """Who the session belongs to; a bad token gets plain text, as from the real one."""
    try:
        session = session_of(world, request)
    except SalesforceError:
        return Response("Bad_OAuth_Token", 403, content_type="text/plain")
    user = world.store.get("sf:User", session["org"], session["user"]) or {}
    return answer(
        {
            "sub": f"{world.addresses.salesforce}/id/{session['org']}/{session['user']}",
            "user_id": session["user"],
            "organization_id": session["org"],
            "preferred_username": user.get("Username"),
            "name": user.get("Name"),
            "email": user.get("Email"),
            "active": True,
            "user_type": "STANDARD",
            "urls": {"rest": f"{world.addresses.salesforce}/services/data/v{{version}}/"},
        }
    )
