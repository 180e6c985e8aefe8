"""The workspace of one engagement: where it stands, what is missing, the one next action, who and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from onboarding.actors import SPECIALISTS, Role
from onboarding.library.event_words import ROUTINE, describe
from onboarding.models import Engagement, Event, Member
from onboarding.queries import health, step_changes
from onboarding.workflow.criteria import CRITERIA
from onboarding.workflow.steps import PHASES, Step
from portal import access
from portal.plain_text import whole_number
from portal.specialist import findings
from portal.specialist.desk import engagement_page
from portal.specialist.places import ROUTES, TITLES, rooms, url_of

LATEST = 12
NOTES_SHOWN = 5
PROMISED_SHOWN = 5
PAGE = 100
SHOWN_STATES = {"closed": "done", "current": "current", "reopened": "reopened", "upcoming": "later"}


@require_safe
@engagement_page
def workspace(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The whole engagement on one page."""
    viewer = access.viewer_of(request)
    found = findings.drawn(engagement.status.get("criteria", []), engagement, viewer)
    edges = step_changes.from_step(engagement.at_step)
    forward = next((edge for edge in edges if not edge.is_return), None)
    events = Event.objects.filter(engagement=engagement).exclude(kind__in=ROUTINE).order_by("-number")
    context = {
        "engagement": engagement,
        "step": engagement.at_step,
        "steps": journey(engagement),
        "found": found,
        "forward": forward,
        "may_go_back": any(edge.is_return for edge in edges) and engagement.state == "active",
        "is_ready": forward is not None and not found["unmet"] and engagement.state == "active",
        "may_change": viewer.has(*SPECIALISTS),
        "is_lead": viewer.has(Role.LEAD),
        "work": _work(engagement),
        "rooms": rooms(engagement.reference),
        "health": health.of(engagement, at=now(), open_incidents=engagement.incidents.filter(closed_at=None).count()),
        "forecast": health.forecast(engagement, at=now()),
        "people": _people(request, engagement),
        "promised": engagement.follow_ups.filter(done_at=None)[:PROMISED_SHOWN],
        "notes": access.listed(request, engagement.notes.order_by("-id"))[:NOTES_SHOWN],
        "events": [describe(event) for event in events[:LATEST]],
    }
    return render(request, "specialist/workspace.html", context)


def _people(request: HttpRequest, engagement: Engagement) -> list[dict[str, Any]]:
    """The customer's people, each once: what they are contacts for, or how far they may go in the portal."""
    found: dict[str, dict[str, Any]] = {}
    for contact in access.listed(request, engagement.contacts.all()):
        person = found.setdefault(contact.email.lower(), {"name": contact.name, "email": contact.email, "parts": []})
        person["parts"].append(contact.get_kind_display())
    for member in Member.objects.select_related("user").filter(company=engagement.company, removed_at=None):
        user = member.user
        person = found.setdefault(user.email.lower(), {"name": user.name, "email": user.email, "parts": []})
        person["parts"] += [role.replace("_", " ") for role in member.roles]
    return list(found.values())


def _work(engagement: Engagement) -> list[dict[str, str]]:
    """The pages where the open step's criteria are met, each once."""
    places = dict.fromkeys(one.place for one in CRITERIA[engagement.at_step])
    return [{"title": _title(place), "url": url_of(place, engagement.reference)} for place in places]


def _title(place: str) -> str:
    room, _, kind = place.partition("/")
    return kind.replace("_", " ").capitalize() if kind else TITLES[ROUTES.get(room, room)]


def journey(engagement: Engagement) -> list[dict[str, Any]]:
    """The twelve steps for the timeline component, from the ready-made status document."""
    drawn = []
    for found in engagement.status.get("steps", []):
        step = Step(found["code"])
        drawn.append(
            {
                "number": step.number,
                "title": step.title,
                "phase": PHASES[step.phase],
                "state": SHOWN_STATES[found["state"]],
                "url": reverse("specialist:step", args=[engagement.reference, step.number]),
                "closed_at": datetime.fromisoformat(found["closed_at"]) if found["closed_at"] else None,
                "summary": "; ".join(one["title"] for one in found["broken"]),
            }
        )
    return drawn


@require_safe
@engagement_page
def timeline(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every event, internal ones marked, newest first; `before` is the number of the last one seen.

    A live flow's runs would bury what people did: they are shown when asked for (`all`).
    """
    events = Event.objects.filter(engagement=engagement).order_by("-number")
    if "all" not in request.GET:
        events = events.exclude(kind__in=ROUTINE)
    if before := whole_number(request.GET.get("before", "")):
        events = events.filter(number__lt=before)
    page = list(events[: PAGE + 1])
    older = page[PAGE - 1].number if len(page) > PAGE else None
    context = {
        "engagement": engagement,
        "events": [describe(event) for event in page[:PAGE]],
        "older": older,
        "is_all": "all" in request.GET,
    }
    return render(request, "specialist/timeline.html", context)


@require_safe
@engagement_page
def preview(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What the customer's home says at this moment, to read only."""
    status = engagement.status
    known = status.get("criteria", [])
    task = next((one for one in known if not one["met"] and one["owner"] == "customer"), None)
    events = Event.objects.filter(engagement=engagement, is_internal=False).order_by("-number")
    events = events.exclude(kind__in=ROUTINE)
    context = {
        "engagement": engagement,
        "step": engagement.at_step,
        "steps": [one | {"url": ""} for one in journey(engagement)],
        "task": {"title": task["title"], "why": task["hint"]} if task else None,
        "next": status.get("next"),
        "events": [describe(event) for event in events[:LATEST]],
    }
    return render(request, "specialist/preview.html", context)
