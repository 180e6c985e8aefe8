"""What happened to each of step IV's checks, from the event log."""

from __future__ import annotations

from collections import defaultdict

from onboarding.models import Engagement, Event

KINDS = ("verification.decided", "verification.reopened")


def history(engagement: Engagement) -> dict[str, list[Event]]:
    """The events of each check by its code, newest first; staff's own among them. One query."""
    found: dict[str, list[Event]] = defaultdict(list)
    events = Event.objects.filter(engagement=engagement, kind__in=KINDS).order_by("-number")
    for event in events:
        for code in event.data.get("checks") or [event.data.get("check", "")]:
            found[code].append(event)
    return dict(found)
