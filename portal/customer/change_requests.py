"""Change requests of the signed list: read with what they mean for the plan, approved or turned down."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import change_requests, requirements
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import ChangeRequest, Engagement
from onboarding.workflow.steps import Step
from portal import access, pages, threads
from portal.customer.engagement import engagement_page, may

SHOWN = 120  # characters of a reason on the home page
SAID = {
    "approve": "Approved. The list has a new version.",
    "decline": "Turned down. The list stays as it is.",
    "withdraw": "Withdrawn. The list stays as it is.",
}


@require_safe
@engagement_page
def change_request(request: HttpRequest, engagement: Engagement, number: int) -> HttpResponse:
    """One request: from what to what, why, what it means for the plan; the decision."""
    row = _found(request, engagement, number)
    may_decide = row.is_open and may(request, engagement, requirements.SIGNERS)
    context = {
        "engagement": engagement,
        **threads.change_request(row),
        "may_decide": may_decide,
        "may_withdraw": row.is_open and not row.is_staffs and may(request, engagement, CUSTOMER_WRITERS),
    }
    return pages.show(request, "customer/change_request.html", context)


def to_decide(request: HttpRequest, engagement: Engagement) -> list[dict[str, Any]]:
    """For the home page of those who decide, as the task list draws them: changes whose effect is stated."""
    if engagement.at_step.number < Step.REQUIREMENTS_REVIEW.number or not may(
        request, engagement, requirements.SIGNERS
    ):
        return []
    rows = access.listed(request, ChangeRequest.objects.filter(engagement=engagement, state="proposed"))
    return [
        {"title": f"Decide on change request {row.number}", "note": Truncator(row.reason).chars(SHOWN), "state": "To do",
         "tone": "warn", "url": reverse("customer:change_request", args=[row.number])}
        for row in rows.exclude(effect_at=None)
    ]  # fmt: skip


def _found(request: HttpRequest, engagement: Engagement, number: int) -> ChangeRequest:
    rows = ChangeRequest.objects.filter(engagement=engagement).select_related("requirement", "signoff")
    return access.get(request, rows, number=number)


@require_POST
@engagement_page
def decide(request: HttpRequest, engagement: Engagement, number: int) -> HttpResponse:
    """Approve, turn down or withdraw the request as it was shown."""
    row, by = _found(request, engagement, number), access.viewer_of(request)
    decision = request.POST.get("decision", "")
    note, seen = request.POST.get("reason", ""), request.POST.get("seen", "")
    acts = {
        "approve": lambda: change_requests.approve(row.pk, seen=seen, by=by, at=now()),
        "decline": lambda: change_requests.decline(row.pk, note=note, by=by, at=now()),
        "withdraw": lambda: change_requests.withdraw(row.pk, by=by, at=now()),
    }
    if decision not in acts:
        raise Http404
    if pages.attempt(request, acts[decision]):
        return pages.done(request, SAID[decision], "customer:change_request", number)
    return pages.turned_down(request, "customer:change_request", number)
