"""A signature drawn by hand as a picture that prints: strokes of points become one SVG path each."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import escape

WIDTH, HEIGHT = 600, 200
PRINTED = (144, 48)  # points on paper
Stroke = Sequence[Sequence[float]]


def draw(drawing: Sequence[Stroke], *, of: str) -> str:
    """The SVG of strokes, each a list of [x, y] within 600 × 200; `of` names the signer for those who can't see it."""
    width, height = PRINTED
    return (
        f'<svg class="drawn" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{width}pt" height="{height}pt"><title>Signature of {escape(of)}, drawn by hand</title>'
        f'<g fill="none" stroke="#214f9b" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">'
        f"{''.join(_path(stroke) for stroke in drawing)}</g></svg>"
    )


def _path(stroke: Stroke) -> str:
    """A single point is drawn too: a round cap of no length is a dot."""
    first, *others = [f"{float(x):.1f} {float(y):.1f}" for x, y in stroke]
    return f'<path d="M{first} L{" L".join(others or [first])}"/>'
