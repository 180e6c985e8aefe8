"""Which engagement a customer's page is about, what every such page shows around it, and whether it can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from onboarding.actors import Role
from onboarding.models import Company, Engagement, Specialist
from onboarding.workflow.steps import Step
from portal import access
from portal.customer import hours

P = ParamSpec("P")
CHOSEN = "engagement_id"
View = Callable[Concatenate[HttpRequest, Engagement, P], HttpResponse]


def engagement_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of the viewer's engagement: signed in, of this company, one chosen when there are several.

    Never kept by a cache: after signing out, the way back shows nothing.
    """

    @never_cache
    @login_required
    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        viewer = access.viewer_of(request)
        if viewer.is_staff:
            return HttpResponseRedirect("/staff/")
        engagement = current(request)
        if engagement is None:
            return render(request, "customer/no_engagement.html", status=404)
        request.specialist = person(engagement.specialist)
        request.standstill = standstill(engagement)
        return view(request, engagement, *args, **kwargs)

    return page


def current(request: HttpRequest) -> Engagement | None:
    """The chosen engagement, else the company's newest that was not cancelled, else the newest."""
    rows = access.listed(request, Engagement.objects.select_related("company", "specialist__user"))
    if chosen := request.session.get(CHOSEN):
        found = rows.filter(pk=chosen).first()
        if found is not None:
            return found
    return rows.order_by("cancelled_at", "-opened_at").first()


def person(specialist: Specialist | None) -> dict[str, Any] | None:
    """The Technical Specialist as the person card shows them, in the same place on every page."""
    if specialist is None:
        return None
    return {
        "name": specialist.user.name,
        "role": f"Your {specialist.title}",
        "email": specialist.user.email,
        "phone": specialist.user.phone,
        "hours": hours.in_words(specialist, at=now()),
        "photo_url": static(f"img/people/{specialist.photo}") if specialist.photo else "",
    }


def standstill(engagement: Engagement) -> dict[str, str] | None:
    """Why nothing can be changed at the moment, for the banner of every page; None while it can."""
    company = engagement.company
    if engagement.cancelled_at:
        return {"tone": "bad", "title": "This onboarding was cancelled", "words": engagement.cancel_reason,
                "advice": "Everything stays readable. Write to us if you want to begin again."}  # fmt: skip
    if company.state == Company.State.DECLINED:
        return {"tone": "bad", "title": "Your registration was declined", "words": company.decision_note,
                "advice": "Write to us when you think this is a mistake."}  # fmt: skip
    if engagement.held_at:
        return {"tone": "warn", "title": "This onboarding is on hold", "words": engagement.hold_reason,
                "advice": "Nothing is asked of you until it goes on. You can read everything."}  # fmt: skip
    if company.state == Company.State.PENDING:
        return {"tone": "info", "title": "Your registration awaits acceptance",
                "words": "A lead of InterWeave reads what you sent, usually within one business day.",
                "advice": "You get an e-mail. Until then you can look around."}  # fmt: skip
    return None


def may(request: HttpRequest, engagement: Engagement, roles: Iterable[Role], *, at: Iterable[Step] = Step) -> bool:
    """True when this viewer's act would not be refused: one of the roles, nothing stands still, the right step.

    Only decides which buttons are drawn; the action asks again.
    """
    return request.standstill is None and request.viewer.has(*roles) and engagement.at_step in set(at)
