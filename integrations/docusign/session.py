"""Signed-in calls to DocuSign: a JWT grant for our own user, and the base address its account lives at."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt

from integrations import net
from integrations.addresses import MEBIBYTE, Rules
from integrations.docusign.errors import TRACE_HEADER, VENDOR, from_api, from_token_endpoint
from integrations.engine.account_tokens import AccountTokens, Granted
from integrations.engine.calls import Answer, as_promised, ask
from integrations.engine.errors import Failure, failure, from_outbound

SCOPES = "signature impersonation"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIM_SECONDS = 3600
HOSTS = ("account.docusign.com", "account-d.docusign.com", ".docusign.net", ".docusign.com")
RULES = Rules(vendor=VENDOR, hosts=HOSTS, request_id_header=TRACE_HEADER, max_bytes=4 * MEBIBYTE)
FILE_RULES = Rules(
    vendor=VENDOR, hosts=HOSTS, request_id_header=TRACE_HEADER, total_seconds=120, max_bytes=32 * MEBIBYTE
)
_TOKENS = AccountTokens()
_PLACES: dict["Account", str] = {}  # an account never moves while a process lives


@dataclass(frozen=True, kw_only=True)
class Account:
    """Our integration at DocuSign, and the user it acts as. Without `account_id` it is that user's default account."""

    integration_key: str
    user_id: str
    private_key: str = field(repr=False)
    account_id: str = ""
    oauth_url: str = "https://account.docusign.com"


class Session:
    """Calls as one account. Every method raises engine.errors.Failure."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def sign_in(self) -> None:
        """Make sure that a token is there, and that our user may use the account."""
        self._place(self._token())

    def call(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """The answer's body (empty for none) of a path below the account; a token that was turned away is replaced once."""
        answer = self._tried(lambda token: self._send(method, path, token, content))
        if answer.body is None:
            return {}
        if not isinstance(answer.body, dict):
            raise failure("not_understood", vendor=VENDOR, http_status=answer.status)
        return answer.body

    def file(self, path: str) -> bytes:
        """A file's bytes."""
        return bytes(self._tried(lambda token: self._fetch(path, token)))

    def _tried(self, call: Any) -> Any:
        token = self._token()
        try:
            return call(token)
        except Failure as trouble:
            if trouble.code != "auth_expired":
                raise
        return call(self._token(refused=token))

    def _token(self, *, refused: str = "") -> str:
        return _TOKENS.token(self.account, self._granted, refused=refused)

    def _send(self, method: str, path: str, token: str, content: dict[str, Any]) -> Answer:
        answer = ask(RULES, method, f"{self._place(token)}{path}", headers=_bearer(token), **content)
        if not answer.is_good:
            raise from_api(answer.status, answer.body, answer.headers)
        return answer

    def _fetch(self, path: str, token: str) -> bytes:
        url = f"{self._place(token)}{path}"
        try:
            answer = net.client(FILE_RULES).get(url, headers=_bearer(token) | {"Accept": "application/pdf"})
        except net.OutboundError as error:
            raise from_outbound(error, vendor=VENDOR) from error
        if not answer.is_success:
            raise from_api(answer.status_code, _told(answer), answer.headers)
        return answer.content

    def _place(self, token: str) -> str:
        """The account's address, as its user's information tells."""
        if self.account not in _PLACES:
            url = f"{self.account.oauth_url.rstrip('/')}/oauth/userinfo"
            answer = ask(RULES, "GET", url, headers=_bearer(token))
            if not answer.is_good:
                raise from_api(answer.status, answer.body, answer.headers)
            _PLACES[self.account] = self._address(answer)
        return _PLACES[self.account]

    def _address(self, answer: Answer) -> str:
        wanted = self.account.account_id.lower()
        with as_promised(VENDOR):
            for one in answer.body["accounts"]:
                account_id = str(one["account_id"])
                if account_id.lower() == wanted or (not wanted and one["is_default"] in (True, "true")):
                    return f"{str(one['base_uri']).rstrip('/')}/restapi/v2.1/accounts/{account_id}"
        raise failure("app_rights_missing", vendor=VENDOR, vendor_message="The user does not belong to the account.")

    def _granted(self) -> Granted:
        url = f"{self.account.oauth_url.rstrip('/')}/oauth/token"
        answer = ask(RULES, "POST", url, data={"grant_type": GRANT, "assertion": self._assertion()})
        if not answer.is_good:
            raise from_token_endpoint(answer.status, answer.body)
        with as_promised(VENDOR):
            return Granted(str(answer.body["access_token"]), float(answer.body["expires_in"]))

    def _assertion(self) -> str:
        """Who we are and as whom we act, signed with the integration's key; good for an hour."""
        now = int(time.time())
        claims = {
            "iss": self.account.integration_key,
            "sub": self.account.user_id,
            "aud": urlsplit(self.account.oauth_url).netloc,
            "iat": now,
            "exp": now + CLAIM_SECONDS,
            "scope": SCOPES,
        }
        try:
            return jwt.encode(claims, self.account.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:  # the setting holds no key
            raise failure("app_refused", vendor=VENDOR, vendor_code="unreadable_key") from error


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _told(answer: Any) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
