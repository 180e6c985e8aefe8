"""A drawn signature: strokes of points within 600 × 200, checked before anything is kept of it."""

from __future__ import annotations

import itertools
import math
from typing import Any

from onboarding import errors

WIDTH, HEIGHT = 600, 200
MOST_STROKES, MOST_POINTS = 200, 6000
SHORTEST = 40  # of the whole line, in the units of the box: a dot is no signature

Stroke = list[list[float]]
AGAIN = "Draw your signature again, or clear the drawing and sign by your typed name."


def checked(drawing: Any) -> list[Stroke]:
    """The strokes, to a tenth of a unit; empty when nothing was drawn. BadInput at `drawing` says what to do."""
    if drawing is None or drawing == []:
        return []
    if not isinstance(drawing, list) or not all(isinstance(one, list) for one in drawing):
        raise _refusal(AGAIN)
    if len(drawing) > MOST_STROKES or sum(len(one) for one in drawing) > MOST_POINTS:
        raise _refusal("Draw your signature with fewer lines.")
    strokes = [[_point(point) for point in stroke] for stroke in drawing if stroke]
    if sum(_length(stroke) for stroke in strokes) < SHORTEST:
        raise _refusal("Draw your whole signature: this is hardly more than a dot.")
    return strokes


def _point(point: Any) -> list[float]:
    if not isinstance(point, list) or len(point) != 2 or not all(_is_number(one) for one in point):
        raise _refusal(AGAIN)
    x, y = point
    if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        raise _refusal(AGAIN)
    return [round(float(x), 1), round(float(y), 1)]


def _is_number(value: Any) -> bool:
    """Neither a truth nor what JSON lets through besides numbers (NaN compares with nothing, so the box refuses it)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _length(stroke: Stroke) -> float:
    return sum(math.dist(one, other) for one, other in itertools.pairwise(stroke))


def _refusal(words: str) -> errors.BadInput:
    return errors.BadInput(fields={"drawing": words})
