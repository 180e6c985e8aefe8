"""Text, CSV and VTT: valid UTF-8 to the last byte, no binary data. Cells that act like formulas are told, not changed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from onboarding.inspection.unfit import Unfit

CHUNK = 1024 * 1024
# What a spreadsheet program would run when somebody opens the file there; signed numbers are no formulas. The sign comes
# first in the expression and what stands before it is looked at behind: four times as fast as the other way round.
FORMULA = re.compile(rb"[=@+-](?<=[,;\t\n\"].)(?:(?<=[=@])|(?=[^\d.,\s\"]))")
# Control characters that no text holds: tab, line feed, vertical tab, form feed, carriage return and escape may.
BINARY = bytes([*range(9), *range(14, 27), *range(28, 32)])


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Facts: lines, and for a CSV how many cells begin like a formula."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = formulas = 0
    try:
        for block in _blocks(source):
            decoder.decode(block)
            if len(block.translate(None, BINARY)) < len(block):
                raise Unfit("binary", "It holds binary data. Save it as UTF-8 text and send it again.")
            lines += block.count(b"\n")
            formulas += len(FORMULA.findall(b"\n" + block)) if extension == "csv" else 0
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unfit("not_utf8", "It is not UTF-8 text throughout. Save it as UTF-8 and send it again.") from None
    return {"lines": lines} | ({"formulas": formulas} if formulas else {})


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    """The bytes in pieces that end with a line, as far as lines end at all."""
    left = b""
    while block := source.read(CHUNK):
        whole, newline, left = (left + block).rpartition(b"\n")
        if not newline and len(left) > CHUNK:
            whole, left = left, b""
        yield whole + newline
    yield left
