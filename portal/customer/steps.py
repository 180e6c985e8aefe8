"""The page of one step: what it is for, its tasks, its evidence once closed, its documents and timeline."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.library.event_words import ROUTINE, describe
from onboarding.models import Engagement, Event, StepRecord
from onboarding.workflow.criterion import Owner
from onboarding.workflow.steps import STEPS, by_number
from portal.customer.engagement import engagement_page
from portal.customer.places import url_of
from portal.customer.tasks import tasks, with_us
from portal.evidence import proofs

MOST_EVENTS = 30


@require_safe
@engagement_page
def step(request: HttpRequest, engagement: Engagement, number: int) -> HttpResponse:
    """One of the twelve, whatever its state."""
    if not 1 <= number <= len(STEPS):
        raise Http404
    shown = by_number(number)
    found = next(one for one in engagement.status["steps"] if one["number"] == number)
    record = StepRecord.objects.filter(engagement=engagement, step=shown.value).first()
    events = Event.objects.filter(engagement=engagement, step=shown.value, is_internal=False).exclude(kind__in=ROUTINE)
    open_tasks = tasks(engagement) if found["state"] == "current" else []
    context = {
        "engagement": engagement,
        "step": shown,
        "found": found,
        "record": record,
        "tasks": open_tasks,
        "done": sum(task["tone"] == "none" for task in open_tasks),
        "evidence": proofs(record.evidence) if record and record.closed_at else [],
        "broken": [_broken(one) for one in found["broken"]],
        "with_us": with_us(engagement) if found["state"] == "current" else [],
        "waiting_since": engagement.waiting_since,
        "events": [describe(event) for event in events.order_by("-number")[:MOST_EVENTS]],
        "before": by_number(number - 1) if number > 1 else None,
        "whose": _whose(engagement),
    }
    return render(request, "customer/step.html", context)


def _whose(engagement: Engagement) -> str:
    waits_for = engagement.waiting_for
    return "" if not waits_for else "you" if waits_for == Owner.CUSTOMER else "InterWeave"


def _broken(finding: dict[str, Any]) -> dict[str, Any]:
    """A criterion the closed step no longer holds, with where it is met anew."""
    owner = "you" if finding["owner"] == Owner.CUSTOMER else "InterWeave"
    return {"title": finding["title"], "url": url_of(finding["place"]), "words": finding["hint"], "owner": owner}
