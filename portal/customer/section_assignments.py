"""Who answers which part of a questionnaire: given to colleagues, taken back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import questionnaires, section_assignments
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement, Questionnaire, SectionAssignment
from onboarding.queries import questionnaires as queries
from onboarding.queries import section_assignments as query
from portal import access, pages
from portal.customer.engagement import engagement_page, may
from portal.customer.submissions import opened
from portal.plain_text import whole_number


def may_assign(request: HttpRequest, engagement: Engagement, found: Questionnaire) -> bool:
    """True when this viewer could give a part away now."""
    is_open = found.state in questionnaires.ANSWERABLE
    return is_open and may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS)


def whose(given: SectionAssignment | None, request: HttpRequest) -> str:
    """Who has a part, in words; empty when nobody."""
    if given is None:
        return ""
    if given.has_lapsed:
        return f"{given.member.user.name} left: give it to somebody else"
    return "given to you" if given.member.user_id == request.user.pk else f"with {given.member.user.name}"


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """Every part with how far it is, who has it, and giving it to somebody."""
    found = opened(request, engagement, kind)
    given = query.by_section(found)
    context = {
        "engagement": engagement,
        "questionnaire": found,
        "parts": [_part(found, sheet, given.get(sheet.code)) for sheet in queries.sheet(found)],
        "members": query.to_choose_from(found),
        "may_assign": may_assign(request, engagement, found),
    }
    return pages.show(request, "customer/section_assignments.html", context)


def _part(found: Questionnaire, sheet: queries.Sheet, given: SectionAssignment | None) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "url": reverse("customer:questionnaire_section", args=[found.kind, sheet.code]),
        "given": given,
        "total": len(sheet.lines),
    }


@require_POST
@engagement_page
def assign(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """Give a part to the chosen member; “nobody” takes it back."""
    found, by = opened(request, engagement, kind), access.viewer_of(request)
    if request.POST.get("member_id") == "":
        if pages.attempt(request, lambda: section_assignments.unassign(found.pk, section=code, by=by, at=now())):
            return pages.done(request, "Nobody in particular is asked for this part now.", *_back(kind))
        return pages.turned_down(request, *_back(kind))
    member_id = whole_number(request.POST.get("member_id", ""))
    if member_id is None:
        raise Http404
    if given := pages.attempt(
        request, lambda: section_assignments.assign(found.pk, section=code, member_id=member_id, by=by, at=now())
    ):
        return pages.done(request, f"Given to {given.member.user.name}.", *_back(kind))
    return pages.turned_down(request, *_back(kind))


def _back(kind: str) -> tuple[str, str]:
    return "customer:section_assignments", kind


def own_tasks(request: HttpRequest, engagement: Engagement) -> list[dict[str, Any]]:
    """The parts that colleagues gave to this viewer, as rows of a task list."""
    return [
        {
            "title": f"Answer “{one.sheet.title}”",
            "note": f"{one.questionnaire.get_kind_display()}, asked by {one.by}",
            "url": reverse("customer:questionnaire_section", args=[one.questionnaire.kind, one.sheet.code]),
            "state": "Revision needed" if one.sheet.needs_revision else progress_words(one.sheet),
            "tone": "bad" if one.sheet.needs_revision else "warn",
        }
        for one in query.given_to(access.viewer_of(request), engagement)
    ]


def progress_words(sheet: queries.Sheet) -> str:
    """How far a part is."""
    return f"{sheet.answered} of {len(sheet.lines)} answers"
