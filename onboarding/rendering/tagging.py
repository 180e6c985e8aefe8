"""The tags of a document as PDF/UA-1 wants them, where WeasyPrint leaves gaps."""

from __future__ import annotations

from typing import Any

import pydyf

OPENS = b"BDC"


def finish(pdf: pydyf.PDF) -> None:
    """Say which way each heading cell points, and take running heads and feet out of the text that is read aloud."""
    for element in _elements(pdf):
        if element["S"] == "/TH":
            element["A"]["Scope"] = "/Column" if _section_of(element, pdf) == "/THead" else "/Row"
    _set_apart(pdf, _read(pdf))


def _elements(pdf: pydyf.PDF) -> list[Any]:
    return [one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/StructElem"]


def _at(reference: Any, pdf: pydyf.PDF) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _section_of(cell: Any, pdf: pydyf.PDF) -> str:
    """THead, TBody or TFoot of the row this cell stands in."""
    return str(_at(_at(cell["P"], pdf)["P"], pdf)["S"])


def _read(pdf: pydyf.PDF) -> set[int]:
    """The numbers of all elements that can be reached from the root of the tree."""
    found: set[int] = set()
    waiting = list(_at(pdf.catalog["StructTreeRoot"], pdf)["K"])
    while waiting:
        element = _at(waiting.pop(), pdf)
        found.add(element.number)
        waiting += [kid for kid in element.get("K", []) if isinstance(kid, bytes)]
    return found


def _set_apart(pdf: pydyf.PDF, read: set[int]) -> None:
    """Marked content of no element in the tree (WeasyPrint's margin boxes) becomes an artifact of the page."""
    parents = _at(_at(pdf.catalog["StructTreeRoot"], pdf)["ParentTree"], pdf)["Nums"]
    for page, numbers in enumerate(_pages(pdf)):
        owners = parents[2 * page + 1]
        apart = {mcid for mcid, owner in enumerate(owners) if int(owner.split()[0]) not in read}
        for mcid in apart:
            owners[mcid] = "null"
        _mark(_at(numbers["Contents"], pdf).stream, apart)


def _pages(pdf: pydyf.PDF) -> list[Any]:
    return [_at(reference, pdf) for reference in pdf.page_references]


def _mark(content: list[Any], apart: set[int]) -> None:
    for place, token in enumerate(content):
        if token == OPENS and content[place - 1].get("MCID") in apart:
            content[place - 2 : place] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]
