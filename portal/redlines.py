"""The versions of an engagement's agreement and what differs between two of them, as both sides' pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from onboarding.models import Rendering
from onboarding.rendering import redline
from portal.plain_text import whole_number


def drawn(versions: Sequence[Rendering], asked: QueryDict, *, document_url: str) -> dict[str, Any]:
    """The versions (oldest first), and the comparison asked for by `from` and `to` (else the last two).

    A version is known by its document's number. `document_url` names the page of a document.
    """
    rows = {row.document.version: row for row in versions}
    numbers = sorted(rows)
    given = [asked.get("from", ""), asked.get("to", "")]
    earlier, later = given if any(given) else [str(number) for number in [0, 0, *numbers][-2:]]
    before, after = (rows.get(whole_number(one) or 0) for one in (earlier, later))
    changes = redline.compare("msa", before.context, after.context) if before and after else []
    return {
        "versions": [
            {"row": rows[number], "url": reverse(document_url, args=[rows[number].document.uuid])}
            for number in reversed(numbers)
        ],
        "numbers": numbers if len(numbers) > 1 else [],
        "earlier": before,
        "later": after,
        "unknown": [one for one in (earlier, later) if any(given) and whole_number(one) not in rows],
        "is_compared": bool(before and after),
        "count": len(changes),
        "headings": [
            {"heading": heading, "changes": list(found)}
            for heading, found in groupby(changes, key=lambda one: one.heading)
        ],
    }
