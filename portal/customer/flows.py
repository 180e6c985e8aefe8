"""Flows: what each does, what a scan found, how its tests went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.models import Engagement, Flow
from onboarding.queries import flows as flow_queries
from portal import access, pages, rules, threads, twins
from portal.customer.engagement import engagement_page

RUNS_SHOWN = 10
STOP_POLLING = 286


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The flows of the solution with their state."""
    flows = access.listed(request, Flow.objects.filter(engagement=engagement))
    return pages.show(request, "customer/flows.html", {"engagement": engagement, "flows": flows})


@require_safe
@engagement_page
def flow(request: HttpRequest, engagement: Engagement, flow_id: int) -> HttpResponse:
    """One flow: its mapping, the readiness scan, the newest test as twin view, its runs."""
    found = access.get(request, Flow.objects.filter(engagement=engagement), pk=flow_id)
    test = flow_queries.latest_test(found)
    context = {
        "engagement": engagement,
        "flow": found,
        "asked_for": threads.asking_for(found, threads.Door()),
        "mapping": rules.rows(found.mapping),
        "scan": flow_queries.latest_scan(found),
        "test": test,
        "cases": twins.twins(test) if test else [],
        "runs": found.runs.all()[:RUNS_SHOWN],
        "incidents": found.incidents.all()[:RUNS_SHOWN],
    }
    return pages.show(request, "customer/flow.html", context)


@require_safe
@engagement_page
def test_progress(request: HttpRequest, engagement: Engagement, flow_id: int) -> HttpResponse:
    """The newest test alone, for polling while it runs."""
    found = access.get(request, Flow.objects.filter(engagement=engagement), pk=flow_id)
    test = flow_queries.latest_test(found)
    context = {"flow": found, "test": test, "cases": twins.twins(test) if test else [], "poll_url": request.path}
    return render(request, "_test_run.html", context, status=200 if test and test.is_open else STOP_POLLING)
