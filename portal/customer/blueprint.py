"""The blueprint: the whole configuration on a few pages, confirmed by the hash of what was seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import blueprints
from onboarding.models import Engagement
from onboarding.queries import blueprints as blueprint_queries
from portal import access, pages, rules
from portal.customer.engagement import engagement_page, may


@engagement_page
def blueprint(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Read it, then confirm exactly this version."""
    current = blueprint_queries.current(engagement)
    if request.method == "POST" and current:
        by, seen = access.viewer_of(request), request.POST.get("sha256", "")
        if pages.attempt(request, lambda: blueprints.confirm(current.pk, sha256=seen, by=by, at=now())):
            return pages.done(request, "Blueprint confirmed. Testing can begin.", "customer:blueprint")
    context = {
        "engagement": engagement,
        "blueprint": current,
        "flows": [one | {"rows": rules.rows(one["mapping"])} for one in current.configuration["flows"]]
        if current
        else [],
        "may_confirm": may(request, engagement, blueprints.CONFIRMERS, at=blueprints.AT),
    }
    return pages.show(request, "customer/blueprint.html", context)
