"""A check run as the ladder component draws it, for the customer's page and the specialist's alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.models import CheckRun

FIXERS = {
    "customer_it": "Your IT",
    "customer_admin": "An administrator of yours",
    "specialist": "Your specialist",
    "vendor": "The vendor",
    "us": "InterWeave",
}


# The same people as InterWeave's staff speak of them.
FIXERS_FOR_STAFF = {
    "customer_it": "The customer's IT",
    "customer_admin": "The customer's administrator",
    "specialist": "The specialist",
    "vendor": "The vendor",
    "us": "InterWeave's developers",
}


def rungs(check: CheckRun, *, again_url: str = "", fixers: Mapping[str, str] = FIXERS) -> list[dict[str, Any]]:
    """Each rung with its words, who can fix it, and the vendor's own code and request id."""
    return [_rung(rung, again_url, fixers) for rung in check.rungs]


def _rung(rung: dict[str, Any], again_url: str, fixers: Mapping[str, str]) -> dict[str, Any]:
    is_broken = rung["state"] in {"failed", "warned"}
    details = rung.get("details", {})
    return {
        "title": rung["title"],
        "state": rung["state"],
        "detail": rung.get("words", ""),
        "duration_ms": rung.get("ms") or None,
        "who": fixers.get(rung.get("who_can_fix", ""), "") if is_broken else "",
        "advice": rung.get("what_to_do", "") if is_broken else "",
        "code": details.get("vendor_code", "") if is_broken else "",
        "vendor_message": details.get("vendor_message", ""),
        "request_id": details.get("request_id", "") if is_broken else "",
        "tries": details.get("tries") if is_broken else None,
        "again_url": again_url if rung["state"] == "failed" else "",
    }


def tally(check: CheckRun) -> str:
    """“9 of 11 rungs · 3.4 s” of what has been climbed so far."""
    passed = sum(rung["state"] in {"passed", "warned"} for rung in check.rungs)
    seconds = sum(rung.get("ms") or 0 for rung in check.rungs) / 1000
    return f"{passed} of {len(check.rungs)} rungs · {seconds:.1f} s"
