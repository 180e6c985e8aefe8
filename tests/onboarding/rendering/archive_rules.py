"""What PDF/A-3a and PDF/UA-1 ask of a file and a program can see: each broken rule by its name, with its place."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from lxml import etree

FORBIDDEN = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState"}
SHOWN = {"Tj", "TJ", "'", '"', "Do", "sh", "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "EI"}


def broken(content: bytes) -> list[str]:
    """Every rule this file breaks; an empty list is a file as archives want it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            *_structure(pdf), *_metadata(pdf), *_colours(pdf), *_fonts(pdf), *_actions(pdf), *_tags(pdf), *_content(pdf),
            *_attachments(pdf),
        ]  # fmt: skip


def _structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "encrypted"
    if "/ID" not in pdf.trailer:
        yield "no file identifier"
    if not pdf.Root.get("/MarkInfo", {}).get("/Marked", False):
        yield "not marked as tagged"
    if not str(pdf.Root.get("/Lang", "")):
        yield "no language"
    if not pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "the title is not displayed"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Filter" in pdf.Root.Metadata:
        yield "compressed metadata"
    root = etree.fromstring(pdf.Root.Metadata.read_bytes())
    blocks = root.findall("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF")
    if len(blocks) != 1:
        yield f"{len(blocks)} RDF blocks"
    text = etree.tostring(root).decode()
    for wanted in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<dc:title>",
                   "<pdfaSchema:prefix>pdfuaid<"):  # fmt: skip
        if wanted not in text:
            yield f"the metadata lacks {wanted}"


def _colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if one.S == "/GTS_PDFA1"]
    if len(intents) != 1 or int(intents[0].DestOutputProfile.N) != 3:
        yield "no output intent in RGB"
    for place, page in enumerate(pdf.pages, 1):
        if any(str(one.operator) in {"k", "K"} for one in pikepdf.parse_content_stream(page)):
            yield f"CMYK without a profile on page {place}"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in (one for one in pdf.objects if _is(one, "/Font") and one.Subtype == "/Type0"):
        descriptor = font.DescendantFonts[0].FontDescriptor
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            yield f"{font.BaseFont} is not embedded"
        if "/ToUnicode" not in font:
            yield f"{font.BaseFont} says no characters"
    for font in (one for one in pdf.objects if _is(one, "/Font") and one.Subtype == "/Type3"):
        if "/ToUnicode" not in font:
            yield "a drawn font says no characters"


def _is(one: Any, kind: str) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/Type") == kind


def _actions(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/OpenAction" in pdf.Root or "/AA" in pdf.Root:
        yield "an action on opening"
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary) and str(one.get("/S", "")) in FORBIDDEN:
            yield f"an action {one.S}"
        if _is(one, "/Annot"):
            if not int(one.get("/F", 0)) & 4:
                yield "an annotation that is not printed"
            if "/Contents" not in one or ("/StructParent" not in one and not _is_off_the_page(one)):
                yield "an annotation without words or tag"


def _is_off_the_page(annotation: Any) -> bool:
    """Left of it or below: PDF/UA asks no tag of what nobody can come upon (7.18.1)."""
    return all(float(number) < 0 for number in annotation.Rect)


def _tags(pdf: pikepdf.Pdf) -> Iterator[str]:
    level = 0
    for element in elements(pdf.Root.StructTreeRoot):
        kind = str(element.S)
        if kind == "/Figure" and not str(element.get("/Alt", "")):
            yield "a figure without words"
        if kind == "/TH" and "/Scope" not in element.A:
            yield "a heading cell that points nowhere"
        if kind[1:] in {"H1", "H2", "H3", "H4", "H5", "H6"}:
            if int(kind[2]) > level + 1:
                yield f"{kind[1:]} follows a heading of level {level}"
            level = int(kind[2])


def elements(node: Any) -> Iterator[Any]:
    """The elements of a structure tree in reading order."""
    if not isinstance(node, pikepdf.Dictionary):
        return
    if "/S" in node:
        yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        yield from elements(kid)


def _content(pdf: pikepdf.Pdf) -> Iterator[str]:
    """All that is shown is tagged or an artifact, and each tag stands in the tree."""
    reachable = {element.objgen for element in elements(pdf.Root.StructTreeRoot)}
    owners = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    for place, page in enumerate(pdf.pages, 1):
        marks: list[Any] = []
        for one in pikepdf.parse_content_stream(page):
            operator = str(one.operator)
            if operator in {"BMC", "BDC"}:
                marks.append(one.operands)
            elif operator == "EMC":
                marks.pop()
            elif operator in SHOWN and not marks:
                yield f"untagged {operator} on page {place}"
            if operator == "BDC" and "/MCID" in one.operands[1]:
                owner = owners[int(page.StructParents)][int(one.operands[1]["/MCID"])]
                if owner is None or owner.objgen not in reachable:
                    yield f"a tag outside the tree on page {place}"


def _attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    files = [one for one in pdf.objects if _is(one, "/Filespec")]
    listed = [one.objgen for one in pdf.Root.get("/AF", [])]
    if sorted(one.objgen for one in files) != sorted(listed):
        yield "attachments that are not associated, or twice"
    for one in files:
        if not {"/F", "/UF", "/AFRelationship", "/Desc"} <= set(one.keys()):
            yield "an attachment that does not say what it is"
        if "/Subtype" not in one.EF.F or "/ModDate" not in one.EF.F.Params:
            yield "an attachment without type or date"
