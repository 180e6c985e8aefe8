"""A small strict clamd over a real socket: INSTREAM with its limit, VERSION, and ways to misbehave."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# The harmless test file every scanner knows, in two parts so that no scanner finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STAND" + rb"ARD-ANTIVIRUS-TEST-FILE!$H+H*"
VERSION = "ClamAV 1.4.6/27800/Mon Nov 23 09:00:00 2026"


@dataclass
class StandIn:
    """Where it listens, what it saw, and how it behaves (`fault`: silent, hangs up, error, cuts, limits)."""

    url: str = ""
    limit: int = 100_000
    fault: str = ""
    streams: list[bytes] = field(default_factory=list)


class Handler(socketserver.StreamRequestHandler):
    @property
    def stand_in(self) -> StandIn:
        return self.server.stand_in  # type: ignore[attr-defined]

    def handle(self) -> None:
        command = self._command()
        if command == "VERSION":
            self._say(VERSION)
        elif command == "INSTREAM":
            self._stream()
        else:
            self._say("UNKNOWN COMMAND")

    def _command(self) -> str:
        read = b""
        while not read.endswith(b"\0"):
            read += self.rfile.read(1)
        assert read.startswith(b"z"), read
        return read[1:-1].decode()

    def _say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\0")

    def _stream(self) -> None:
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
            if len(content) > self.stand_in.limit:
                # As clamd does: says so, and hears the rest no more.
                self._say("INSTREAM size limit exceeded. ERROR")
                self.connection.shutdown(socket.SHUT_WR)
                return
            if self.stand_in.fault == "cuts":
                self._say("stream: OK")
                return
        self.stand_in.streams.append(content)
        self._answer(content)

    def _answer(self, content: bytes) -> None:
        fault = self.stand_in.fault
        if fault == "silent":
            self.server.let_go.wait(10)  # type: ignore[attr-defined]
        elif fault == "error":
            self._say("stream: Can't allocate memory ERROR")
        elif fault == "limits":
            self._say("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND")
        elif not fault:
            self._say("stream: Eicar-Test-Signature FOUND" if EICAR in content else "stream: OK")


@contextmanager
def running(path: str = "") -> Iterator[StandIn]:
    """Listening on loopback, or on a socket in the file system, until the block ends."""
    kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
    server = kind(path or ("127.0.0.1", 0), Handler)  # type: ignore[arg-type]
    server.daemon_threads = True
    server.let_go = threading.Event()  # type: ignore[attr-defined]
    server.stand_in = StandIn(f"unix://{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.stand_in  # type: ignore[attr-defined]
    finally:
        server.let_go.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()
