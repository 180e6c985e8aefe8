"""Everything that happened, newest first, a page at a time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.library.event_words import ROUTINE, describe
from onboarding.models import Engagement, Event
from portal.customer.engagement import engagement_page
from portal.plain_text import whole_number

PAGE = 50


@require_safe
@engagement_page
def timeline(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The customer's timeline; internal notes are not in it. `before` is the number of the last event seen.

    A live flow's runs would bury what people did: they are shown when asked for (`all`).
    """
    events = Event.objects.filter(engagement=engagement, is_internal=False).order_by("-number")
    if "all" not in request.GET:
        events = events.exclude(kind__in=ROUTINE)
    if before := whole_number(request.GET.get("before", "")):
        events = events.filter(number__lt=before)
    page = list(events[: PAGE + 1])
    context = {
        "engagement": engagement,
        "events": [describe(event) for event in page[:PAGE]],
        "older": page[PAGE - 1].number if len(page) > PAGE else None,
        "is_all": "all" in request.GET,
    }
    return render(request, "customer/timeline.html", context)
