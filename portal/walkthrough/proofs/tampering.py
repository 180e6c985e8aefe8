"""A sealed file changed after it was sealed, in every way a verifier has to see."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

# Which verifiers see a change; our verify page has to see every one, as it also knows the whole file's hash.
BOTH, PDFSIG, PYHANKO = ("pdfsig", "pyHanko"), ("pdfsig",), ("pyHanko",)


@dataclass(frozen=True)
class Change:
    """What was done to the file, and who else than our verify page must refuse it where it was sealed by us."""

    what: str
    make: Callable[[bytes], bytes]
    seen_by: tuple[str, ...]


def flipped(content: bytes, at: int) -> bytes:
    """One bit of one byte turned over."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def digit(content: bytes, at: int) -> bytes:
    """Another hexadecimal digit at this place of the signature's container."""
    return content[:at] + (b"1" if content[at : at + 1] != b"1" else b"2") + content[at + 1 :]


def container(content: bytes) -> tuple[int, int]:
    """Where the signature's digits begin and end. ValueError without one."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+\s*\]", content)
    if found is None:
        raise ValueError("The file carries no signature.")
    return int(found[1]) + 1, int(found[2]) - 1


def with_page_inserted(content: bytes) -> bytes:
    """A page of somebody's own in front, as a further revision: the first bytes stay as they were sealed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Page"),
            generic.pdf_name("/MediaBox"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 595, 842)]),
        }
    )
    pages = writer.root["/Pages"]
    page["/Parent"] = writer.root.raw_get("/Pages")
    pages["/Kids"].insert(0, writer.add_object(page))
    pages["/Count"] = generic.NumberObject(int(pages["/Count"]) + 1)
    writer.update_container(pages)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _in_a_stream(content: bytes) -> bytes:
    return flipped(content, content.index(b"stream\n") + 60)


def _in_the_value(content: bytes) -> bytes:
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return digit(content, content.lower().index(signature.signer_info["signature"].native.hex().encode()) + 10)


def _at_the_end(content: bytes) -> bytes:
    """In the time stamp, where there is one."""
    return digit(content, len(content[: container(content)[1]].rstrip(b"0")) - 50)


# Whatever made the file.
ANYWHERE = (
    Change("a bit of the header", lambda content: flipped(content, 7), BOTH),
    Change("a bit within a page", _in_a_stream, BOTH),
    Change("a bit in the middle", lambda content: flipped(content, len(content) // 2), BOTH),
    Change("a byte appended", lambda content: content + b" ", BOTH),
    Change("a page inserted after signing", with_page_inserted, PYHANKO),
    Change("the last byte missing", lambda content: content.rstrip()[:-1], BOTH),
    Change("a tenth cut off", lambda content: content[: len(content) * 9 // 10], BOTH),
)
# Within the seal itself. pdfsig does not follow time stamps, and pyHanko not what fills the container up.
IN_THE_SEAL = (
    Change("a digit of the seal's certificate", lambda content: digit(content, container(content)[0] + 900), BOTH),
    Change("a digit of the signature's value", _in_the_value, BOTH),
    Change("a digit at the seal's end", _at_the_end, PYHANKO),
    Change("a digit of the seal's filling", lambda content: digit(content, container(content)[1] - 9), PDFSIG),
)
