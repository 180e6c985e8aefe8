"""clamd over its socket, by INSTREAM: every byte counted here, and nothing but its plain OK for all of them is clean.

`clamdscan --stream` cuts a long file quietly and says OK; raw INSTREAM says so. What clamd takes but does not look into
(MaxFileSize, MaxScanSize) it calls OK too, unless told otherwise: run it with `AlertExceedsMax yes`, and these two and
StreamMaxLength at CLAMAV_LIMIT_MB at least.
"""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import IO
from urllib.parse import urlsplit

from integrations.engine.errors import Failure, failure

VENDOR = "ClamAV"
CHUNK = 256 * 1024
CONNECT_SECONDS = 5
LONGEST_REPLY = 4096
PORT = 3310


class Verdict(StrEnum):
    """What the scanner said of the whole file."""

    CLEAN = "clean"
    FOUND = "found"
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class Scan:
    """One answer; `signature` names what was found, `scanner` its version and that of its signatures."""

    verdict: Verdict
    signature: str = ""
    scanner: str = ""


class Clamd:
    """The daemon at `unix:///run/clamav/clamd.ctl` or `tcp://host:3310`."""

    def __init__(self, url: str, *, limit_bytes: int, reply_seconds: float = 90) -> None:
        self.parts = urlsplit(url)
        if self.parts.scheme not in {"unix", "tcp"}:
            raise ValueError("CLAMAV_URL begins with unix:// or tcp://.")
        self.limit_bytes = limit_bytes
        self.reply_seconds = reply_seconds

    def scan(self, source: IO[bytes], *, size: int) -> Scan:
        """Stream a file of this size from its beginning. TemporaryFailure when there is no clear answer."""
        if size > self.limit_bytes:
            return Scan(Verdict.TOO_LARGE)
        source.seek(0)
        try:
            scanner = self._asked("VERSION")
            with self._connected() as clamd:
                reply, sent = self._streamed(clamd, source)
        except OSError as error:  # time-outs are OSErrors
            raise _down(type(error).__name__) from None
        return _understood(reply, scanner=scanner, is_whole=sent == size)

    def _asked(self, command: str) -> str:
        with self._connected() as clamd:
            clamd.sendall(f"z{command}\0".encode())
            return self._reply(clamd)

    def _connected(self) -> socket.socket:
        if self.parts.scheme == "tcp":
            address = (self.parts.hostname or "", self.parts.port or PORT)
            clamd = socket.create_connection(address, timeout=CONNECT_SECONDS)
        else:
            clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            clamd.settimeout(CONNECT_SECONDS)
            try:
                clamd.connect(self.parts.path)
            except OSError:
                clamd.close()
                raise
        clamd.settimeout(self.reply_seconds)
        return clamd

    def _streamed(self, clamd: socket.socket, source: IO[bytes]) -> tuple[str, int]:
        """The reply, and how many bytes it is about: none when it came before all had gone, as clamd listens no more."""
        sent = 0
        clamd.sendall(b"zINSTREAM\0")
        try:
            while block := source.read(CHUNK):
                clamd.sendall(len(block).to_bytes(4, "big") + block)
                sent += len(block)
                if select.select([clamd], [], [], 0)[0]:
                    return self._reply(clamd), 0
            clamd.sendall(b"\0\0\0\0")
        except (BrokenPipeError, ConnectionResetError):
            sent = 0  # why, it said before it hung up
        return self._reply(clamd), sent

    def _reply(self, clamd: socket.socket) -> str:
        """Up to its zero byte; a reply without one was cut off."""
        until, reply = time.monotonic() + self.reply_seconds, b""
        while not reply.endswith(b"\0"):
            clamd.settimeout(max(0.001, until - time.monotonic()))
            block = clamd.recv(LONGEST_REPLY)
            if not block or len(reply) > LONGEST_REPLY:
                raise _down("hung up")
            reply += block
        return reply[:-1].decode(errors="replace").strip()


def _understood(reply: str, *, scanner: str, is_whole: bool) -> Scan:
    if reply.startswith("INSTREAM size limit exceeded"):
        return Scan(Verdict.TOO_LARGE, scanner=scanner)
    if reply == "stream: OK" and is_whole:
        return Scan(Verdict.CLEAN, scanner=scanner)
    if reply.startswith("stream: ") and reply.endswith(" FOUND"):
        signature = reply.removeprefix("stream: ").removesuffix(" FOUND")
        if signature.startswith("Heuristics.Limits.Exceeded"):
            return Scan(Verdict.TOO_LARGE, signature, scanner)
        return Scan(Verdict.FOUND, signature, scanner)
    raise _down(reply)


def _down(said: str) -> Failure:
    return failure("scanner_down", vendor=VENDOR, vendor_message=said)
