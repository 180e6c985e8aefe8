"""The way into one Salesforce organisation: OAuth client credentials, then simple-salesforce over our own session."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from simple_salesforce import Salesforce

from integrations import net
from integrations.addresses import MEBIBYTE, Rules, check_url
from integrations.engine.connector import TokenStore
from integrations.engine.errors import Failure, failure, from_outbound
from integrations.salesforce.errors import VENDOR, from_token_endpoint, translated

API_VERSION = "62.0"
RULES = Rules(
    vendor=VENDOR,
    hosts=(".salesforce.com",),
    request_id_header="X-SFDC-Request-Id",
    max_bytes=8 * MEBIBYTE,  # the description of an account in a grown organisation is several MiB
)
TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path
Result = TypeVar("Result")


def domain_of(text: str) -> str:
    """`acme.my.salesforce.com` or its https address, as people paste it → `https://acme.my.salesforce.com`."""
    address = text.strip()
    parts = urlsplit(address if "://" in address else f"https://{address}")
    return f"https://{parts.netloc}"


class Organisation:
    """One organisation's session. Keeps the library's object until its token is replaced."""

    def __init__(self, tokens: TokenStore, *, rules: Rules = RULES) -> None:
        self.tokens = tokens
        self.rules = rules
        self.http = requests.Session()
        self.trace = net.guard(self.http, rules)
        self._salesforce: Salesforce | None = None

    def endpoint(self) -> tuple[str, int]:
        """Host and port of the My Domain."""
        domain = domain_of(self.tokens.current().get("my_domain", ""))
        try:
            return check_url(domain, self.rules)
        except net.OutboundError as error:
            raise from_outbound(error, vendor=VENDOR) from error

    def call(self, work: Callable[[Salesforce], Result]) -> Result:
        """The work's result; an ended session is renewed once. Raises Failure."""
        try:
            return self._attempt(work)
        except Failure as trouble:
            if trouble.code != "auth_expired":
                raise
        self.renew()
        return self._attempt(work)

    def renew(self) -> Salesforce:
        """A new session, single flight: another process may have made it already."""
        stale = self._salesforce.session_id if self._salesforce else None

        def fresh(credentials: dict[str, Any]) -> dict[str, Any]:
            token = credentials.get("access_token")
            return credentials if token and token != stale else {**credentials, **self._new_session(credentials)}

        return self._use(self.tokens.renewed(fresh))

    @property
    def user_id(self) -> str:
        """The integration user this session belongs to."""
        return str(self.tokens.current().get("user_id", ""))

    def _attempt(self, work: Callable[[Salesforce], Result]) -> Result:
        session = self._salesforce or self._signed_in()
        with translated(self.trace):
            return work(session)

    def _signed_in(self) -> Salesforce:
        credentials = self.tokens.current()
        return self._use(credentials) if credentials.get("access_token") else self.renew()

    def _use(self, credentials: dict[str, Any]) -> Salesforce:
        with translated(self.trace):
            check_url(credentials["instance_url"], self.rules)
        self._salesforce = Salesforce(
            session_id=credentials["access_token"],
            instance_url=credentials["instance_url"],
            version=API_VERSION,
            session=self.http,
        )
        return self._salesforce

    def _new_session(self, credentials: dict[str, Any]) -> dict[str, Any]:
        url = domain_of(credentials.get("my_domain", "")) + TOKEN_PATH
        secret = (credentials.get("consumer_key", ""), credentials.get("consumer_secret", ""))
        try:
            answer = net.client(self.rules).post(url, data={"grant_type": "client_credentials"}, auth=secret)
            body = answer.json()
        except net.OutboundError as error:
            raise from_outbound(error, vendor=VENDOR) from error
        except ValueError as error:
            raise failure("not_understood", vendor=VENDOR, http_status=answer.status_code) from error
        if answer.status_code != 200:
            raise from_token_endpoint(answer.status_code, body)
        return {
            "access_token": body["access_token"],
            "instance_url": body["instance_url"],
            "user_id": str(body["id"]).rpartition("/")[2],
        }
