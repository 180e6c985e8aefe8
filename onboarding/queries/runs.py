"""What the workers have at hand and what failed, across all engagements."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from onboarding.actors import Actor
from onboarding.models import (
    CheckRun,
    DomainLookup,
    Envelope,
    FileCheck,
    FlowRun,
    Incident,
    MappingCheck,
    MeetingRoom,
    Message,
    NotetakerVisit,
    ReadinessScan,
    Rendering,
    Sealing,
    SetupRun,
    TestRun,
    Transcript,
)
from onboarding.models.base import Work

SHOWN = 50
OPEN = (Work.State.QUEUED, Work.State.RUNNING)
# A failed run counts until a newer run of the same thing exists.
SAME = {
    CheckRun: "connection",
    SetupRun: "connection",
    MappingCheck: "flow",
    ReadinessScan: "flow",
    TestRun: "flow",
    FlowRun: "flow",
    Rendering: "document",
    Sealing: "document",
    Envelope: "agreement",
    FileCheck: "document",
    MeetingRoom: "meeting",
    NotetakerVisit: "meeting",
    Transcript: "meeting",
    DomainLookup: "proof",
    Message: "",
}


def under_way(viewer: Actor) -> list[Work]:
    """Every run that waits or is being done, oldest first (one query a kind)."""
    found = [row for model in SAME for row in _open(model, viewer)[:SHOWN]]
    return sorted(found, key=lambda row: row.queued_at)


def _open(model: type[Any], viewer: Actor) -> QuerySet[Any]:
    rows = _rows(model, viewer).filter(state__in=OPEN).order_by("queued_at")
    return rows.exclude(_LIES_THERE) if model is Envelope else rows


# Sent and waiting for people to sign: that is no work of ours.
_LIES_THERE = Q(wish=Envelope.Wish.FOLLOW, state=Work.State.QUEUED, problem=None)


def failed(viewer: Actor) -> list[Work]:
    """Every run that was given up and not run anew since, newest first (one query a kind)."""
    found = [row for model, same in SAME.items() for row in _failed(model, same, viewer)[:SHOWN]]
    return sorted(found, key=lambda row: row.finished_at or row.queued_at, reverse=True)


def _failed(model: type[Any], same: str, viewer: Actor) -> QuerySet[Any]:
    rows = _rows(model, viewer).filter(state=Work.State.FAILED).order_by("-finished_at")
    if not same:
        return rows
    newer = model.objects.filter(**{same: OuterRef(same)}, pk__gt=OuterRef("pk"))
    return rows.filter(~Exists(newer))


def _rows(model: type[Any], viewer: Actor) -> QuerySet[Any]:
    known = model.objects.visible_to(viewer).select_related("company", "engagement")
    return known.select_related(SAME[model]) if SAME[model] else known


def incidents(viewer: Actor) -> list[Incident]:
    """Open incidents, oldest first (one query)."""
    rows = Incident.objects.visible_to(viewer).select_related("flow", "engagement__company").filter(closed_at=None)
    return list(rows.order_by("opened_at")[:SHOWN])
