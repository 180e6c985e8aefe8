"""The audit trail, proven: every chain of events recomputed, and held against the heads that were printed elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from onboarding.models import Engagement, Event, Rendering
from onboarding.workflow import chain


def broken(engagement: Engagement) -> str:
    """What is wrong with the engagement's chain of events, naming the first bad event; empty when it is whole.

    An edited, exchanged or missing event is found where it stands. A cut tail leaves a shorter chain that is whole in
    itself: it is found by the chain's head and count in documents printed since (evidence pack, certificate).
    """
    events = list(Event.objects.filter(engagement=engagement).order_by("number"))
    return _broken_link(events) or next(_missing_heads(engagement, events), "")


def _broken_link(events: list[Event]) -> str:
    if not events:
        return "there are no events at all"
    previous = chain.GENESIS
    for number, event in enumerate(events, start=1):
        if event.number != number:
            return f"event {number} is missing"
        if event.previous_hash != previous:
            return f"event {number} ({event.kind}) does not follow the one before it"
        if event.hash != chain.digest(event):
            return f"event {number} ({event.kind}) was changed after it was written"
        previous = event.hash
    return ""


def _missing_heads(engagement: Engagement, events: list[Event]) -> Iterator[str]:
    known = {event.hash for event in events}
    for rendering in Rendering.objects.filter(engagement=engagement, context__has_key="chain_head").order_by("id"):
        printed: dict[str, Any] = rendering.context
        if printed["chain_head"] and printed["chain_head"] not in known:
            count = printed.get("event_count")
            told = f"{count} events" if count else "a head"
            yield f"document {rendering.document_id} printed {told} that the chain of {len(events)} no longer has"
