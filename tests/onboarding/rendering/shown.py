"""What a PDF's pages show, read from the finished file alone: operators, glyphs, and the fonts they come from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont


def streams(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any, Any]]:
    """Place, content and resources of every page and every drawing it uses (form XObjects, patterns, appearances)."""
    for number, page in enumerate(pdf.pages, 1):
        yield f"page {number}", page, page.obj.get("/Resources", {})
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream) and (one.get("/Subtype") == "/Form" or one.get("/PatternType") == 1):
            yield f"drawing {one.objgen[0]}", one, one.get("/Resources", {})


def operators(content: Any) -> Iterator[tuple[str, list[Any]]]:
    """Each operator of a content stream with its operands."""
    for one in pikepdf.parse_content_stream(content):
        yield str(one.operator), list(one.operands) if hasattr(one, "operands") else []


def glyphs(pdf: pikepdf.Pdf) -> dict[tuple[int, int], tuple[Any, set[int]]]:
    """By font object: the font and every CID that is shown in it (Type 0 with two bytes for each)."""
    found: dict[tuple[int, int], tuple[Any, set[int]]] = {}
    for _, content, resources in streams(pdf):
        font: Any = None
        for operator, operands in operators(content):
            if operator == "Tf":
                font = resources["/Font"][str(operands[0])]
            elif operator in {"Tj", "TJ", "'", '"'} and font is not None and font.Subtype == "/Type0":
                cids = found.setdefault(font.objgen, (font, set()))[1]
                for part in _strings(operands[-1]):
                    cids.update(int.from_bytes(part[at : at + 2], "big") for at in range(0, len(part), 2))
    return found


def _strings(operand: Any) -> list[bytes]:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    return [bytes(part) for part in parts if isinstance(part, pikepdf.String)]


def program(font: Any) -> TTFont:
    """The font's embedded program, opened."""
    descriptor = font.DescendantFonts[0].FontDescriptor
    file = next(descriptor[key] for key in ("/FontFile2", "/FontFile3") if key in descriptor)
    return TTFont(io.BytesIO(file.read_bytes()), fontNumber=0, lazy=True)


def widths(font: Any) -> dict[int, float]:
    """The widths that the file claims, by CID."""
    claimed: dict[int, float] = {}
    entries = list(font.DescendantFonts[0].get("/W", []))
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, pikepdf.Array):
            claimed |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            claimed |= dict.fromkeys(range(first, int(second) + 1), float(entries.pop(0)))
    return claimed


def unicode_of(font: Any) -> dict[int, str]:
    """The characters that the file says each CID stands for."""
    pairs = re.findall(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]*)>\n", font.ToUnicode.read_bytes() + b"\n")
    return {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace") for cid, text in pairs}
