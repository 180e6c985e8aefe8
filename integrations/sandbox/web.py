"""What every stand-in shares: routes, reading a request, answering in JSON, counting calls."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from integrations.sandbox.courier import Courier
from integrations.sandbox.faults import Faults
from integrations.sandbox.state import Body, Clock, Store

Endpoint = Callable[..., Response]


@dataclass(frozen=True)
class Addresses:
    """Where each door is, as clients name it."""

    control: str
    salesforce: str
    quickbooks: str
    consent: str
    zoom: str
    fireflies: str
    google: str
    tsa: str
    dns: str
    stripe: str
    checkout: str
    docusign: str
    docusign_pages: str


@dataclass(frozen=True)
class World:
    """All a stand-in needs from outside itself."""

    store: Store
    clock: Clock
    faults: Faults
    addresses: Addresses
    courier: Courier


class Refusal(Exception):
    """A request is refused; each vendor words it in its own way."""

    def response(self) -> Response:
        raise NotImplementedError


class Site:
    """One front door. A subclass names its routes and says how it words an unknown path."""

    vendor = ""

    def __init__(self, world: World) -> None:
        self.world = world
        self.urls = Map(
            [Rule(path, endpoint=endpoint, methods=methods) for path, methods, endpoint in self.routes()],
            strict_slashes=False,
            merge_slashes=False,
        )

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        raise NotImplementedError

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return answer({"error": error.name}, error.code or 500)

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        with self.world.store.transaction():
            return endpoint(request, **arguments)

    def stamp(self, response: Response) -> None:
        """What the vendor writes on every answer of a page, refusals too."""

    def __call__(self, environ: Body, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()  # to the end, or what is left would be taken for the connection's next request
        try:
            endpoint, arguments = self.urls.bind_to_environ(environ).match()
        except HTTPException as error:
            return self.unrouted(request, error)(environ, start_response)
        try:
            response = self.serve(request, endpoint, dict(arguments))
        except Refusal as refusal:
            response = refusal.response()
        self.stamp(response)
        return response(environ, start_response)

    def count(self, tenant: str, call: str) -> None:
        store = self.world.store
        with store.transaction():
            row = store.get("calls", self.vendor, tenant) or {}
            store.put("calls", self.vendor, tenant, {**row, call: row.get(call, 0) + 1})

    def dawdle(self, tenant: str) -> None:
        if slow := self.world.faults.take(self.vendor, tenant, "timeout"):
            time.sleep(float(slow["value"] or 60))


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(data), status, headers, content_type="application/json;charset=UTF-8")


def page(html: str, status: int = 200) -> Response:
    return Response(html, status, {"Cache-Control": "no-store"}, content_type="text/html;charset=UTF-8")
