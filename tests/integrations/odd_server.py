"""A host that misbehaves in every way a vendor's host can, with a certificate of its own authority."""

import http.server
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import trustme

LARGE = 1024 * 1024 + 1


@dataclass(frozen=True)
class OddServer:
    address: str
    bundle: str


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/hang-up":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            return
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "https://localhost/elsewhere")
            self.end_headers()
            return
        if self.path == "/slow":
            time.sleep(3)
        body = b"x" * {"/large": LARGE, "/trickle": 6}.get(self.path, 2)
        self.send_response(429 if self.path == "/busy" else 200)
        self.send_header("X-Request", "req-1")
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.send(body)

    do_POST = do_GET  # noqa: N815 - the base class looks for this name

    def send(self, body: bytes) -> None:
        try:
            for part in (body[at : at + 1] for at in range(6)) if self.path == "/trickle" else (body,):
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(0.5 if self.path == "/trickle" else 0)
        except OSError:  # the client has had enough
            return

    def log_message(self, *_) -> None:
        return


def both_trusted(folder: Path, *bundles: str) -> str:
    """A bundle that trusts several authorities."""
    path = folder / "both.pem"
    path.write_text("".join(Path(bundle).read_text() for bundle in bundles))
    return str(path)


@contextmanager
def running(folder: Path, *, until: datetime | None = None) -> Iterator[OddServer]:
    """The server on a free port of localhost; its certificate ends at `until`."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_after=until).configure_cert(context)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    door.socket = context.wrap_socket(door.socket, server_side=True)
    threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield OddServer(f"https://localhost:{door.server_port}", str(folder / "ca.pem"))
    finally:
        door.shutdown()
        door.server_close()
