"""Where reading goes on. Vendors stamp changes by the second, so a cursor remembers what it saw of its last second.

A record changed twice within one second would otherwise be lost; with this it is read again, which is harmless.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integrations.engine.connector import Page, Record


@dataclass(frozen=True)
class Cursor:
    """The last moment read (UTC, ISO 8601), how many records of that moment were seen, and a digest of them."""

    moment: str
    seen: int = 0
    digest: str = ""

    @classmethod
    def parsed(cls, text: str) -> "Cursor":
        moment, _, rest = text.partition(" ")
        seen, _, digest = rest.partition(" ")
        return cls(moment, int(seen or 0), digest)

    def __str__(self) -> str:
        return f"{self.moment} {self.seen} {self.digest}"


def page_after(cursor: str | None, *, beginning: str, limit: int, rows: Callable[[str, int], Sequence[Record]]) -> Page:
    """The next stretch of at most `limit` records. `rows(moment, most)` reads those changed at or after a moment, in
    the order of (modified_at, id)."""
    at = Cursor.parsed(cursor) if cursor else Cursor(beginning)
    most = limit + at.seen + 1
    found = rows(at.moment, most)
    same = [record for record in found if record.modified_at == at.moment]
    known = at.seen if _digest(same[: at.seen]) == at.digest else 0
    fresh = found[known:]
    taken = fresh[:limit]
    if not taken:
        return Page([], str(at), has_more=False)
    moment = taken[-1].modified_at
    of_moment = [record for record in found[: known + len(taken)] if record.modified_at == moment]
    end = Cursor(moment, len(of_moment), _digest(of_moment))
    return Page(taken, str(end), has_more=len(fresh) > limit or len(found) == most)


def _digest(records: Sequence[Record]) -> str:
    if not records:
        return ""
    told = json.dumps([[record.id, dict(record.values)] for record in records], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
