"""Queues over all engagements: what waits for a person of ours, and what the workers do or gave up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import (
    connections,
    domains,
    envelopes,
    file_checks,
    flow_runs,
    flows,
    retries,
    sealings,
    setup_tasks,
    test_runs,
)
from onboarding.actors import SPECIALISTS, Actor
from onboarding.models import (
    CheckRun,
    DomainLookup,
    Envelope,
    FileCheck,
    FlowRun,
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
from onboarding.queries import reviews as review_query
from onboarding.queries import runs as run_query
from portal import access, pages
from portal.specialist.desk import staff_page
from portal.specialist.places import url_of

KINDS: dict[str, type[Work]] = {
    "check": CheckRun,
    "setup": SetupRun,
    "mapping": MappingCheck,
    "scan": ReadinessScan,
    "test": TestRun,
    "run": FlowRun,
    "rendering": Rendering,
    "sealing": Sealing,
    "envelope": Envelope,
    "file": FileCheck,
    "room": MeetingRoom,
    "visit": NotetakerVisit,
    "transcript": Transcript,
    "domain": DomainLookup,
    "message": Message,
}
TITLES = {
    "check": "Check of",
    "setup": "Preparing",
    "mapping": "Mapping of",
    "scan": "Scan of",
    "test": "Test of",
    "run": "Run of",
    "rendering": "Making",
    "sealing": "Sealing",
    "envelope": "Signing of",
    "file": "Check of",
    "room": "Link for",
    "visit": "Notetaker for",
    "transcript": "Transcript of",
    "domain": "Look into the DNS of",
    "message": "Mail to",
}
PLACES = {"check": "connections", "setup": "setup", "rendering": "documents", "sealing": "agreement",
          "envelope": "agreement",
          "file": "documents", "room": "meetings", "visit": "meetings", "transcript": "meetings",
          "domain": "verification"}  # fmt: skip
Again = Callable[[Any, Actor], object]
AGAIN: dict[str, Again] = {
    "check": lambda row, by: connections.check(row.connection_id, reason="tried again", by=by, at=now()),
    "setup": lambda row, by: setup_tasks.start_run(
        row.engagement_id, workstream=row.connection.side, by=by, at=now()
    ),
    "mapping": lambda row, by: flows.check_mapping(row.flow_id, by=by, at=now()),
    "scan": lambda row, by: flows.start_scan(row.flow_id, by=by, at=now()),
    "test": lambda row, by: test_runs.start(row.flow_id, by=by, at=now()),
    "run": lambda row, by: flow_runs.start(row.flow_id, by=by, at=now()),
    "rendering": lambda row, by: retries.again("rendering", row.pk, by=by, at=now()),
    "sealing": lambda row, by: sealings.again(row.pk, by=by, at=now()),
    "envelope": lambda row, by: envelopes.again(row.pk, by=by, at=now()),
    "file": lambda row, by: file_checks.again(str(row.document.uuid), by=by, at=now()),
    "room": lambda row, by: retries.again("meeting_room", row.pk, by=by, at=now()),
    "visit": lambda row, by: retries.again("notetaker_visit", row.pk, by=by, at=now()),
    "transcript": lambda row, by: retries.again("transcript", row.pk, by=by, at=now()),
    "domain": lambda row, by: domains.look_up(row.proof_id, by=by, at=now()),
    "message": lambda row, by: retries.again("message", row.pk, by=by, at=now()),
}  # fmt: skip


@require_safe
@staff_page
def reviews(request: HttpRequest) -> HttpResponse:
    """Everything that waits for a person of ours, oldest first."""
    found = review_query.queues(access.viewer_of(request))
    queues = [
        {"title": queue.title, "code": queue.code, "has_more": queue.has_more,
         "entries": [_entry(one) for one in queue.entries]}
        for queue in found
    ]  # fmt: skip
    context = {"queues": [one for one in queues if one["entries"]],
               "empty": [one["title"] for one in queues if not one["entries"]]}  # fmt: skip
    return render(request, "specialist/reviews.html", context)


def _entry(one: review_query.Entry) -> dict[str, Any]:
    url = url_of(one.place, one.reference) if one.reference else ""
    return {"title": one.title, "company": one.company, "reference": one.reference, "url": url, "since": one.since,
            "note": one.note}  # fmt: skip


@require_safe
@staff_page
def flows_page(request: HttpRequest) -> HttpResponse:
    """What the workers have at hand, what they gave up, and open incidents."""
    viewer = access.viewer_of(request)
    may_retry = viewer.has(*SPECIALISTS)
    context = {
        "running": [drawn(row) for row in run_query.under_way(viewer)],
        "failed": [drawn(row) | {"may_retry": may_retry} for row in run_query.failed(viewer)],
        "incidents": [
            {"incident": one, "url": _flow_url(one.engagement, one.flow_id)} for one in run_query.incidents(viewer)
        ],
    }
    return render(request, "specialist/queue.html", context)


def drawn(row: Any) -> dict[str, Any]:
    """One run as the queue shows it."""
    kind = next(code for code, model in KINDS.items() if type(row) is model)
    return {
        "row": row,
        "kind": kind,
        "title": f"{TITLES[kind]} {_subject(kind, row)}",
        "url": _url(kind, row),
        "company": row.company.name,
        "words": (row.problem or {}).get("words", ""),
        "what_to_do": (row.problem or {}).get("what_to_do", ""),
    }


def _subject(kind: str, row: Any) -> str:
    if kind in {"check", "setup"}:
        return f"{row.connection.get_side_display()} ({row.connection.environment})"
    if kind in {"rendering", "sealing"}:
        return str(row.document.title)
    if kind == "file":
        return f"“{row.document.file_name}”"
    if kind in {"room", "visit", "transcript"}:
        return str(row.meeting.get_kind_display())
    if kind == "domain":
        return str(row.proof.domain)
    return str(row.to if kind == "message" else row if kind == "envelope" else row.flow.name)


def _url(kind: str, row: Any) -> str:
    if row.engagement is None or kind == "message":
        return ""
    return url_of(PLACES[kind], row.engagement.reference) if kind in PLACES else _flow_url(row.engagement, row.flow_id)


def _flow_url(engagement: Any, flow_id: int) -> str:
    return f"{url_of('flows', engagement.reference)}{flow_id}/"


@require_POST
@staff_page
def retry(request: HttpRequest, kind: str, row_id: int) -> HttpResponse:
    """Try one failed piece of work again."""
    if kind not in KINDS:
        raise Http404
    viewer = access.viewer_of(request)
    row = access.get(request, KINDS[kind].objects.all(), pk=row_id)
    if pages.attempt(request, lambda: AGAIN[kind](row, viewer)):
        return pages.done(request, "It is tried again.", "specialist:flows_queue")
    return pages.turned_down(request, "specialist:flows_queue")
