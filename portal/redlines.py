"""The versions of an engagement's agreement and what differs between two of them, for the pages and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from onboarding.models import Rendering
from onboarding.rendering import redline
from portal.plain_text import whole_number


@dataclass(frozen=True)
class Compared:
    """Two versions and what differs. `unknown`: numbers asked for, by the name they were asked under, that are none."""

    earlier: Rendering | None
    later: Rendering | None
    unknown: dict[str, str]
    changes: list[redline.Change]


def compared(versions: Sequence[Rendering], asked: QueryDict) -> Compared:
    """The comparison asked for by `from` and `to` (else of the last two), each by its document's number."""
    rows = {row.document.version: row for row in versions}
    given = {name: asked.get(name, "") for name in ("from", "to")}
    wanted = [whole_number(one) or 0 for one in given.values()] if any(given.values()) else [0, 0, *sorted(rows)][-2:]
    before, after = (rows.get(number) for number in wanted)
    unknown = {name: one for name, one in given.items() if any(given.values()) and whole_number(one) not in rows}
    changes = redline.compare("msa", before.context, after.context) if before and after else []
    return Compared(before, after, unknown, changes)


def drawn(versions: Sequence[Rendering], asked: QueryDict, *, document_url: str) -> dict[str, Any]:
    """The versions (oldest first) and their comparison as the pages show it. `document_url` names a document's page."""
    found = compared(versions, asked)
    numbers = [row.document.version for row in versions]
    return {
        "versions": [
            {"row": row, "url": reverse(document_url, args=[row.document.uuid])} for row in reversed(versions)
        ],
        "numbers": numbers if len(numbers) > 1 else [],
        "earlier": found.earlier,
        "later": found.later,
        "unknown": list(found.unknown.values()),
        "is_compared": bool(found.earlier and found.later),
        "count": len(found.changes),
        "headings": [
            {"heading": heading, "changes": list(here)}
            for heading, here in groupby(found.changes, key=lambda one: one.heading)
        ],
    }
