"""PDF: nothing that acts by itself, nothing hidden inside. Names are read by qpdf and, for what qpdf drops, in the bytes."""

from __future__ import annotations

import re
import zipfile
from typing import Any, BinaryIO

import pikepdf

from onboarding.inspection.unfit import Unfit, damaged, protected

CHUNK = 4 * 1024 * 1024
OVERLAP = 256
DEEPEST = 60
ACTING = {"/JS", "/JavaScript", "/XFA", "/RichMedia", "/RichMediaContent"}
HOLDING = {"/EmbeddedFiles", "/EF"}
ACTS = {"/JavaScript", "/Launch", "/ImportData", "/GoToE", "/Rendition", "/RichMediaExecute"}
ACTING_TYPES = {"/RichMedia", "/Movie", "/Screen", "/3D"}
HOLDING_TYPES = {"/EmbeddedFile", "/FileAttachment"}
ACTING_WORDS = "It holds a script, or something that starts when it is opened. Print it to a new PDF and send that."
HOLDING_WORDS = "It holds other files. Send those on their own, and this one printed to a new PDF."


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Facts: pages, objects."""
    if source.read(5) != b"%PDF-":
        raise damaged()
    source.seek(0)
    _scan_bytes(source)
    if zipfile.is_zipfile(source):
        raise Unfit("two_in_one", HOLDING_WORDS)
    source.seek(0)
    try:
        with pikepdf.open(source) as document:
            if document.is_encrypted:
                raise protected()
            return _looked_at(document)
    except pikepdf.PasswordError:
        raise protected() from None
    except (pikepdf.PdfError, RecursionError, ValueError, TypeError):
        raise damaged() from None


def _looked_at(document: pikepdf.Pdf) -> dict[str, Any]:
    count = 0
    for one in document.objects:
        count += 1
        _look(one, 0)
    return {"pages": len(document.pages), "objects": count}


def _look(one: Any, depth: int) -> None:
    """Look at an object and what stands inside it directly; what it points to comes by itself."""
    if depth > DEEPEST:
        raise damaged()
    if isinstance(one, pikepdf.Array):
        children = list(one)
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        _look_at_names(one)
        children = [value for _, value in one.items()]
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _look(child, depth + 1)


def _look_at_names(one: Any) -> None:
    names = set(one.keys())
    told = {str(value) for value in (one.get("/Type"), one.get("/Subtype")) if isinstance(value, pikepdf.Name)}
    if names & ACTING or told & ACTING_TYPES or _acts(one):
        raise Unfit("acting", ACTING_WORDS)
    if names & HOLDING or told & HOLDING_TYPES:
        raise Unfit("holding", HOLDING_WORDS)


def _acts(one: Any) -> bool:
    """An action of a kind that does things, one that starts by itself, or triggers. Going to a page is none of these."""
    if isinstance(kind := one.get("/S"), pikepdf.Name) and str(kind) in ACTS:
        return True
    opening = one.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != pikepdf.Name.GoTo:
        return True
    # A font may be called AA; only triggers hold actions.
    triggers = one.get("/AA")
    return isinstance(triggers, pikepdf.Dictionary) and any(
        isinstance(value, pikepdf.Dictionary) and "/S" in value for _, value in triggers.items()
    )


def _spelled(name: str) -> bytes:
    """A name as it may be spelled in the bytes: each letter as it is, or as its number (#4a)."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (ord(letter), ord(letter)) for letter in name)


# Long names only: a short one stands by chance in any large picture.
SCRIPTS = re.compile(rb"/(?:" + b"|".join(map(_spelled, ("JavaScript", "Launch", "RichMedia"))) + rb")(?![A-Za-z0-9])")
FILES = re.compile(rb"/" + _spelled("EmbeddedFile") + rb"s?(?![A-Za-z0-9])")


def _scan_bytes(source: BinaryIO) -> None:
    """What stands in revisions or objects that the cross-reference table no longer names."""
    tail = b""
    while block := source.read(CHUNK):
        window = tail + block
        if SCRIPTS.search(window):
            raise Unfit("acting", ACTING_WORDS)
        if FILES.search(window):
            raise Unfit("holding", HOLDING_WORDS)
        tail = window[-OVERLAP:]
