"""The doors in one process: control, Salesforce, QuickBooks Online, Intuit's consent page, Zoom, Fireflies, Google, time stamps,
DNS, Stripe and its Checkout page, DocuSign and its signing page."""

import contextlib
import socket
import ssl
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseServer
from typing import Any

import trustme
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from integrations.sandbox.consent import ConsentSite
from integrations.sandbox.control import ControlSite
from integrations.sandbox.courier import Courier
from integrations.sandbox.dns.server import NameServer, TcpDoor, UdpDoor
from integrations.sandbox.docusign.pages import DocuSignPages
from integrations.sandbox.docusign.site import DocuSignSite
from integrations.sandbox.faults import Faults
from integrations.sandbox.fireflies.site import FirefliesSite
from integrations.sandbox.google.site import GoogleSite
from integrations.sandbox.quickbooks.site import QuickBooksSite
from integrations.sandbox.salesforce.site import SalesforceSite
from integrations.sandbox.state import Clock, Store
from integrations.sandbox.stripe.checkout import CheckoutSite
from integrations.sandbox.stripe.site import StripeSite
from integrations.sandbox.tsa import authority as tsa
from integrations.sandbox.tsa.site import TsaSite
from integrations.sandbox.web import Addresses, World
from integrations.sandbox.zoom.site import ZoomSite

HANDSHAKE_SECONDS = 10


class QuietHandler(WSGIRequestHandler):
    """Requests are counted by the stand-ins; a line for each would only bury what matters."""

    protocol_version = "HTTP/1.1"
    timeout = 150
    wbufsize = -1
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer one request and keep the connection, as the vendors do. The base class waits 10 ms and hangs up."""
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            head[:] = [int(status[:3]), headers]

        try:
            body = b"".join(self.server.app(self.make_environ(), start_response))  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001 - a fault of ours: say so, and go on serving
            sys.stderr.write(traceback.format_exc())
            head, body = [500, [("Content-Length", "0")]], b""
        code, headers = head
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        return


class Door(ThreadedWSGIServer):
    """One port. The TLS handshake happens in the caller's own thread, so a silent caller blocks nobody else."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, app: Any, context: ssl.SSLContext | None = None) -> None:
        super().__init__(host, port, app, QuietHandler)
        self.ssl_context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.ssl_context is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(HANDSHAKE_SECONDS)
        try:
            secure = self.ssl_context.wrap_socket(request, server_side=True)
        except OSError:  # a port probe, or a client that doesn't trust us
            return
        try:
            secure.settimeout(QuietHandler.timeout)
            super().finish_request(secure, client_address)
        finally:
            close(secure)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is no news."""


@dataclass
class Sandbox:
    """The running stand-ins."""

    world: World
    doors: list[BaseServer]

    def start(self) -> None:
        for door in self.doors:
            threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        threading.Thread(target=self.world.courier.run, daemon=True).start()

    def stop(self) -> None:
        self.world.courier.stop()
        for door in self.doors:
            door.shutdown()
            door.server_close()
        self.world.store.close()


def build(*, directory: Path, port: int, host: str = "127.0.0.1", name: str = "localhost") -> Sandbox:
    """Bind every port from `port` on, and load what an earlier run left in the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    ca = authority(directory)
    context = tls_context(ca, name)
    store = Store(directory / "state.sqlite3")
    addresses = Addresses(
        control=f"http://{host}:{port}",
        salesforce=f"https://{name}:{port + 1}",
        quickbooks=f"https://{name}:{port + 2}",
        consent=f"http://{name}:{port + 3}",
        zoom=f"https://{name}:{port + 4}",
        fireflies=f"https://{name}:{port + 5}",
        google=f"https://{name}:{port + 6}",
        tsa=f"https://{name}:{port + 7}",
        dns=f"{host}:{port + 8}",
        stripe=f"https://{name}:{port + 9}",
        checkout=f"http://{name}:{port + 10}",
        docusign=f"https://{name}:{port + 11}",
        docusign_pages=f"http://{name}:{port + 12}",
    )
    clock = Clock(store)
    world = World(store, clock, Faults(store), addresses, Courier(store, clock))
    names = NameServer(world)
    doors: list[BaseServer] = [
        Door(host, port, ControlSite(world)),
        Door(host, port + 1, SalesforceSite(world), context),
        Door(host, port + 2, QuickBooksSite(world), context),
        Door(host, port + 3, ConsentSite(world)),
        Door(host, port + 4, ZoomSite(world), context),
        Door(host, port + 5, FirefliesSite(world), context),
        Door(host, port + 6, GoogleSite(world), context),
        Door(host, port + 7, TsaSite(world, tsa.kept(directory, ca)), context),
        UdpDoor(host, port + 8, names),
        TcpDoor(host, port + 8, names),
        Door(host, port + 9, StripeSite(world), context),
        Door(host, port + 10, CheckoutSite(world)),
        Door(host, port + 11, DocuSignSite(world), context),
        Door(host, port + 12, DocuSignPages(world)),
    ]
    return Sandbox(world, doors)


def authority(directory: Path) -> trustme.CA:
    """Our own certificate authority: the one in the directory, else a new one kept there."""
    public, private = directory / "ca.pem", directory / "ca.key"
    if public.exists() and private.exists():
        return trustme.CA.from_pem(public.read_bytes(), private.read_bytes())
    made = trustme.CA(organization_name="InterWeave sandbox")
    private.touch(mode=0o600)
    private.write_bytes(made.private_key_pem.bytes())
    made.cert_pem.write_to_path(public)
    return made


def tls_context(issuer: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert(*dict.fromkeys([name, "localhost", "127.0.0.1"])).configure_cert(context)
    return context


def close(connection: ssl.SSLSocket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
