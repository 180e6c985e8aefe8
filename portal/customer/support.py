"""Step XII: check-ins, and what came of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.models import CheckIn, Engagement
from portal import access, pages
from portal.customer.engagement import engagement_page


@require_safe
@engagement_page
def support(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The next check-in and the past ones with their recommendations."""
    check_ins = access.listed(request, CheckIn.objects.filter(engagement=engagement))
    context = {
        "engagement": engagement,
        "coming": [one for one in check_ins if one.held_at is None],
        "held": [one for one in reversed(check_ins) if one.held_at],
        "is_early": engagement.at_step.number < 12,
    }
    return pages.show(request, "customer/support.html", context)
