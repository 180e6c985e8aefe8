"""Failure conditions of the Matterhorn Protocol 1.1 (PDF/UA-1) that a program can judge, by their numbers.

Not judged, since only people can: whether tags, reading order, alternatives, headings and languages say the right
thing (01-001, 01-002, 01-006, 02-004, 04-001, 05, 06-004, 08, 09-001 to 09-003, 11-007, 12, 13-001 to 13-003, 13-005
to 13-008, 14-001, 14-004, 14-005, 15-001, 15-002, 15-004, 15-005, 16, 17-001, 18, 22, 23, 24, 27, 28-001, 29). Fonts
that no document of ours holds (simple, Type 1, Type 3) are not judged by 31-002 to 31-026.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pikepdf

from tests.onboarding.rendering import pdfa_clauses, shown

Rule = Callable[[pikepdf.Pdf], Iterator[str]]
STANDARD = set(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody "
    "Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP "
    "Figure Formula Form".split()
)
PARENTS = {
    "TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"}, "TBody": {"Table"},
    "TFoot": {"Table"}, "LI": {"L"}, "LBody": {"LI"}, "TOCI": {"TOC"}, "RB": {"Ruby"}, "RT": {"Ruby"}, "RP": {"Ruby"},
    "WT": {"Warichu"}, "WP": {"Warichu"},
}  # fmt: skip
KIDS = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "TR": {"TH", "TD"}, "THead": {"TR"}, "TBody": {"TR"},
    "TFoot": {"TR"}, "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"}, "TOC": {"TOC", "TOCI", "Caption"},
}  # fmt: skip
SHOWING = set("Tj TJ ' \" Do sh f F f* S s B B* b b* EI".split())
UNTAGGED = {"/Popup", "/Widget", "/Link", "/PrinterMark", "/TrapNet"}


def tree(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, str, str]]:
    """Each element of the structure tree in reading order: itself, its standard type and its parent's."""
    roles = pdf.Root.StructTreeRoot.get("/RoleMap", {})

    def walk(node: Any, above: str) -> Iterator[tuple[Any, str, str]]:
        if not isinstance(node, pikepdf.Dictionary):
            return
        kind = above
        if "/S" in node:
            kind = str(node.S)[1:]
            kind = str(roles.get(f"/{kind}", f"/{kind}"))[1:]
            yield node, kind, above
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            yield from walk(kid, kind)

    return walk(pdf.Root.StructTreeRoot, "")


def kids(element: Any) -> list[Any]:
    given = element.get("/K", [])
    return list(given) if isinstance(given, pikepdf.Array) else [given]


def artifacts_and_tags(pdf: pikepdf.Pdf) -> Iterator[str]:
    for place, content, _resources in shown.streams(pdf):
        marks: list[str] = []
        for operator, operands in shown.operators(content):
            if operator in {"BMC", "BDC"}:
                mark = "artifact" if str(operands[0]) == "/Artifact" else "tag" if _is_tagged(operands) else "mark"
                if {mark, *marks} >= {"artifact", "tag"}:
                    yield f"an artifact and a tag inside one another on {place}"
                marks.append(mark)
            elif operator == "EMC":
                marks.pop()
            elif operator in SHOWING and not {"artifact", "tag"} & set(marks) and place.startswith("page"):
                yield f"{operator} is neither artifact nor tagged on {place}"


def _is_tagged(operands: list[Any]) -> bool:
    return len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]


def suspects(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.Root.MarkInfo.get("/Suspects", False):
        yield "doubtful tags"


def roles(pdf: pikepdf.Pdf) -> Iterator[str]:
    mapped = pdf.Root.StructTreeRoot.get("/RoleMap", {})
    yield from (f"{key} is mapped away" for key in mapped if key[1:] in STANDARD)
    yield from (f"{kind} is no standard type" for _, kind, _above in tree(pdf) if kind not in STANDARD)


def metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in pdf.Root:
        yield "no XMP"
        return
    xmp = pdf.open_metadata()
    if xmp.get("{http://www.aiim.org/pdfua/ns/id/}part") != "1":
        yield "no PDF/UA identifier"
    if not xmp.get("dc:title"):
        yield "no title"


def title_shown(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False) is not True:
        yield "the file's name is shown, not its title"


def tables_and_lists(pdf: pikepdf.Pdf) -> Iterator[str]:
    for element, kind, above in tree(pdf):
        if kind in PARENTS and above not in PARENTS[kind]:
            yield f"{kind} in {above}"
        for kid in kids(element) if kind in KIDS else []:
            if not isinstance(kid, pikepdf.Dictionary) or str(kid.get("/S", "/nothing"))[1:] not in KIDS[kind]:
                yield f"{kind} holds {kid.get('/S', kid) if isinstance(kid, pikepdf.Dictionary) else kid!r}"


def even_rows(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Each row of a table spans as many columns as the others (ISO 32000-1, 14.8.4.3.4)."""
    for element, kind, _ in tree(pdf):
        if kind != "Table":
            continue
        rows = [one for one, its, _above in _below(element) if its == "TR"]
        spans = {sum(_span(cell) for cell in kids(row) if isinstance(cell, pikepdf.Dictionary)) for row in rows}
        if len(spans) > 1 and not any(_span(cell, "/RowSpan") > 1 for row in rows for cell in kids(row)):
            yield f"a table with rows of {sorted(spans)} columns"


def _below(node: Any) -> Iterator[tuple[Any, str, str]]:
    for kid in kids(node):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid, str(kid.S)[1:], str(node.get("/S", ""))[1:]
            if str(kid.S) != "/Table":
                yield from _below(kid)


def _span(cell: Any, key: str = "/ColSpan") -> int:
    attributes = cell.get("/A", {}) if isinstance(cell, pikepdf.Dictionary) else {}
    listed = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    return max((int(one.get(key, 1)) for one in listed if isinstance(one, pikepdf.Dictionary)), default=1)


def languages(pdf: pikepdf.Pdf) -> Iterator[str]:
    if not str(pdf.Root.get("/Lang", "")):
        yield "text, outlines and alternatives in no language"


def figures(pdf: pikepdf.Pdf) -> Iterator[str]:
    for element, kind, _ in tree(pdf):
        if kind in {"Figure", "Formula"} and not (str(element.get("/Alt", "")) or str(element.get("/ActualText", ""))):
            yield f"a {kind} without words"


def headings(pdf: pikepdf.Pdf) -> Iterator[str]:
    levels = [kind for _, kind, _above in tree(pdf) if kind == "H" or (kind[0] == "H" and kind[1:].isdigit())]
    if levels and levels[0] not in {"H", "H1"}:
        yield f"the first heading is {levels[0]}"
    if "H" in levels and len(set(levels)) > 1:
        yield "numbered headings and others"
    for before, after in pairwise(levels):
        if after != "H" and before != "H" and int(after[1:]) > int(before[1:]) + 1:
            yield f"{after} follows {before}"


def heading_cells(pdf: pikepdf.Pdf) -> Iterator[str]:
    for element, kind, _ in tree(pdf):
        listed = element.get("/A", {})
        attributes = listed if isinstance(listed, pikepdf.Array) else [listed]
        if kind == "TH" and not any(str(one.get("/Scope", "")) in {"/Row", "/Column", "/Both"} for one in attributes):
            yield "a heading cell that points nowhere"


def notes(pdf: pikepdf.Pdf) -> Iterator[str]:
    ids = [str(element.get("/ID", "")) for element, kind, _ in tree(pdf) if kind == "Note"]
    yield from (f"note {name or 'without an ID'}" for name, count in Counter(ids).items() if count > 1 or not name)


def files(pdf: pikepdf.Pdf) -> Iterator[str]:
    for one in pdfa_clauses.dictionaries(pdf):
        if "/EF" in one and not {"/F", "/UF"} <= set(one.keys()):
            yield "a file without its names"


def annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    owners = _owners(pdf)
    for number, page in enumerate(pdf.pages, 1):
        listed = page.obj.get("/Annots", [])
        if len(listed) and str(page.obj.get("/Tabs", "")) != "/S":
            yield f"page {number} is not walked by its structure"
        for one in listed:
            kind, owner = str(one.Subtype), owners.get(int(one.get("/StructParent", -1)))
            if kind == "/TrapNet":
                yield "a trap net"
            if _is_off_the_page(one) or int(one.get("/F", 0)) & 2:
                continue
            if kind == "/Link" and (owner != "/Link" or not str(one.get("/Contents", ""))):
                yield f"a link tagged {owner}, with the words {one.get('/Contents', None)}"
            if kind == "/Widget" and (owner != "/Form" or not str(one.get("/TU", ""))):
                yield f"a field tagged {owner}"
            if kind not in UNTAGGED and (owner is None or not str(one.get("/Contents", ""))):
                yield f"{kind} without tag or words"


def _is_off_the_page(annotation: Any) -> bool:
    left, bottom, right, top = (float(number) for number in annotation.Rect)
    return right < 0 or top < 0 or (left == right and bottom == top)


def _owners(pdf: pikepdf.Pdf) -> dict[int, str]:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return {int(key): str(one.S) for key, one in pairs if isinstance(one, pikepdf.Dictionary)}


def drawings(pdf: pikepdf.Pdf) -> Iterator[str]:
    used = Counter(
        resources["/XObject"][str(operands[0])].objgen
        for _, content, resources in shown.streams(pdf)
        for operator, operands in shown.operators(content)
        if operator == "Do"
    )
    for one in (one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form"):
        if "/Ref" in one:
            yield "a drawing that stands elsewhere"
        tags = any(_is_tagged(operands) for name, operands in shown.operators(one) if name == "BDC")
        if tags and used[one.objgen] > 1:
            yield "a tagged drawing that is used twice"


def reachable(pdf: pikepdf.Pdf) -> Iterator[str]:
    """ISO 32000-1, 14.7.4: what a page's tags belong to stands in the tree, and the tree knows its parents."""
    known = {element.objgen for element, _, _above in tree(pdf)}
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    for key, owners in zip(numbers[::2], numbers[1::2], strict=True):
        for owner in owners if isinstance(owners, pikepdf.Array) else [owners]:
            if isinstance(owner, pikepdf.Dictionary) and owner.objgen not in known:
                yield f"an owner of entry {key} outside the tree"
    for element, _, _above in tree(pdf):
        for kid in kids(element):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid and kid.P.objgen != element.objgen:
                yield f"{kid.S} names another parent"


def of_pdfa(*clauses: str) -> Rule:
    return lambda pdf: (what for one in clauses for what in pdfa_clauses.RULES[one](pdf, b""))


RULES: dict[str, Rule] = {
    "01-003, 01-004, 01-005 artifacts and tags": artifacts_and_tags,
    "01-007 doubtful tags": suspects,
    "02-001, 02-002, 02-003 types": roles,
    "06-001, 06-002, 06-003 metadata": metadata,
    "07-001, 07-002 title": title_shown,
    "09-004 to 09-008 tables and lists": tables_and_lists,
    "ISO 32000-1, 14.8.4.3.4 even rows": even_rows,
    "ISO 32000-1, 14.7.4 tree and parents": reachable,
    "10-001 characters": of_pdfa("6.2.11.7 character maps"),
    "11-001 to 11-006 language": languages,
    "13-004, 17-002, 17-003 figures": figures,
    "14-002, 14-003, 14-007 headings": headings,
    "15-003 heading cells": heading_cells,
    "19-003, 19-004 notes": notes,
    "20-001 to 20-003 optional content": of_pdfa("6.9 optional content"),
    "21-001 embedded files": files,
    "25-001 dynamic forms": of_pdfa("6.4 forms"),
    "28-002 to 28-018 annotations": annotations,
    "30-001, 30-002 drawings": drawings,
    "31-001, 31-004 to 31-009, 31-027 fonts": of_pdfa("6.2.11.3 composite fonts", "6.2.11.4 fonts embedded"),
    "31-030 no .notdef": of_pdfa("6.2.11.8 no .notdef"),
}


def broken(pdf: pikepdf.Pdf) -> list[str]:
    """What meets a failure condition: its number and title, and what stands in the file."""
    return [f"{condition}: {what}" for condition, rule in RULES.items() for what in dict.fromkeys(rule(pdf))]
