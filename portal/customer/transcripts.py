"""What was said in a meeting, to read, search and link to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from onboarding.models import Engagement, Transcript
from portal import access
from portal import transcripts as drawing
from portal.customer.engagement import engagement_page


@require_safe
@engagement_page
def transcript(request: HttpRequest, engagement: Engagement, meeting_id: int) -> HttpResponse:
    """The transcript of one meeting, a page at a time."""
    rows = Transcript.objects.select_related("meeting", "document").filter(engagement=engagement)
    found = access.get(request, rows, meeting_id=meeting_id)
    context = {
        "engagement": engagement,
        "meeting": found.meeting,
        "items": found.action_items.exclude(state="dismissed"),
        **drawing.drawn(found, request.GET, way=lambda number: reverse("customer:requirement", args=[number])),
    }
    return render(request, "customer/transcript.html", context)
