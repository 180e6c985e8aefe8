"""The child: limits itself, imports its one parser, closes the door behind it, and reads. Its answer is JSON on stdout."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import resource
import sys
from typing import Any, BinaryIO

from onboarding.inspection.unfit import Unfit

CHUNK = 1024 * 1024
# Python would look for these by name when a parser first needs them.
ENCODINGS = ("ascii", "cp437", "idna", "latin_1", "utf_16", "utf_8_sig")


def main(arguments: list[str]) -> None:
    """`module extension memory-bytes cpu-seconds released-fd`; the file is stdin."""
    module, extension, memory, seconds, released_fd = arguments
    _limit(memory=int(memory), seconds=int(seconds))
    parser = importlib.import_module(module)
    for name in ENCODINGS:
        importlib.import_module(f"encodings.{name}")
    os.lseek(0, 0, os.SEEK_SET)  # it came with the parent's position
    with os.fdopen(0, "rb", closefd=False) as source, os.fdopen(int(released_fd), "w+b", closefd=False) as released:
        close_the_door()
        answer = _answer(parser, source, released, extension)
    os.write(1, json.dumps(answer).encode())


def _limit(*, memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    # A parser that recurses deeper fails as Python does, not by overrunning the stack.
    sys.setrecursionlimit(500)


def close_the_door() -> None:
    """From here on no file can be opened and no socket made, by Python or by a library in C."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _answer(parser: Any, source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    try:
        facts = parser.read(source, released, extension)
    except Unfit as unfit:
        return {"verdict": "refused", "code": unfit.code, "words": unfit.words}
    except MemoryError:
        return {"verdict": "undecided", "error": "MemoryError"}
    except Exception as error:  # noqa: BLE001 - whatever a parser raises, the file is not clean
        return {"verdict": "undecided", "error": type(error).__name__}
    released.flush()
    return {"verdict": "clean", "facts": facts, "released": _measured(released)}


def _measured(released: BinaryIO) -> dict[str, Any] | None:
    """Hash and size of what was written anew; None when the file is released as it came."""
    size = released.seek(0, os.SEEK_END)
    if not size:
        return None
    released.seek(0)
    digest = hashlib.sha256()
    while block := released.read(CHUNK):
        digest.update(block)
    return {"sha256": digest.hexdigest(), "size": size}
