"""Word, Excel and PowerPoint: an archive whose directory is honest, XML without a DTD, no macro, nothing embedded or outside."""

from __future__ import annotations

import zipfile
import zlib
from typing import Any, BinaryIO, NoReturn
from xml.parsers import expat

from onboarding.inspection.unfit import Unfit, damaged, protected

CHUNK = 256 * 1024
MOST_UNPACKED_BYTES = 300 * 1024 * 1024
MOST_RATIO = 200
MOST_PARTS = 20_000
FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": f"{_OPEN_XML}wordprocessingml.document.main+xml",
    "xlsx": f"{_OPEN_XML}spreadsheetml.sheet.main+xml",
    "pptx": f"{_OPEN_XML}presentationml.presentation.main+xml",
}
TYPES = "[Content_Types].xml"
MACRO_WORDS = "It holds macros. Save it without macros and send that."
BOMB_WORDS = "It unpacks to far more than its size. Save it again without embedded data."
EMBEDDED_WORDS = "It holds other files (embedded objects). Put them in as pictures, or send them on their own."
OUTSIDE_WORDS = "It draws on files outside itself. Break those links (templates, linked tables) and send it again."
# The last word of a relationship's type.
EMBEDDING = {"oleobject", "package", "control", "activexcontrolbinary", "afchunk"}
OUTSIDE_MAY_BE = {"hyperlink"}
FOREIGN = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"%PDF")


END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_BYTES, COMMENT_BYTES, END_64_BYTES = 22, 65_535, 20
MOST_DIRECTORY_BYTES = MOST_PARTS * 200


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Facts: parts, unpacked bytes."""
    try:
        parts = directory(source, extension)
        with zipfile.ZipFile(source) as archive:
            types = _types(archive)
            if MAIN[extension] not in types.values():
                raise _macros_or_damaged(types)
            for part in parts:
                _look_at_part(archive, part, types)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, EOFError, OSError, ValueError):
        raise damaged() from None
    return {"parts": len(parts), "unpacked": sum(part.file_size for part in parts)}


def directory(source: BinaryIO, extension: str) -> list[zipfile.ZipInfo]:
    """The archive's parts, when what it says of itself is fit. Nothing is unpacked. Raises Unfit, BadZipFile."""
    if _directory_bytes(source) > MOST_DIRECTORY_BYTES:  # each entry costs memory, here and in the child
        raise Unfit("bomb", BOMB_WORDS)
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
    _look_at_directory(parts, extension)
    return parts


def _directory_bytes(source: BinaryIO) -> int:
    """How long the directory is, read from the archive's end where zipfile reads it."""
    size = source.seek(0, 2)
    source.seek(max(0, size - END_BYTES - COMMENT_BYTES - END_64_BYTES))
    tail = source.read()
    at = len(tail) - END_BYTES
    if not (tail[at:].startswith(END) and tail.endswith(b"\0\0")):
        at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES:
        raise zipfile.BadZipFile
    if tail[max(0, at - END_64_BYTES) :].startswith(END_64):  # for archives beyond every limit of ours
        return MOST_DIRECTORY_BYTES + 1
    return int.from_bytes(tail[at + 12 : at + 16], "little")


def _look_at_directory(parts: list[zipfile.ZipInfo], extension: str) -> None:
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts) or 1
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES or unpacked / packed > MOST_RATIO:
        raise Unfit("bomb", BOMB_WORDS)
    if any(part.flag_bits & 1 for part in parts):
        raise protected()
    names = [part.filename for part in parts]
    known = {name.lower() for name in names}
    if any(_is_odd(name) for name in names) or len(known) < len(names):
        raise Unfit("odd_names", "Its parts have odd names. Open it, save it again and send the new file.")
    if any("vbaproject" in name or "macrosheets/" in name or "vbadata" in name for name in known):
        raise Unfit("macros", MACRO_WORDS)
    if any("/embeddings/" in name or "/activex/" in name for name in known):
        raise Unfit("embedded", EMBEDDED_WORDS)
    first = min((part.header_offset for part in parts), default=1)
    if first != 0 or TYPES not in names or not any(name.startswith(FOLDERS[extension]) for name in names):
        raise damaged()


def _is_odd(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name or not name.isprintable()


def _types(archive: zipfile.ZipFile) -> dict[str, str]:
    """Content types by part name (`/word/document.xml`) or ending (`xml`), in lower case."""
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        key = attributes.get("PartName") or attributes.get("Extension") or ""
        found[key.lower()] = attributes.get("ContentType", "")

    _parse(archive, TYPES, start)
    for told in found.values():
        if "macro" in told.lower() or "vba" in told.lower():
            raise Unfit("macros", MACRO_WORDS)
        if "activex" in told.lower() or "oleobject" in told.lower():
            raise Unfit("embedded", EMBEDDED_WORDS)
    return found


def _macros_or_damaged(types: dict[str, str]) -> Unfit:
    """A template or slide show under a document's name is not what its name says either."""
    return Unfit("macros", MACRO_WORDS) if "macro" in " ".join(types.values()).lower() else damaged()


def _look_at_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, types: dict[str, str]) -> None:
    name = part.filename.lower()
    told = types.get(f"/{name}") or types.get(name.rpartition(".")[2], "")
    if name.endswith(".rels"):
        _parse(archive, part.filename, _relationship)
    elif name.endswith((".xml", ".svg")) or told.lower().endswith("xml"):
        _parse(archive, part.filename, _element if _may_act(name) else None)
    else:
        with archive.open(part) as content:
            if content.read(8).startswith(FOREIGN):
                raise Unfit("embedded", EMBEDDED_WORDS)


def _may_act(name: str) -> bool:
    return name.startswith(("word/", "xl/externallinks/")) or name.endswith(".svg")


def _relationship(name: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    if "vbaproject" in kind or "macrosheet" in kind:
        raise Unfit("macros", MACRO_WORDS)
    if kind in EMBEDDING:
        raise Unfit("embedded", EMBEDDED_WORDS)
    is_outside = attributes.get("TargetMode", "").lower() == "external"
    if kind == "attachedtemplate" or (is_outside and kind not in OUTSIDE_MAY_BE):
        raise Unfit("outside", OUTSIDE_WORDS)


def _element(name: str, attributes: dict[str, str]) -> None:
    """Fields and links that start a program or ask it for data (DDE), and scripts in drawings."""
    local = name.rpartition(" ")[2].lower()
    field = next((value for key, value in attributes.items() if key.endswith("instr")), "")
    if local in {"ddelink", "olelink"} or field.strip().upper().startswith("DDE"):
        raise Unfit("outside", OUTSIDE_WORDS)
    if local == "script":
        raise Unfit("embedded", EMBEDDED_WORDS)


def _parse(archive: zipfile.ZipFile, name: str, start: Any) -> None:
    """Read one XML part to its end. A DTD is refused before it can define anything."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_dtd
    parser.ExternalEntityRefHandler = _refuse_dtd
    fields = _Fields() if start is _element else None
    if fields:
        parser.CharacterDataHandler = fields.read
    with archive.open(name) as content:
        while block := content.read(CHUNK):
            parser.Parse(block, False)
    parser.Parse(b"", True)


class _Fields:
    """Word splits a field's instruction over several runs: "DD" and "EAUTO" are told apart only together."""

    LONGEST = 16

    def __init__(self) -> None:
        self.tail = ""

    def read(self, text: str) -> None:
        self.tail = (self.tail + text.upper())[-self.LONGEST - len(text) :]
        if "DDEAUTO" in self.tail:
            raise Unfit("outside", OUTSIDE_WORDS)
        self.tail = self.tail[-self.LONGEST :]


def _refuse_dtd(*_: Any) -> NoReturn:
    raise Unfit("dtd", "Its XML defines things of its own (a DTD). Open it, save it again and send the new file.")
