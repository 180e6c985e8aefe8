"""An address that takes webhooks: keeps each call's bytes and headers, and answers as it is told."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Listener:
    address: str = ""
    calls: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)  # of the next answers; then 200
    reply: Callable[[bytes, dict[str, str]], dict] = lambda raw, headers: {}


@contextmanager
def listening() -> Iterator[Listener]:
    """On a free port of localhost, in a thread."""
    listener = Listener()

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = dict(self.headers)
            listener.calls.append((raw, headers))
            body = json.dumps(listener.reply(raw, headers)).encode()
            self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            return

    door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    listener.address = f"http://127.0.0.1:{door.server_port}/hook"
    try:
        yield listener
    finally:
        door.shutdown()
        door.server_close()
