"""Tasks that came out of meetings: the company's to be done, InterWeave's to be seen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import follow_ups
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement, FollowUp, RecordingConsent
from portal import access, pages
from portal.customer.engagement import engagement_page, may

SHOWN = 120  # characters of a task on the home page


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What each side took on, the company's first, and what is done."""
    rows = access.listed(request, FollowUp.objects.filter(engagement=engagement))
    known = list(rows.select_related("action_item__transcript"))
    waiting = [one for one in known if one.done_at is None]
    context = {
        "engagement": engagement,
        "mine": [one for one in waiting if one.side == FollowUp.Side.CUSTOMER],
        "ours": [one for one in waiting if one.side == FollowUp.Side.INTERWEAVE],
        "done": list(rows.filter(done_at__isnull=False).order_by("-done_at")),
        "today": localdate(),
        "may_change": may(request, engagement, CUSTOMER_WRITERS),
    }
    return pages.show(request, "customer/follow_ups.html", context)


def waiting(request: HttpRequest, engagement: Engagement) -> list[dict[str, Any]]:
    """For the home page, as the task list draws them: questions to this person, then what the company promised."""
    asked = access.listed(
        request, RecordingConsent.objects.filter(engagement=engagement, email=request.viewer.email.lower())
    )
    coming = asked.filter(
        state="asked", meeting__held_at=None, meeting__cancelled_at=None, meeting__starts_at__gt=now()
    )
    questions = [
        {"title": f"May we record the {one.meeting.get_kind_display().lower()}?", "state": "To do", "tone": "warn",
         "url": reverse("customer:recording", args=[one.meeting_id]), "note": "Say yes or no before it begins."}
        for one in coming.select_related("meeting")
    ]  # fmt: skip
    promised = access.listed(request, FollowUp.objects.filter(engagement=engagement, side="customer", done_at=None))
    return questions + [
        {"title": Truncator(one.text).chars(SHOWN), "url": reverse("customer:follow_ups"), "state": "To do", "tone": "warn", "note": one.person,
         "due_on": one.due_on}
        for one in promised
    ]  # fmt: skip


@require_POST
@engagement_page
def finish(request: HttpRequest, engagement: Engagement, follow_up_id: int) -> HttpResponse:
    """A task of the company is done."""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: follow_ups.finish(follow_up_id, by=by, at=now())):
        return pages.done(request, "Done. Your specialist sees it.", "customer:follow_ups")
    return pages.turned_down(request, "customer:follow_ups")


@require_POST
@engagement_page
def reopen(request: HttpRequest, engagement: Engagement, follow_up_id: int) -> HttpResponse:
    """A task of the company is not done after all."""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: follow_ups.reopen(follow_up_id, by=by, at=now())):
        return pages.done(request, "It is open again.", "customer:follow_ups")
    return pages.turned_down(request, "customer:follow_ups")
