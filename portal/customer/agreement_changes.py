"""What changed from one issued version of the agreement to another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.models import Engagement
from onboarding.queries import agreements
from portal import access, pages, redlines
from portal.customer.engagement import engagement_page


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every issued version, and two of them compared word by word."""
    versions = access.listed(request, agreements.issued_versions(engagement))
    shown = redlines.drawn(list(versions), request.GET, document_url="customer:document")
    return pages.show(request, "customer/agreement_changes.html", {"engagement": engagement} | shown)
