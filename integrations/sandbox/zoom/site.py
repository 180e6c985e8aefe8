"""Zoom's front door: the token endpoint and the meetings API, and what goes wrong on purpose."""

import secrets
from collections.abc import Callable

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Site, World, answer
from integrations.sandbox.zoom import accounts, webhooks
from integrations.sandbox.zoom.errors import no_scope, too_many, trouble
from integrations.sandbox.zoom.meetings import PAGES, Call


class ZoomSite(Site):
    vendor = "zoom"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.courier.teach(webhooks.SCHEME, webhooks.sign, lambda row, result: webhooks.answered(world, row, result))

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        pages = [(path, [method], self.signed_in(scopes, page)) for method, path, scopes, page in PAGES]
        return [("/oauth/token", ["POST"], self.token), *pages]

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def stamp(self, response: Response) -> None:
        response.headers["x-zm-trackingid"] = f"v=2.0;clid=sandbox;rid=WEB_{secrets.token_hex(16)}"

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return answer({"code": error.code, "message": f"{error.name}."}, error.code or 500)

    def token(self, request: Request) -> Response:
        account = accounts.proven(self.world, request)["id"]
        self.count(account, "POST oauth")
        self.strike(account)
        with self.world.store.transaction():
            return accounts.token(self.world, request, account)

    def signed_in(self, scopes: tuple[str, ...], page: Callable[..., Response]) -> Endpoint:
        def serve(request: Request, **arguments: str) -> Response:
            session = accounts.session_of(self.world, request)
            account = session["account"]
            self.count(account, f"{request.method} {request.path.split('/')[2]}")
            self.strike(account)
            missing = self.world.faults.on(self.vendor, account, "no_scope")
            held = set(session["scopes"].split()) - {str(missing["value"]) if missing else ""}
            if not held & set(scopes):
                raise no_scope(scopes)
            with self.world.store.transaction():
                response = page(Call(self.world, request, account), **arguments)
            if request.method != "GET" and self.world.faults.take(self.vendor, account, "lost_answer"):
                return Response("<html><body>504 Gateway Time-out</body></html>", 504, content_type="text/html")
            return response

        return serve

    def strike(self, account: str) -> None:
        """Faults that come before anything is looked at."""
        self.dawdle(account)
        if self.world.faults.take(self.vendor, account, "server_error_once"):
            raise trouble()
        if self.world.faults.take(self.vendor, account, "throttle"):
            raise too_many()
