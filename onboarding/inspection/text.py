"""Text, CSV and VTT: valid UTF-8 to the last byte, no binary data. Cells that act like formulas are told, not changed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from onboarding.inspection.unfit import Unfit

CHUNK = 1024 * 1024
# What a spreadsheet program would run when somebody opens the file there; signed numbers are no formulas.
FORMULA = re.compile(rb"(?:^|[,;\t])\"?(?:[=@]|[+-](?=[^\d.,\s\"]))", re.MULTILINE)
# Control characters that no text holds, beside NUL: tab, line feed, form feed and carriage return are text.
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Facts: lines, and for a CSV how many cells begin like a formula."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = formulas = 0
    try:
        for block in _blocks(source):
            decoder.decode(block)
            if BINARY.search(block):
                raise Unfit("binary", "It holds binary data. Save it as UTF-8 text and send it again.")
            lines += block.count(b"\n")
            formulas += len(FORMULA.findall(block)) if extension == "csv" else 0
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
