"""Which characters a document can print: PDF/A knows no box in place of a letter, and nothing hidden is signed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from onboarding import errors

WRITTEN = frozenset("\t\n\r")  # controls that set lines apart
# They turn the text around them, so that a page would show other words than the data holds.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Old layout controls and tags: nobody sees them and no name needs them. Joiners and direction marks are needed.
HIDDEN = frozenset(map(chr, [*range(0x206A, 0x2070), *range(0xFFF9, 0xFFFC), *range(0xE0001, 0xE0080), 0x2028, 0x2029]))
PILE = re.compile(
    r"(?<=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{4})"
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]"
)  # what comes on top of four marks: no alphabet has more, and it is drawn over other lines
NAMELESS = {"Cc": "a control character", "Cs": "half a character", "Co": "a private character", "Cn": "no character"}
NAMED = 3  # of many
AROUND = 20  # characters of the text before and after, to find the place by


class Unprintable(errors.Refused):
    """The document would lack a letter, or hide one. `words` name what it is, where it stands and what to do."""

    code = "unprintable"

    def __init__(self, characters: Iterable[str], text: str) -> None:
        self.characters = list(dict.fromkeys(characters))
        named = "; ".join(_named(one, text) for one in self.characters[:NAMED])
        more = f"; and {len(self.characters) - NAMED} more" if len(self.characters) > NAMED else ""
        super().__init__(
            f"This can't be printed: {named}{more}. Take it out where it was typed, or write it in other letters, and "
            "have the document made again.", characters=[code_point(one) for one in self.characters],
        )  # fmt: skip


def forbidden(text: str) -> list[str]:
    """The characters of a text that no document prints, whatever the fonts: each once, in the order of the text."""
    found = {one for one in set(text) if _is_forbidden(one)}
    piled = {one.group() for one in PILE.finditer(text)}
    return sorted(found | piled, key=text.index) if found or piled else []


def _is_forbidden(one: str) -> bool:
    kind = unicodedata.category(one)
    is_no_character = ord(one) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(one) <= 0xFDEF
    return (kind == "Cc" and one not in WRITTEN) or kind in {"Cs", "Co"} or is_no_character or one in TURNING | HIDDEN


def visible(text: str, lacking: Iterable[str] = ()) -> str:
    """The text with a stand-in such as “[U+202E]” for each forbidden character, and for those no font has."""
    text = PILE.sub(lambda mark: code_point(mark.group(), "[{}]"), text)
    signs = {one for one in set(text) if _is_forbidden(one)}.union(lacking)
    return text.translate({ord(one): code_point(one, "[{}]") for one in signs})


def code_point(character: str, form: str = "{}") -> str:
    """'🧿' as 'U+1F9FF', in any form."""
    return form.format(f"U+{ord(character):04X}")


def _named(character: str, text: str) -> str:
    name = unicodedata.name(character, "") or NAMELESS.get(unicodedata.category(character), "a character")
    line = next((line for line in text.split("\n") if character in line), "")
    place = line.find(character)
    around = line[max(0, place - AROUND) : place + AROUND + 1]
    lacking = [] if forbidden(around) else [character]
    return f"{code_point(character)} ({name}) in “{' '.join(visible(around, lacking).split())}”"
