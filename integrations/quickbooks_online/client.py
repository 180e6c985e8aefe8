"""The way into one QuickBooks Online company: python-quickbooks over our session, tokens renewed one at a time."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from quickbooks import QuickBooks
from requests_oauthlib import OAuth2Session

from integrations import net
from integrations.engine.connector import TokenStore
from integrations.engine.errors import Failure, failure, from_outbound
from integrations.quickbooks_online.errors import VENDOR, by_code, translated
from integrations.quickbooks_online.oauth import RULES, App, refreshed

MINOR_VERSION = 75
RENEW_BEFORE = timedelta(minutes=2)
Result = TypeVar("Result")


@dataclass(frozen=True)
class _Signed:
    """The part of intuit-oauth's AuthClient that python-quickbooks reads: building a real one would call out."""

    client_id: str
    access_token: str
    refresh_token: str
    environment: str = "production"


class Books(QuickBooks):
    """python-quickbooks with a session behind our rules. Its own constructor is __new__, which calls _start_session()."""

    trace: net.Trace

    def _start_session(self) -> str:
        token = {"access_token": self.auth_client.access_token}
        self.session = OAuth2Session(self.auth_client.client_id, token=token)
        self.trace = net.guard(self.session, RULES)
        return str(self.auth_client.refresh_token)


class Company:
    """One company's session. Keeps the library's object until its token is replaced."""

    def __init__(self, app: App, tokens: TokenStore) -> None:
        self.app = app
        self.tokens = tokens
        self._books: Books | None = None
        self._token = ""

    @property
    def realm_id(self) -> str:
        return str(self.tokens.current().get("realm_id", ""))

    def call(self, work: Callable[[Books], Result]) -> Result:
        """The work's result; an ended session is renewed once. Raises Failure."""
        try:
            return self._attempt(work)
        except Failure as trouble:
            if trouble.code != "auth_expired":
                raise
        self.renew()
        return self._attempt(work)

    def renew(self) -> Books:
        """A new access token, single flight: two refreshes at once would end the connection for good."""
        stale = self._token

        def fresh(credentials: dict[str, Any]) -> dict[str, Any]:
            if not credentials.get("refresh_token"):
                raise failure("not_connected", vendor=VENDOR)
            is_new = credentials.get("access_token") != stale and not _is_old(credentials)
            return credentials if is_new else refreshed(self.app, credentials)

        return self._use(self.tokens.renewed(fresh))

    def graphql(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of Intuit's GraphQL endpoint, its errors included."""
        return self.call(lambda _: self._graphql(query, variables))

    def _graphql(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        body = {"query": query, "variables": dict(variables)}
        try:
            answer = net.client(RULES).post(self.app.graphql_url, json=body, headers=headers)
        except net.OutboundError as error:
            raise from_outbound(error, vendor=VENDOR) from error
        if answer.status_code != 200:
            request_id = answer.headers.get(RULES.request_id_header, "")
            last = net.Exchange(answer.status_code, request_id, net.retry_after(answer.headers))
            raise by_code("", message="GraphQL", detail="", last=last)
        try:
            return dict(answer.json())
        except ValueError as error:
            raise failure("not_understood", vendor=VENDOR) from error

    def _attempt(self, work: Callable[[Books], Result]) -> Result:
        books = self._signed_in()
        with translated(books.trace):
            return work(books)

    def _signed_in(self) -> Books:
        if self._books is None:
            credentials = self.tokens.current()
            if not credentials.get("access_token") or _is_old(credentials):
                return self.renew()
            return self._use(credentials)
        return self._books

    def _use(self, credentials: dict[str, Any]) -> Books:
        self._token = credentials["access_token"]
        signed = _Signed(self.app.client_id, self._token, credentials["refresh_token"])
        with warnings.catch_warnings():  # the library warns of its own default although we name the version
            warnings.simplefilter("ignore", DeprecationWarning)
            books = Books(
                auth_client=signed, company_id=credentials["realm_id"], minorversion=MINOR_VERSION, use_decimal=True
            )
        books.api_url_v3 = f"{self.app.api_url.removesuffix('/')}/v3"
        self._books = books
        return books


def _is_old(credentials: Mapping[str, Any]) -> bool:
    expires = credentials.get("expires_at")
    return expires is not None and datetime.fromisoformat(expires) - datetime.now(tz=UTC) < RENEW_BEFORE
