"""What changed from one version of the agreement to another, drafts among them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.models import Engagement
from onboarding.queries import agreements
from portal import pages, redlines
from portal.specialist.desk import engagement_page
from portal.specialist.places import url_of


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every version that was printed, and two of them compared word by word."""
    shown = redlines.drawn(list(agreements.versions(engagement)), request.GET, document_url="specialist:document")
    place = {"title": "Agreement", "url": url_of("agreement", engagement.reference)}
    context = {"engagement": engagement, "here": {}, "place": place}
    return pages.show(request, "specialist/agreement_changes.html", context | shown)
