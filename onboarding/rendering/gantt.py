"""A project plan as bars over time: plain SVG in points, drawn on the server so that it prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from django.utils.html import escape

from onboarding.rendering.contexts import Milestone

WIDTH = 482
LABELS = 192
HEAD = 26
ROW = 19
FOOT = 20
LONGEST_LABEL = 42
WEEKS_UP_TO_DAYS = 190  # beyond that week lines would be a grey wash
PHASE_TWO_FROM = 7
COLOURS = {"customer": "#4191c8", "interweave": "#214f9b", "both": "#7d828d"}


@dataclass(frozen=True)
class Span:
    """The days a chart covers, from the Monday before the first to the Sunday after the last."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Where the morning of this day lies."""
        share = (day - self.first).days / ((self.last - self.first).days + 1)
        return round(LABELS + share * (WIDTH - LABELS), 2)


def draw(milestones: Sequence[Milestone], *, go_live_on: str) -> str:
    """An SVG of one bar per milestone, months above, the go-live day marked. Dates are ISO strings."""
    go_live = date.fromisoformat(go_live_on)
    span = _span(milestones, go_live)
    height = HEAD + ROW * len(milestones) + FOOT
    title = (
        f"Timeline of {len(milestones)} milestones from {_words(span.first)} to {_words(span.last)}, "
        f"going live on {_words(go_live)}. The table below gives the same dates."
    )
    parts = [
        '<svg class="gantt" xmlns="http://www.w3.org/2000/svg" font-family="Document Sans"',
        f' viewBox="0 0 {WIDTH} {height}" width="{WIDTH}pt" height="{height}pt">',
        f"<title>{escape(title)}</title>",
        *_weeks(span, height),
        *_months(span, height),
    ]
    for row, milestone in enumerate(milestones):
        parts.extend(_row(milestone, span, HEAD + ROW * row, is_phase_start=milestone["number"] == PHASE_TWO_FROM))
    parts.extend([*_go_live(span, go_live, height), "</svg>"])
    return "".join(parts)


def _span(milestones: Sequence[Milestone], go_live: date) -> Span:
    days = [go_live] + [date.fromisoformat(one[edge]) for one in milestones for edge in ("starts_on", "due_on")]
    first, last = min(days), max(days)
    return Span(first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday()))


def _words(day: date) -> str:
    return format_date(day, "d MMMM y", locale="en")


def _weeks(span: Span, height: int) -> Iterator[str]:
    length = (span.last - span.first).days
    if length > WEEKS_UP_TO_DAYS:
        return
    for offset in range(0, length + 1, 7):
        x = span.x(span.first + timedelta(days=offset))
        yield f'<line x1="{x}" y1="{HEAD}" x2="{x}" y2="{height - FOOT}" stroke="#eceff1" stroke-width="0.5"/>'


def _months(span: Span, height: int) -> Iterator[str]:
    start = span.first
    while start <= span.last:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        left, right = span.x(start), span.x(min(following, span.last + timedelta(days=1)))
        if right - left > 16:
            words = format_date(start, "MMM y" if right - left > 40 else "MMM", locale="en")
            yield f'<text x="{left + 4}" y="{HEAD - 10}" font-size="7" fill="#4c515d">{words}</text>'
        yield f'<line x1="{left}" y1="{HEAD - 18}" x2="{left}" y2="{height - FOOT}" stroke="#cfd6db" stroke-width="0.7"/>'
        start = following


def _row(milestone: Milestone, span: Span, top: int, *, is_phase_start: bool) -> Iterator[str]:
    left = span.x(date.fromisoformat(milestone["starts_on"]))
    right = span.x(date.fromisoformat(milestone["due_on"]) + timedelta(days=1))
    label = milestone["title"]
    if len(label) > LONGEST_LABEL:
        label = label[: LONGEST_LABEL - 1].rstrip() + "…"
    colour = COLOURS.get(milestone["owner_side"], COLOURS["both"])
    line = "#8b97a1" if is_phase_start else "#e1e6e9"
    middle = top + ROW / 2
    yield f'<line x1="0" y1="{top}" x2="{WIDTH}" y2="{top}" stroke="{line}" stroke-width="0.6"/>'
    yield f'<text x="0" y="{middle + 2.6}" font-size="7.4" fill="#4c515d">{escape(milestone["numeral"])}</text>'
    yield f'<text x="22" y="{middle + 2.6}" font-size="7.4" fill="#1b202d">{escape(label)}</text>'
    yield (
        f'<rect x="{left}" y="{middle - 4.5}" width="{max(2.5, right - left):.2f}" height="9" rx="1.6" fill="{colour}"/>'
    )


def _go_live(span: Span, day: date, height: int) -> Iterator[str]:
    x = span.x(day)
    bottom = height - FOOT
    anchor, shift = ("end", -6) if x > WIDTH - 90 else ("start", 6)
    yield f'<line x1="{x}" y1="{HEAD - 4}" x2="{x}" y2="{bottom + 5}" stroke="#1b202d" stroke-width="0.9"/>'
    yield f'<path d="M{x} {bottom + 4}l4 4l-4 4l-4 -4z" fill="#1b202d"/>'
    yield (
        f'<text x="{x + shift}" y="{bottom + 10.6}" font-size="7.4" text-anchor="{anchor}" fill="#1b202d">'
        f"Go-live {_words(day)}</text>"
    )
