"""A sealed file, changed in every way that comes to mind: each as a name and its bytes."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from onboarding.rendering import seal
from portal.walkthrough.proofs.tampering import container, digit, flipped, with_page_inserted
from tests.sealing import AT, NAME, REASON, another_key


def _found(content: bytes, what: bytes, *, last: bool = False) -> int:
    at = content.rfind(what) if last else content.find(what)
    assert at >= 0, what
    return at


def with_note_appended(content: bytes) -> bytes:
    """Another title in a further revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.root["/Lang"] = generic.pdf_string("fr")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def saved_anew(content: bytes) -> bytes:
    """As another program writes it: the same pages, other bytes."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(out)
    return out.getvalue()


def stripped(content: bytes) -> bytes:
    """Without the signature: saved anew, its field and permission gone."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        del document.Root["/AcroForm"], document.Root["/Perms"]
        del document.pages[-1].obj["/Annots"]
        document.save(out)
    return out.getvalue()


def cut_before_the_seal(content: bytes) -> bytes:
    """The revision that was sealed, without the seal."""
    return content[: _found(content, b"%%EOF") + 6]


def signed_by_another(content: bytes) -> bytes:
    """Stripped, and sealed under another's key that bears our name."""
    return seal.seal(stripped(content), key=another_key(NAME), name=NAME, reason=REASON, at=AT)


CHANGED: dict[str, Callable[[bytes], bytes]] = {
    "version in the header": lambda content: flipped(content, 7),
    "first object": lambda content: flipped(content, _found(content, b"/Filter")),
    "inside a stream": lambda content: flipped(content, _found(content, b"stream\n") + 60),
    "cross-references of what was sealed": lambda content: flipped(content, _found(content, b"startxref") - 40),
    "end of what was sealed": lambda content: flipped(content, _found(content, b"%%EOF") + 2),
    "the catalog of the seal": lambda content: flipped(content, _found(content, b"/AcroForm", last=True) + 2),
    "the signed ranges": lambda content: flipped(content, _found(content, b"/ByteRange [0 ") + 15),
    "first digit of the container": lambda content: digit(content, container(content)[0]),
    "the certificate in the container": lambda content: digit(content, container(content)[0] + 900),
    "the signature's value": lambda content: digit(content, len(content[: container(content)[1]].rstrip(b"0")) - 50),
    "the filling of the container": lambda content: digit(content, container(content)[1] - 9),
    "the reason": lambda content: content.replace(b"executed by both", b"executed by none"),
    "the last cross-references": lambda content: flipped(content, _found(content, b"startxref", last=True) - 30),
    "the last byte": lambda content: flipped(content, len(content) - 2),
    "a space at the end": lambda content: content + b" ",
    "a comment at the end": lambda content: content + b"\n% and one more thing\n%%EOF\n",
    "a page inserted": with_page_inserted,
    "a note appended": with_note_appended,
    "saved anew": saved_anew,
    "the last byte missing": lambda content: content[:-4],
    "half of it": lambda content: content[: len(content) * 9 // 10],
    "something in front": lambda content: b"%PDF-1.7\n% not ours\n" + content,
}
NO_LONGER_OURS: dict[str, Callable[[bytes], bytes]] = {
    "the seal stripped": stripped,
    "cut before the seal": cut_before_the_seal,
    "sealed by another key of our name": signed_by_another,
}
EVERY = CHANGED | NO_LONGER_OURS
