"""What a criterion was met by, as the evidence component draws it: for the customer's pages and the specialist's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date

from onboarding.library.flows import FLOWS
from onboarding.library.solutions import SOLUTIONS, SYSTEM_NAMES
from portal.templatetags.page import money

HASH = re.compile("[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NAMES = SYSTEM_NAMES | {one.code: one.name for one in SOLUTIONS} | {one.code: one.name for one in FLOWS}
# Codes stand alone: the salesforce in my.salesforce.com is none.
CODES = re.compile(rf"(?<![\w./-])({'|'.join(NAMES)})(?![\w./-])")
MINUTES = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")
DAYS = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
AMOUNTS = re.compile(r"(?<![\w.,])(\d+\.\d\d) ([A-Z]{3})\b")


def proofs(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings (`Finding.as_json`) with hashes to be shown short and moments in the viewer's own zone."""
    return [
        {"title": one["title"], "is_waived": one["waived"], "items": [_item(entry) for entry in one["evidence"]]}
        for one in found
    ]


def in_words(text: str) -> str:
    """What was found as people read it: names for our codes, days and minutes in the viewer's zone, money with its sign."""
    text = CODES.sub(lambda code: NAMES[code[0]], text)
    text = MINUTES.sub(lambda minute: _minute(minute[1]), text)
    text = DAYS.sub(lambda day: format_date(date.fromisoformat(day[0]), "j M Y"), text)
    return AMOUNTS.sub(lambda amount: money(amount[1], amount[2]), text)


def _minute(text: str) -> str:
    return format_date(timezone.localtime(datetime.fromisoformat(text).replace(tzinfo=UTC)), "j M Y, H:i")


def _item(entry: dict[str, str]) -> dict[str, Any]:
    label, value = in_words(entry["label"]), entry["value"]
    if HASH.fullmatch(value):
        return {"label": label, "hash": value}
    if MOMENT.fullmatch(value):
        return {"label": label, "at": datetime.fromisoformat(value)}
    return entry | {"label": label, "value": in_words(value)}
