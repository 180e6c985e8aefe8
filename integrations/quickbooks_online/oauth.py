"""Intuit's consent: the page we send people to, the code they bring back, tokens that must be renewed one at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from intuitlib.client import AuthClient

from integrations import net
from integrations.addresses import Rules
from integrations.quickbooks_online.errors import VENDOR, translated

RULES = Rules(
    vendor=VENDOR,
    hosts=(
        "quickbooks.api.intuit.com",
        "sandbox-quickbooks.api.intuit.com",
        "qb.api.intuit.com",
        "oauth.platform.intuit.com",
        "developer.api.intuit.com",
        "developer.intuit.com",
    ),
    request_id_header="intuit_tid",
    max_bytes=8 * 1024 * 1024,  # a page of a thousand customers
)
ACCOUNTING = "com.intuit.quickbooks.accounting"
CUSTOM_FIELDS = "app-foundations.custom-field-definitions"


@dataclass(frozen=True, kw_only=True)
class App:
    """Our app at Intuit. `discovery` is production, sandbox or the address of a discovery document."""

    client_id: str
    client_secret: str
    redirect_uri: str
    discovery: str
    api_url: str
    scopes: tuple[str, ...] = (ACCOUNTING, CUSTOM_FIELDS)

    @property
    def graphql_url(self) -> str:
        """Where custom field definitions live."""
        return "https://qb.api.intuit.com/graphql" if self.is_intuit else f"{self.api_url}/graphql"

    @property
    def is_intuit(self) -> bool:
        """False for stand-ins."""
        return self.api_url.removesuffix("/").endswith(".intuit.com")

    @property
    def is_sandbox(self) -> bool:
        """Whether companies behind this app are for trying only."""
        return not self.is_intuit or "//sandbox-" in self.api_url


class _Door(AuthClient):
    """Intuit's own OAuth client, behind our rules from its very first request (it makes one when it is built)."""

    # The base class builds its session and calls out before we could set these on the instance.
    trust_env = property(lambda _: False, lambda *_: None)

    def __init__(self, app: App, *, refresh_token: str | None = None) -> None:
        self._guarded = net.Guard(RULES)
        super().__init__(app.client_id, app.client_secret, app.redirect_uri, app.discovery, refresh_token=refresh_token)
        # An identity token would be checked with a key fetched past our rules; we never ask for one, so: refuse it.
        self.issuer_uri = ""

    def get_adapter(self, url: str | bytes) -> Any:
        return self._guarded


def authorization_url(app: App, *, state: str) -> str:
    """The consent page's address for this state. Raises Failure."""
    with translated(net.Trace()):
        door = _Door(app)
    asked = {
        "client_id": app.client_id,
        "response_type": "code",
        "scope": " ".join(app.scopes),
        "redirect_uri": app.redirect_uri,
        "state": state,
    }
    return f"{door.auth_endpoint}?{urlencode(asked)}"


def exchange(app: App, *, code: str, realm_id: str) -> dict[str, Any]:
    """The credentials behind the code a person brought back. Raises Failure (a spent code is auth_revoked)."""
    with translated(net.Trace()):
        door = _Door(app)
        door.get_bearer_token(code, realm_id=realm_id)
    return {"realm_id": realm_id, **_tokens(door)}


def refreshed(app: App, credentials: dict[str, Any]) -> dict[str, Any]:
    """The credentials with a new access token. Never call it twice at once for one company: both would die."""
    with translated(net.Trace()):
        door = _Door(app, refresh_token=credentials["refresh_token"])
        door.refresh()
    return {**credentials, **_tokens(door)}


def revoke(app: App, credentials: dict[str, Any]) -> None:
    """End the connection at Intuit. Raises Failure; auth_revoked means it had ended already."""
    with translated(net.Trace()):
        _Door(app).revoke(token=credentials["refresh_token"])


def _tokens(door: AuthClient) -> dict[str, Any]:
    now = datetime.now(tz=UTC)
    return {
        "access_token": door.access_token,
        "refresh_token": door.refresh_token,
        "expires_at": (now + timedelta(seconds=int(door.expires_in))).isoformat(),
        "refresh_expires_at": (now + timedelta(seconds=int(door.x_refresh_token_expires_in))).isoformat(),
    }
