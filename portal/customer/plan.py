"""The project plan: every milestone to go-live, agreed by the customer."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import plans
from onboarding.models import Engagement
from onboarding.queries import change_requests
from onboarding.workflow.step_06_plan_timeline import current_plan
from onboarding.workflow.steps import Step
from portal import access, pages
from portal.customer.engagement import engagement_page, may
from portal.plain_text import whole_number


@require_safe
@engagement_page
def plan(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The current version with its milestones and baseline."""
    found = current_plan(engagement)
    context = {
        "engagement": engagement,
        "plan": found,
        "milestones": list(found.milestones.all()) if found else [],
        "effect": change_requests.effect_on(found, engagement) if found else None,
        "may_agree": may(request, engagement, plans.AGREERS, at={Step.PLAN_TIMELINE}),
    }
    return pages.show(request, "customer/plan.html", context)


@require_POST
@engagement_page
def agree(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Agree exactly the version that was shown."""
    by, shown = access.viewer_of(request), whole_number(request.POST.get("plan", ""))
    if shown is None:
        raise Http404
    if pages.attempt(request, lambda: plans.agree(shown, by=by, at=now())):
        return pages.done(request, "Plan agreed. Technical work begins.", "customer:plan")
    return pages.turned_down(request, "customer:plan")
