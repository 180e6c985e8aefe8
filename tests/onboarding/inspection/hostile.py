"""Files that would hurt, made here by code: nothing binary is kept in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import docx
import pikepdf
from PIL import Image

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
JAVASCRIPT = {"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("app.alert(1)")}


def word(**parts: bytes | str | None) -> bytes:
    """A true Word file; `parts` adds or, at the same name, replaces (None: leaves out). `__` stands for `/`."""
    plain = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Chart of accounts, as of today.")
    document.save(plain)
    return changed(plain.getvalue(), {name.replace("__", "/"): content for name, content in parts.items()})


def smallest(extension: str, **parts: str) -> bytes:
    """The least that is an Excel or PowerPoint file; `parts` as for `word`."""
    main, declared = {
        "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
        "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
    }[extension]
    kind = f"application/vnd.openxmlformats-officedocument.{declared}.main+xml"
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" ContentType="{kind}"/></Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {"[Content_Types].xml": types, main: "<a/>", **parts}.items():
            made.writestr(name, content)
    return out.getvalue()


def changed(archive: bytes, parts: dict[str, bytes | str | None]) -> bytes:
    """The archive with parts added, replaced or left out (None)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in parts:
                new.writestr(part.filename, old.read(part))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def content_types(archive: bytes, before: str, after: str) -> bytes:
    """The archive with its declared types spelled otherwise."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        told = old.read("[Content_Types].xml").decode().replace(before, after)
    return changed(archive, {"[Content_Types].xml": told})


def relationship(kind: str, target: str, *, is_outside: bool = True) -> str:
    mode = ' TargetMode="External"' if is_outside else ""
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONSHIPS}/{kind}" Target="{target}"{mode}/></Relationships>'
    )


def bomb() -> bytes:
    """A Word file that unpacks to a thousand times its size."""
    return word(**{"word/media/image1.png": b"\0" * (64 * 1024 * 1024)})


def crowd() -> bytes:
    """An archive of nothing but entries: its directory alone costs memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(30_000):
            made.writestr(f"word/{number:0120}", b"")
    return out.getvalue()


def encrypted(archive: bytes) -> bytes:
    """The archive's first part marked as encrypted, in its directory as in its head."""
    marked = bytearray(archive)
    marked[6] |= 1
    marked[archive.index(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)


def pdf(change: Any = None, **saving: Any) -> bytes:
    """A PDF of one page; `change(document)` adds what makes it bad."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 200))
        if change:
            change(document)
        document.save(out, **saving)
    return out.getvalue()


def opening_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(JAVASCRIPT)


def opening_page(document: pikepdf.Pdf) -> None:
    """As LaTeX and Word write it: where the reader begins."""
    document.Root.OpenAction = pikepdf.Dictionary({"/S": pikepdf.Name.GoTo, "/D": [document.pages[0].obj]})


def launching(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary({"/S": pikepdf.Name.Launch, "/F": pikepdf.String("calc.exe")})
    document.pages[0].Annots = [pikepdf.Dictionary({"/Subtype": pikepdf.Name.Link, "/A": action})]


def triggered(document: pikepdf.Pdf) -> None:
    going = pikepdf.Dictionary({"/S": pikepdf.Name.URI, "/URI": pikepdf.String("https://there.example/")})
    document.pages[0].AA = pikepdf.Dictionary({"/O": going})


def named_script(document: pikepdf.Pdf) -> None:
    scripts = pikepdf.Dictionary({"/Names": [pikepdf.String("a"), pikepdf.Dictionary(JAVASCRIPT)]})
    document.Root.Names = pikepdf.Dictionary({"/JavaScript": scripts})


def with_file(document: pikepdf.Pdf) -> None:
    document.attachments["run.exe"] = b"MZ"


def with_form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = pikepdf.Dictionary({"/XFA": pikepdf.String("<xdp/>"), "/Fields": []})


def with_film(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots = [pikepdf.Dictionary({"/Subtype": pikepdf.Name.RichMedia})]


def with_font_called_aa(document: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary({"/Type": pikepdf.Name.Font, "/BaseFont": pikepdf.Name.Helvetica})
    document.pages[0].Resources = pikepdf.Dictionary({"/Font": pikepdf.Dictionary({"/AA": font})})


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6), **saving: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **saving)
    return out.getvalue()


def flood() -> bytes:
    """A PNG of some bytes whose header promises 50,000 × 50,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def archive(name: str = "run.exe", content: bytes = b"MZ") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, content)
    return out.getvalue()
