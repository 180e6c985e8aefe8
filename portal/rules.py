"""A mapping's rules as people read them, for the customer's pages and the blueprint alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from integrations.engine.mapping import parsed

AS_IT_IS = "as it is"
TAKING = {
    "cut": "cut to {} characters",
    "number": "with {} decimals",
    "constant": "always “{}”",
    "default": "“{}” when empty",
}
# Spaces are tidied everywhere; saying so on every line hides what matters.
UNSAID = frozenset({"trim", "single_spaces"})


def in_words(transforms: Iterable[str]) -> str:
    """`strip_colons`, `cut:100` → "a colon becomes a dash, cut to 100 characters"."""
    said = [_said(one) for one in transforms if one.partition(":")[0] not in UNSAID]
    return ", ".join(said) or AS_IT_IS


def _said(transform: str) -> str:
    try:
        known, argument = parsed(transform)
    except ValueError:
        return transform
    return TAKING[known.name].format(argument) if known.name in TAKING else known.words


def rows(mapping: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A flow's mapping as the mapping component draws it."""
    return [
        {
            "source": entry["source"],
            "target": entry["target"],
            "rule": in_words(entry["transforms"]),
            "is_required": entry["required"],
        }
        for entry in mapping
    ]
