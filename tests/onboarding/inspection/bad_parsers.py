"""Parsers that go wrong, each in its own way: the child runs them instead of its own (`extension` chooses)."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any, BinaryIO


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    return {
        "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "memory": lambda: [bytearray(64 * 1024 * 1024) for _ in range(100)],
        "asleep": lambda: time.sleep(60),
        "busy": lambda: [None for _ in iter(int, 1)],
        "silent": lambda: os._exit(0),
        "garbage": lambda: os.write(1, b"{ clean? "),
        "socket": socket.socket,
        "open": lambda: Path("/etc/passwd").read_text(),
        "environment": lambda: dict.fromkeys(os.environ, ""),
    }[extension]() or {}  # type: ignore[return-value]
