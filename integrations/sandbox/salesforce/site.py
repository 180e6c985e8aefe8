"""Salesforce's front door: which path does what, who may come in, and what goes wrong on purpose."""

import secrets
from collections.abc import Callable

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.salesforce import oauth, pages, subrequests
from integrations.sandbox.salesforce.call import Call
from integrations.sandbox.salesforce.errors import SalesforceError, not_found
from integrations.sandbox.salesforce.org import Org
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Refusal, Site, World, answer

VERSIONS = range(46, 69)
ROOT = "/services/data/v<version>"


class SalesforceSite(Site):
    vendor = "salesforce"

    def __init__(self, world: World) -> None:
        self.inside: subrequests.Pages = {}  # what may also be called as a part of a composite request
        super().__init__(world)

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [
            ("/services/oauth2/authorize", ["GET"], self.open(oauth.authorize)),
            ("/services/oauth2/token", ["POST"], self.open(oauth.token)),
            ("/services/oauth2/revoke", ["GET", "POST"], self.open(oauth.revoke)),
            ("/services/oauth2/userinfo", ["GET", "POST"], self.open(oauth.userinfo)),
            ("/services/data", ["GET"], self.open(versions)),
            (f"{ROOT}/composite", ["POST"], self.signed_in(self.composite)),
            (f"{ROOT}/composite/batch", ["POST"], self.signed_in(self.batch)),
            *((ROOT + path, methods, self.part(page)) for path, methods, page in pages.PAGES),
        ]

    def part(self, page: Callable[..., Response]) -> Endpoint:
        endpoint = self.signed_in(page)
        self.inside[endpoint] = page
        return endpoint

    def composite(self, call: Call) -> Response:
        return subrequests.composite(call, self.urls, self.inside)

    def batch(self, call: Call) -> Response:
        return subrequests.batch(call, self.urls, self.inside)

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        if error.code == 405:
            message = f"HTTP Method '{request.method}' not allowed. Allowed are {', '.join(error.valid_methods or [])}"  # type: ignore[attr-defined]
            return SalesforceError("METHOD_NOT_ALLOWED", message, status=405).response()
        return not_found().response()

    def open(self, page: Callable[[World, Request], Response]) -> Endpoint:
        """A page that needs no session. What it did before refusing stays undone."""

        def serve(request: Request) -> Response:
            with self.world.store.transaction():
                return page(self.world, request)

        return serve

    def signed_in(self, page: Callable[..., Response]) -> Endpoint:
        """A page behind the session check; the fault switches act here."""

        def serve(request: Request, version: str, **arguments: str) -> Response:
            session = oauth.session_of(self.world, request)
            if not version.endswith(".0") or not version[:-2].isdigit() or int(version[:-2]) not in VERSIONS:
                raise not_found()
            org_id = session["org"]
            path = "/".join(request.path.split("/")[4:6])
            self.count(org_id, f"{request.method} {path}")
            call = Call(self.world, request, Org(self.world, org_id, session["user"]), version)
            try:
                response = self.obeying_faults(call, page, arguments)
            except Refusal as refusal:
                response = refusal.response()
            response.headers["X-SFDC-Request-Id"] = f"TID:{secrets.token_hex(16)}"
            response.headers["Sforce-Limit-Info"] = f"api-usage={self.used(org_id)}/{self.limit(org_id)}"
            return response

        return serve

    def obeying_faults(self, call: Call, page: Callable[..., Response], arguments: dict[str, str]) -> Response:
        faults, org_id = self.world.faults, call.org.id
        self.dawdle(org_id)
        if faults.take(self.vendor, org_id, "server_error_once"):
            raise SalesforceError("SERVER_UNAVAILABLE", "We are down for maintenance", status=503)
        if faults.on(self.vendor, org_id, "api_disabled"):
            raise SalesforceError(
                "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner", status=403
            )
        if faults.take(self.vendor, org_id, "throttle") or self.used(org_id) > self.limit(org_id):
            raise SalesforceError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
        with self.world.store.transaction():
            response = page(call, **arguments)
        if (
            call.request.method != "GET"
            and response.status_code < 300
            and faults.take(self.vendor, org_id, "lost_answer")
        ):
            return Response("<html><body>Gateway Timeout</body></html>", 504, content_type="text/html")
        return response

    def used(self, org_id: str) -> int:
        return sum((self.world.store.get("calls", self.vendor, org_id) or {}).values())

    def limit(self, org_id: str) -> int:
        row = self.world.store.get("sf_org", "", org_id) or {}
        return int(row.get("api_limit", 0))


def versions(world: World, request: Request) -> Response:
    names = {0: "Spring", 1: "Summer", 2: "Winter"}
    return answer(
        [
            {"label": f"{names[(number - 46) % 3]}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
            for number in VERSIONS
        ]
    )
