"""Signed-in calls to Google Calendar: our service account acts for one host at a time (domain-wide delegation)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import jwt

from integrations.addresses import MEBIBYTE, Rules
from integrations.engine.account_tokens import AccountTokens, Granted
from integrations.engine.calls import Answer, as_promised, ask
from integrations.engine.errors import Failure, failure
from integrations.google_meet.errors import VENDOR, from_api, from_token_endpoint

SCOPE = "https://www.googleapis.com/auth/calendar.events"
AUDIENCE = "https://oauth2.googleapis.com/token"  # in the claim, whatever address the token is asked at
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIM_SECONDS = 3600
RULES = Rules(vendor=VENDOR, hosts=("www.googleapis.com", "oauth2.googleapis.com"), max_bytes=4 * MEBIBYTE)
_TOKENS = AccountTokens()


@dataclass(frozen=True, kw_only=True)
class Account:
    """Our service account, as its key file tells."""

    client_email: str
    private_key: str = field(repr=False)
    private_key_id: str = ""
    token_uri: str = AUDIENCE
    api_url: str = "https://www.googleapis.com"

    @classmethod
    def of(cls, key_file: Mapping[str, Any], *, api_url: str) -> Self:
        """From the parsed JSON key file. KeyError when it is none."""
        return cls(
            client_email=key_file["client_email"],
            private_key=key_file["private_key"],
            private_key_id=key_file.get("private_key_id", ""),
            token_uri=key_file.get("token_uri") or AUDIENCE,
            api_url=api_url,
        )


class Session:
    """Calls as one service account, each for a host. Every method raises engine.errors.Failure."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def sign_in(self, host: str) -> None:
        """Make sure that a token for this host is there."""
        self._token(host)

    def call(self, method: str, path: str, *, host: str, **content: Any) -> dict[str, Any]:
        """The answer's body (empty for none); a token that was turned away is replaced once."""
        token = self._token(host)
        try:
            return self._send(method, path, token, content)
        except Failure as trouble:
            if trouble.code != "auth_expired":
                raise
        return self._send(method, path, self._token(host, refused=token), content)

    def _token(self, host: str, *, refused: str = "") -> str:
        owner = (self.account, host.lower())
        return _TOKENS.token(owner, lambda: self._granted(host.lower()), refused=refused)

    def _send(self, method: str, path: str, token: str, content: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.account.api_url.rstrip('/')}/calendar/v3{path}"
        answer = ask(RULES, method, url, headers={"Authorization": f"Bearer {token}"}, **content)
        if not answer.is_good:
            raise from_api(answer)
        if answer.status == 204:
            return {}
        if not isinstance(answer.body, dict):
            raise failure("not_understood", vendor=VENDOR, http_status=answer.status)
        return answer.body

    def _granted(self, host: str) -> Granted:
        answer = ask(
            RULES, "POST", self.account.token_uri, data={"grant_type": GRANT, "assertion": self._assertion(host)}
        )
        if not answer.is_good:
            raise from_token_endpoint(answer)
        return _granted(answer)

    def _assertion(self, host: str) -> str:
        """Who we are and for whom we act, signed with the account's key; good for an hour."""
        now = int(time.time())
        claims = {
            "iss": self.account.client_email,
            "sub": host,
            "scope": SCOPE,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + CLAIM_SECONDS,
        }
        try:
            return jwt.encode(
                claims, self.account.private_key, algorithm="RS256", headers={"kid": self.account.private_key_id}
            )
        except (ValueError, TypeError, jwt.PyJWTError) as error:  # the key file is not a key
            raise failure("app_refused", vendor=VENDOR, vendor_code="unreadable_key") from error


def _granted(answer: Answer) -> Granted:
    with as_promised(VENDOR):
        return Granted(str(answer.body["access_token"]), float(answer.body["expires_in"]))
