"""What a criterion was met by, as the evidence component draws it: for the customer's pages and the specialist's."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

HASH = re.compile("[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def proofs(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings (`Finding.as_json`) with hashes to be shown short and moments in the viewer's own zone."""
    return [
        {"title": one["title"], "is_waived": one["waived"], "items": [_item(entry) for entry in one["evidence"]]}
        for one in found
    ]


def _item(entry: dict[str, str]) -> dict[str, Any]:
    value = entry["value"]
    if HASH.fullmatch(value):
        return {"label": entry["label"], "hash": value}
    if MOMENT.fullmatch(value):
        return {"label": entry["label"], "at": datetime.fromisoformat(value)}
    return entry
