"""The parent's side: one child a file, with limits on memory, processor and wall time, and nothing of ours inside it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent
# -I: no environment and no current folder tell this Python where to find modules; the portal's folder is given by us.
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from onboarding.inspection.child import main; main(sys.argv[2:])"
PARSERS = {
    **dict.fromkeys(("docx", "xlsx", "pptx"), "onboarding.inspection.office"),
    **dict.fromkeys(("png", "jpg", "jpeg"), "onboarding.inspection.image"),
    **dict.fromkeys(("txt", "csv", "vtt"), "onboarding.inspection.text"),
    "pdf": "onboarding.inspection.pdf",
}
LONGEST_ANSWER = 64 * 1024
BYTES_A_SECOND = 20 * 1024 * 1024  # a slow machine reads this much; large files get the more time


@dataclass(frozen=True)
class Limits:
    """What one child may use."""

    memory_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 30
    wall_seconds: float = 60
    most_seconds: float = 200  # however large the file: within a task's time limit

    def for_size(self, size: int) -> Limits:
        """More time for a larger file, never more memory."""
        more = size / BYTES_A_SECOND
        return Limits(
            self.memory_bytes,
            min(int(self.cpu_seconds + more), int(self.most_seconds)),
            min(self.wall_seconds + more, self.most_seconds),
        )


LIMITS = Limits()


@dataclass(frozen=True)
class Report:
    """What the child found. Anything but `clean` is not clean; `refused` is about the file, `undecided` about us."""

    verdict: str  # clean · refused · undecided
    code: str = ""
    words: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    sha256: str = ""  # of what the child wrote anew; empty: the file is released as it came
    size: int = 0


def inspect(
    source: IO[bytes], released: IO[bytes], *, extension: str, size: int, limits: Limits = LIMITS, parser: str = ""
) -> Report:
    """Have a child read `source`, a real file. What an image becomes stands in `released`, a real empty file.

    `parser` is the module that reads, by default the extension's own.
    """
    allowed = limits.for_size(size)
    command = [
        sys.executable, "-I", "-c", BOOT, str(ROOT), parser or PARSERS[extension], extension,
        str(allowed.memory_bytes), str(allowed.cpu_seconds), str(released.fileno()),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as answer:
        try:
            child = subprocess.run(  # noqa: S603 - our own program, and no word of the file's in its arguments
                command, stdin=source, stdout=answer, stderr=subprocess.DEVNULL, pass_fds=[released.fileno()], env={},
                cwd="/", timeout=allowed.wall_seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return _undecided("timed_out", "Reading it took too long.")
        if child.returncode:
            return _undecided("crashed", "Reading it failed.", exit_code=child.returncode)
        answer.seek(0)
        return _report(answer.read(LONGEST_ANSWER))


def _report(answer: bytes) -> Report:
    try:
        told = json.loads(answer)
        if told["verdict"] == "undecided":
            return _undecided("crashed", "Reading it failed.", error=told["error"])
        if told["verdict"] == "refused":
            return Report("refused", code=told["code"], words=told["words"])
        anew = told["released"] or {"sha256": "", "size": 0}
        return Report("clean", facts=told["facts"], **anew)
    except (ValueError, KeyError, TypeError):
        return _undecided("crashed", "Reading it failed.", error="no answer")


def _undecided(code: str, words: str, **facts: Any) -> Report:
    return Report("undecided", code=code, words=words, facts=facts)
