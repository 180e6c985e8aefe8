"""A transcript as both sides read it: pages of what was said, a search through it, links to each sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from onboarding.models import Sentence, Transcript
from onboarding.queries import threads
from onboarding.queries import transcripts as queries
from portal.plain_text import whole_number

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Line:
    """One sentence as it is drawn; `parts` are its words, those that were searched for marked.

    `requirements` are the numbers and addresses of those that cite it.
    """

    sentence: Sentence
    clock: str
    names_speaker: bool
    parts: list[tuple[str, bool]]
    requirements: list[tuple[int, str]]


def drawn(transcript: Transcript, asked: QueryDict, *, way: Callable[[int], str]) -> dict[str, Any]:
    """The page that the address asks for: `q` searches, `s` is the sentence to show; `way` leads to a requirement."""
    search = asked.get("q", "").strip()[:LONGEST_SEARCH]
    page = queries.page(transcript, holding=whole_number(asked.get("s", "")) or 0, search=search)
    cited, lines, before = threads.resting_on(page.sentences), [], None
    for one in page.sentences:
        names_speaker = bool(search) or one.speaker != before
        numbers = [(number, way(number)) for number in cited.get(one.pk, ())]
        lines.append(Line(one, clock(one.starts_ms // 1000), names_speaker, _parts(one.text, search), numbers))
        before = one.speaker
    return {
        "transcript": transcript,
        "search": search,
        "extract": page,
        "lines": lines,
        "newer_url": _address(page.newer),
        "older_url": _address(page.older),
        "shown": f"{page.first + 1} to {page.last} of {page.total}" if page.total > len(lines) else "",
    }


def clock(seconds: int) -> str:
    """How far into the meeting: 4:07, or 1:04:07."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def _address(index: int | None) -> str:
    return "" if index is None else f"?{urlencode({'s': index})}"


def _parts(text: str, search: str) -> list[tuple[str, bool]]:
    if not search:
        return [(text, False)]
    found = re.split(f"({re.escape(search)})", text, flags=re.IGNORECASE)
    return [(part, place % 2 == 1) for place, part in enumerate(found) if part]
