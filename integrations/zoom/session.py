"""Signed-in calls to Zoom: server-to-server tokens, and one fresh try when a token died before its time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrations.addresses import MEBIBYTE, Rules
from integrations.engine.account_tokens import AccountTokens, Granted
from integrations.engine.calls import as_promised, ask
from integrations.engine.errors import Failure, failure
from integrations.zoom.errors import TRACKING_HEADER, VENDOR, from_api, from_token_endpoint

RULES = Rules(vendor=VENDOR, hosts=("zoom.us", ".zoom.us"), request_id_header=TRACKING_HEADER, max_bytes=4 * MEBIBYTE)
_TOKENS = AccountTokens()


@dataclass(frozen=True, kw_only=True)
class Account:
    """Our account and its server-to-server app."""

    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    oauth_url: str = "https://zoom.us"
    api_url: str = "https://api.zoom.us"


class Session:
    """Calls as one account. Every method raises engine.errors.Failure."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def sign_in(self) -> None:
        """Make sure that a token is there."""
        _TOKENS.token(self.account, self._granted)

    def call(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """The answer's body (empty for none); a token that was turned away is replaced once."""
        token = _TOKENS.token(self.account, self._granted)
        try:
            return self._send(method, path, token, content)
        except Failure as trouble:
            if trouble.code != "auth_expired":
                raise
        token = _TOKENS.token(self.account, self._granted, refused=token)
        return self._send(method, path, token, content)

    def _send(self, method: str, path: str, token: str, content: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.account.api_url.rstrip('/')}/v2{path}"
        answer = ask(RULES, method, url, headers={"Authorization": f"Bearer {token}"}, **content)
        if not answer.is_good:
            raise from_api(answer.status, answer.body, answer.headers, now=datetime.now(tz=UTC))
        if answer.status == 204:
            return {}
        if not isinstance(answer.body, dict):
            raise failure("not_understood", vendor=VENDOR, http_status=answer.status)
        return answer.body

    def _granted(self) -> Granted:
        """A new token. Zoom gives no refresh token here: the credentials are shown again."""
        account = self.account
        answer = ask(
            RULES,
            "POST",
            f"{account.oauth_url.rstrip('/')}/oauth/token",
            data={"grant_type": "account_credentials", "account_id": account.account_id},
            auth=(account.client_id, account.client_secret),
        )
        if not answer.is_good:
            raise from_token_endpoint(answer.status, answer.body)
        with as_promised(VENDOR):
            return Granted(str(answer.body["access_token"]), float(answer.body["expires_in"]))
