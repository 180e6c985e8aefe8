"""What differs between two versions of a document, word by word: read from the very pages that were printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from lxml import html as parser

from onboarding.rendering import html

BLOCKS = "//h1 | //h2 | //h3 | //p | //li | //tr"
HEADINGS = {"h1", "h2", "h3"}
ALIKE = 0.5  # of their words: below it a passage was put in another's place rather than changed
ANNEX = re.compile(r"(Annex [A-Z]|[A-Z]\.\d+)\b")
UNPRINTED = re.compile(r"\s+")

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Passage:
    """One heading, paragraph, item or row as it is printed. `clause` is its number ("7.2"), or empty."""

    clause: str
    text: str
    is_heading: bool


@dataclass(frozen=True)
class Piece:
    """Some words of a change: kept, put in or taken out."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One passage that differs, under its `heading`. `kind`: added, removed or changed."""

    kind: Literal["added", "removed", "changed"]
    heading: str
    clause: str
    pieces: tuple[Piece, ...]


def compare(kind: str, earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[Change]:
    """Every passage that differs from one context's document to the other's, in reading order.

    The contexts are those of `kind` in contexts.py, of any template versions. Raises what html.page raises.
    """
    before, after = passages(kind, earlier), passages(kind, later)
    matcher = SequenceMatcher(None, [one.text for one in before], [one.text for one in after], autojunk=False)
    changes: list[Change] = []
    for verb, i, j, k, m in matcher.get_opcodes():
        if verb != "equal":
            changes += _changes(before, (i, j), after, (k, m))
    return changes


def passages(kind: str, context: Mapping[str, Any]) -> list[Passage]:
    """The document as a list of passages, numbered as the printed pages number them."""
    return list(_numbered(parser.fromstring(html.page(kind, context))))


def clauses(kind: str, context: Mapping[str, Any]) -> list[str]:
    """What its clauses and annexes are called where they are printed, in reading order: "7.2", "Annex B", "C.1"."""
    named = (
        one.clause or (found.group() if one.is_heading and (found := ANNEX.match(one.text)) else "")
        for one in passages(kind, context)
    )
    return [name for name in named if name]


def _numbered(page: Any) -> Iterator[Passage]:
    """The style sheet counts clauses (h2) and their parts inside the terms; so do we."""
    clause = part = 0
    for block in page.xpath(BLOCKS):
        if block.tag != "tr" and block.xpath("ancestor::tr"):
            continue  # read as a part of its row
        text = _text(block)
        if not text:
            continue
        number = ""
        if block.xpath("ancestor::article[contains(@class, 'agreement')]"):
            if block.tag == "h2":
                clause, part = clause + 1, 0
                number = str(clause)
            elif "part" in block.get("class", "").split():
                part += 1
                number = f"{clause}.{part}"
        yield Passage(number, text, block.tag in HEADINGS)


def _text(block: Any) -> str:
    cells = block.xpath("./td | ./th") if block.tag == "tr" else [block]
    words = (UNPRINTED.sub(" ", " ".join(cell.itertext())).strip() for cell in cells)
    return " · ".join(text for text in words if text)


def _changes(
    before: Sequence[Passage], old: tuple[int, int], after: Sequence[Passage], new: tuple[int, int]
) -> list[Change]:
    """The passages of one stretch in pairs as far as they are alike; the rest was taken out or put in."""
    left, right = list(range(*old)), list(range(*new))
    found: list[Change] = []
    while left and right:
        if _alike(before[left[0]].text, after[right[0]].text) >= ALIKE:
            index = left.pop(0)
            found.append(_changed(before[index], after, right.pop(0)))
        elif len(left) > len(right):
            found.append(_whole("removed", before, left.pop(0)))
        else:
            found.append(_whole("added", after, right.pop(0)))
    found += [_whole("removed", before, index) for index in left]
    return found + [_whole("added", after, index) for index in right]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _whole(kind: Literal["added", "removed"], passages: Sequence[Passage], index: int) -> Change:
    one = passages[index]
    return Change(kind, _heading(passages, index), one.clause, (Piece(kind, one.text),))


def _changed(earlier: Passage, after: Sequence[Passage], index: int) -> Change:
    later = after[index]
    return Change("changed", _heading(after, index), later.clause, tuple(pieces(earlier.text, later.text)))


def _heading(passages: Sequence[Passage], index: int) -> str:
    """The nearest heading at or above a passage."""
    return next((passages[i].text for i in range(index, -1, -1) if passages[i].is_heading), "")


def pieces(earlier: str, later: str) -> list[Piece]:
    """The words of two texts in one line: kept, taken out, put in."""
    old, new = earlier.split(), later.split()
    found = []
    for verb, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            found.append(Piece("same", " ".join(old[i:j])))
            continue
        if i < j:
            found.append(Piece("removed", " ".join(old[i:j])))
        if k < m:
            found.append(Piece("added", " ".join(new[k:m])))
    return found
