"""Criteria as the specialist sees them: what proves each, who is waited for since when, and what can be done."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Company, Engagement
from onboarding.workflow.criteria import BY_CODE
from onboarding.workflow.criterion import Owner
from portal.specialist.places import url_of

OWNERS = {Owner.CUSTOMER: "the customer", Owner.SPECIALIST: "us", Owner.WORKER: "the workers"}
TONES = {Owner.CUSTOMER: "warn", Owner.SPECIALIST: "bad", Owner.WORKER: "info"}
LONGEST = 160
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


def drawn(found: list[dict[str, Any]], engagement: Engagement, viewer: Actor) -> dict[str, Any]:
    """Findings (`Finding.as_json`) for the criteria component: {"met": […], "unmet": […]}.

    Reminding and waiving are offered to those who may, while the engagement is open.
    """
    first = next((one for one in found if not one["met"]), None)
    return {
        "met": [_met(one) for one in found if one["met"]],
        "unmet": [_unmet(one, engagement, viewer, is_first=one is first) for one in found if not one["met"]],
    }


def _met(one: dict[str, Any]) -> dict[str, Any]:
    proofs = [f"{entry['label']}: {_short(entry['value'])}" for entry in one["evidence"]]
    return {"title": one["title"], "is_waived": one["waived"], "evidence": _in_short(proofs)}


def _in_short(proofs: list[str]) -> str:
    """As many whole proofs as fit a glance, the first in any case, and how many more there are."""
    count = 1
    while count < len(proofs) and len("; ".join(proofs[: count + 1])) <= LONGEST:
        count += 1
    rest = len(proofs) - count
    return "; ".join(proofs[:count]) + (f"; and {rest} more" if rest > 0 else "")


def _short(value: str) -> str:
    """A hash by its ends, a moment as people write it; everything else as it is."""
    if len(value) == 64 and all(letter in "0123456789abcdef" for letter in value):
        return f"{value[:8]}…{value[-8:]}"
    if MOMENT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone(UTC):%-d %b %Y, %H:%M} UTC"
    return value


def _unmet(one: dict[str, Any], engagement: Engagement, viewer: Actor, *, is_first: bool) -> dict[str, Any]:
    owner = Owner(one["owner"])
    asked = urlencode({"criterion": one["code"]})
    known = BY_CODE.get(one["code"])
    is_open = engagement.state == "active" and engagement.company.state == Company.State.ACCEPTED
    is_waivable = is_open and viewer.has(Role.LEAD) and known is not None and known.is_waivable
    is_theirs = is_open and viewer.has(*SPECIALISTS) and owner is Owner.CUSTOMER
    return {
        "title": one["title"],
        "words": one["hint"],
        "url": url_of(one["place"], engagement.reference),
        "owner": OWNERS[owner],
        "tone": TONES[owner],
        "since": engagement.waiting_since if is_first else None,
        "remind_url": f"{reverse('specialist:remind', args=[engagement.reference])}?{asked}" if is_theirs else "",
        "waive_url": f"{reverse('specialist:waive', args=[engagement.reference])}?{asked}" if is_waivable else "",
    }
