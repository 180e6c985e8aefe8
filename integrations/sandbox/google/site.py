"""Google's front door: the token endpoint and the Calendar API, and what goes wrong on purpose."""

from collections.abc import Callable

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.google import workspaces
from integrations.sandbox.google.errors import TokenRefused, not_found, too_many, trouble
from integrations.sandbox.google.events import PAGES, Call
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Site


class GoogleSite(Site):
    vendor = "google"

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        pages = [(path, [method], self.signed_in(page)) for method, path, page in PAGES]
        return [("/token", ["POST"], self.token), *pages]

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return not_found().response()

    def token(self, request: Request) -> Response:
        if assertion := request.form.get("assertion", ""):
            workspace = workspaces.workspace_of(self.world, assertion)["id"]
            self.count(workspace, "POST token")
            if self.world.faults.on(self.vendor, workspace, "app_ended"):
                raise TokenRefused("invalid_grant", "Invalid grant: account not found")
        with self.world.store.transaction():
            return workspaces.token(self.world, request)

    def signed_in(self, page: Callable[..., Response]) -> Endpoint:
        def serve(request: Request, **arguments: str) -> Response:
            session = workspaces.session_of(self.world, request)
            workspace = session["workspace"]
            self.count(workspace, f"{request.method} events")
            self.strike(workspace)
            with self.world.store.transaction():
                response = page(Call(self.world, request, workspace, session["host"]), **arguments)
            if request.method != "GET" and self.world.faults.take(self.vendor, workspace, "lost_answer"):
                return Response("<html><body>502. That is an error.</body></html>", 502, content_type="text/html")
            return response

        return serve

    def strike(self, workspace: str) -> None:
        """Faults that come before anything is looked at. Google throttles under 403, or 429 when the `value` says so."""
        self.dawdle(workspace)
        if self.world.faults.take(self.vendor, workspace, "server_error_once"):
            raise trouble()
        if fault := self.world.faults.take(self.vendor, workspace, "throttle"):
            raise too_many(int(fault["value"] or 403))
