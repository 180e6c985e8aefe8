"""QuickBooks Online's front door: sign-in pages, the accounting API per company, GraphQL."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.quickbooks import errors, graphql, oauth
from integrations.sandbox.quickbooks.company import Company
from integrations.sandbox.quickbooks.pages import PAGES, Call
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Site, World, answer

PER_MINUTE = 500
AT_ONCE = 10
ROOT = "/v3/company/<realm>"


class QuickBooksSite(Site):
    vendor = "quickbooks"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._lock = threading.Lock()
        self._recent: dict[str, deque[float]] = {}
        self._open: dict[str, int] = {}
        self._refreshing: dict[str, int] = {}

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [
            ("/.well-known/openid_configuration", ["GET"], self.open(oauth.discovery)),
            ("/.well-known/openid_sandbox_configuration", ["GET"], self.open(oauth.discovery)),
            ("/oauth2/v1/tokens/bearer", ["POST"], self.token),
            ("/v2/oauth2/tokens/revoke", ["POST"], self.open(oauth.revoke)),
            ("/v1/openid_connect/jwks", ["GET"], self.open(oauth.jwks)),
            ("/v1/openid_connect/userinfo", ["GET"], self.open(oauth.userinfo)),
            ("/graphql", ["POST"], self.graphql),
            *((ROOT + path, methods, self.signed_in(page)) for path, methods, page in PAGES),
        ]

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def stamp(self, response: Response) -> None:
        response.headers["intuit_tid"] = f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return errors.unsupported_operation(request.path).response() if error.code == 405 else answer({}, 404)

    def open(self, page: Callable[[World, Request], Response]) -> Endpoint:
        def serve(request: Request) -> Response:
            with self.world.store.transaction():
                return page(self.world, request)

        return serve

    # --- tokens ---------------------------------------------------------------------------------------------
    def token(self, request: Request) -> Response:
        """Exchange a code, or refresh: two refreshes of one token at the same time kill the connection."""
        with self.world.store.transaction():
            oauth.prove_app(self.world, request)
        grant = request.form.get("grant_type")
        if grant == "authorization_code":
            return self.open(oauth.by_code)(request)
        if grant != "refresh_token":
            raise errors.TokenRefused("unsupported_grant_type", "Unsupported grant type")
        given = request.form.get("refresh_token", "")
        with self.refreshing(given) as was_first:
            time.sleep(oauth.REFRESH_TAKES)
            if was_first:
                return self.open(oauth.by_refresh)(request)
            time.sleep(2 * oauth.REFRESH_TAKES)  # the winner has its token by now; it dies with the family
            with self.world.store.transaction():
                if family := oauth.family_of(self.world, given):
                    oauth.kill_family(self.world, family["id"])
            raise errors.TokenRefused("invalid_grant", "Incorrect or invalid refresh token")

    @contextmanager
    def refreshing(self, given: str) -> Iterator[bool]:
        with self._lock:
            others = self._refreshing.get(given, 0)
            self._refreshing[given] = others + 1
        try:
            yield not others
        finally:
            with self._lock:
                self._refreshing[given] -= 1

    # --- the accounting API ---------------------------------------------------------------------------------
    def signed_in(self, page: Callable[..., Response]) -> Endpoint:
        def serve(request: Request, realm: str, **arguments: str) -> Response:
            oauth.session_of(self.world, request, realm)
            self.count(realm, f"{request.method} {'/'.join(request.path.split('/')[4:5])}")
            with self.in_line(realm):
                return self.obeying_faults(request, realm, page, arguments)

        return serve

    def graphql(self, request: Request) -> Response:
        """Definitions of custom fields: the same faults, answers of another shape."""
        try:
            realm = oauth.session_of(self.world, request)["realm"]
        except errors.Unauthenticated:
            return self.open(graphql.serve)(request)
        self.count(realm, "POST graphql")
        self.strike(realm)
        return self.open(graphql.serve)(request)

    @contextmanager
    def in_line(self, realm: str) -> Iterator[None]:
        """500 calls a minute and 10 at once; over that 429."""
        now = self.world.clock.timestamp()
        with self._lock:
            recent = self._recent.setdefault(realm, deque())
            while recent and recent[0] < now - 60:
                recent.popleft()
            if len(recent) >= PER_MINUTE or self._open.get(realm, 0) >= AT_ONCE:
                raise errors.too_many()
            recent.append(now)
            self._open[realm] = self._open.get(realm, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._open[realm] -= 1

    def strike(self, realm: str) -> None:
        """Faults that come before anything is looked at."""
        self.dawdle(realm)
        if self.world.faults.take(self.vendor, realm, "server_error_once"):
            raise errors.server_trouble()
        if self.world.faults.take(self.vendor, realm, "throttle"):
            raise errors.too_many()

    def obeying_faults(self, request: Request, realm: str, page: Callable[..., Response], arguments: Any) -> Response:
        faults = self.world.faults
        self.strike(realm)
        if faults.on(self.vendor, realm, "not_admin"):
            raise errors.not_admin()
        if faults.on(self.vendor, realm, "company_inactive"):
            raise errors.company_inactive()
        enhanced = "enhancedAllCustomFields" in request.args.get("include", "")
        with self.world.store.transaction():
            response = page(Call(self.world, request, Company(self.world, realm, enhanced=enhanced)), **arguments)
        writes = request.method == "POST" and not request.path.endswith("/query")
        if writes and faults.take(self.vendor, realm, "lost_answer"):
            return Response("<html><body>504 Gateway Time-out</body></html>", 504, content_type="text/html")
        if "json" not in request.headers.get("Accept", ""):
            return in_xml(response)
        return response


def in_xml(response: Response) -> Response:
    """Intuit answers in XML unless JSON is asked for by name."""
    text = f'<?xml version="1.0" encoding="UTF-8"?><IntuitResponse>{escape(response.get_data(as_text=True))}</IntuitResponse>'
    return Response(text, response.status, content_type="application/xml;charset=UTF-8")
