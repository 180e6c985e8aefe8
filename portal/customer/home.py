"""Home: where am I, what do you need from me, what happens next and who does it, when do we go live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from onboarding.library.event_words import ROUTINE, describe
from onboarding.models import Engagement, Event, Meeting
from onboarding.queries import health
from onboarding.workflow.steps import PHASES, STEPS, Step
from portal.customer import follow_ups
from portal.customer.change_requests import to_decide
from portal.customer.engagement import engagement_page
from portal.customer.meetings import bookable
from portal.customer.places import step_url
from portal.customer.section_assignments import own_tasks
from portal.customer.tasks import next_task, tasks, with_us

LATEST = 6
SHOWN_STATES = {"closed": "done", "current": "current", "reopened": "reopened", "upcoming": "later"}


@require_safe
@engagement_page
def home(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The first screen after sign-in."""
    telling = Event.objects.filter(engagement=engagement, is_internal=False).exclude(kind__in=ROUTINE)
    latest = telling.order_by("-number")[:LATEST]
    is_moving = request.standstill is None
    context = {
        "engagement": engagement,
        "status": engagement.status,
        "step": engagement.at_step,
        "task": next_task(engagement, request.viewer) if is_moving else None,
        "given": own_tasks(request, engagement) if is_moving else [],
        "changes": to_decide(request, engagement),
        "promised": follow_ups.waiting(request, engagement) if is_moving else [],
        "with_us": with_us(engagement),
        "waiting_since": engagement.waiting_since,
        "meetings": _coming(engagement),
        "bookable": bookable(request, engagement),
        "following": _following(engagement.at_step) if is_moving else None,
        "live_since": _live_since(engagement),
        "slip": health.slip_days(engagement, at=now()) if engagement.state == "active" else None,
        "steps": journey(engagement),
        "clocks": {"customer": engagement.customer_waited.days, "interweave": engagement.interweave_waited.days},
        "events": [describe(event) for event in latest],
    }
    return render(request, "customer/home.html", context)


def _live_since(engagement: Engagement) -> datetime | None:
    """Since when the flows run on schedule: in step XI from the cutover on, before the step closes."""
    launch = getattr(engagement, "launch", None) if engagement.at_step is Step.GO_LIVE else None
    return engagement.went_live_at or (launch.cutover_at if launch else None)


def _coming(engagement: Engagement) -> list[Meeting]:
    """Meetings that were booked and not held yet, the next first."""
    return list(engagement.meetings.filter(held_at=None, cancelled_at=None).order_by("starts_at")[:2])


def _following(step: Step) -> Step | None:
    return STEPS[step.number] if step.number < len(STEPS) else None


def journey(engagement: Engagement) -> list[dict[str, Any]]:
    """The twelve steps as the timeline component draws them, from the ready-made status document."""
    return [_drawn(engagement, found) for found in engagement.status.get("steps", [])]


def _drawn(engagement: Engagement, found: dict[str, Any]) -> dict[str, Any]:
    step = Step(found["code"])
    drawn: dict[str, Any] = {
        "number": step.number,
        "title": step.title,
        "phase": PHASES[step.phase],
        "state": SHOWN_STATES[found["state"]],
        "url": step_url(step),
        "closed_at": datetime.fromisoformat(found["closed_at"]) if found["closed_at"] else None,
    }
    if found["state"] == "current":
        drawn["tasks"] = tasks(engagement)
    elif found["broken"]:
        drawn["summary"] = "Open again: " + "; ".join(one["title"] for one in found["broken"])
    return drawn
