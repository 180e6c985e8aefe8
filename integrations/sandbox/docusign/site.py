"""DocuSign's front door: the token endpoint, the user's information and the envelopes, and what goes wrong on purpose."""

import time
import uuid
from collections.abc import Callable

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.docusign import accounts, connect
from integrations.sandbox.docusign.envelopes import PAGES, Call
from integrations.sandbox.docusign.errors import no_membership, no_scope, too_many, trouble
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Site, World, answer

SECONDS_LEFT = 60


class DocuSignSite(Site):
    vendor = "docusign"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.courier.teach(connect.SCHEME, connect.sign)

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        pages = [(path, [method], self.signed_in(page)) for method, path, page in PAGES]
        return [("/oauth/token", ["POST"], self.token), ("/oauth/userinfo", ["GET"], self.user_info), *pages]

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def stamp(self, response: Response) -> None:
        response.headers["X-DocuSign-TraceToken"] = str(uuid.uuid4())

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        body = {"errorCode": "RESOURCE_NOT_FOUND", "message": "The URL provided does not resolve to a resource."}
        return answer(body, error.code or 404)

    def token(self, request: Request) -> Response:
        account = accounts.account_of(self.world, request.form.get("assertion", ""))["id"]
        self.count(account, "POST token")
        self.strike(account)
        with self.world.store.transaction():
            return accounts.token(self.world, request)

    def user_info(self, request: Request) -> Response:
        session = accounts.session_of(self.world, request)
        self.count(session["account"], "GET userinfo")
        return accounts.user_info(self.world, session)

    def signed_in(self, page: Callable[..., Response]) -> Endpoint:
        def serve(request: Request, account: str, **arguments: str) -> Response:
            session = accounts.session_of(self.world, request)
            if session["account"].lower() != account.lower():
                raise no_membership()
            if not set(session["scopes"]) >= accounts.NEEDED:
                raise no_scope()
            mine = session["account"]
            self.count(mine, f"{request.method} {page.__name__}")
            self.strike(mine)
            if self.world.faults.take(self.vendor, mine, "throttle"):  # the API counts calls, signing in does not
                raise too_many(self.world.clock.timestamp() + SECONDS_LEFT)
            with self.world.store.transaction():
                response = page(Call(self.world, request, mine), **arguments)
            if request.method != "GET" and (slow := self.world.faults.take(self.vendor, mine, "slow_answer")):
                time.sleep(float(slow["value"] or 60))
            if request.method != "GET" and self.world.faults.take(self.vendor, mine, "lost_answer"):
                return Response("<html><body>504 Gateway Time-out</body></html>", 504, content_type="text/html")
            return response

        return serve

    def strike(self, account: str) -> None:
        """Faults that come before anything is looked at."""
        self.dawdle(account)
        if self.world.faults.take(self.vendor, account, "server_error_once"):
            raise trouble()
