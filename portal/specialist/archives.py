"""All documents of one engagement as one download, for staff."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from onboarding.models import Engagement
from onboarding.queries import archives as query
from portal import access, archives
from portal.specialist.desk import engagement_page


@require_safe
@engagement_page
def everything(request: HttpRequest, engagement: Engagement) -> HttpResponseBase:
    """A zip of every file in force, with a list of them all."""
    return archives.send(query.of(engagement, viewer=access.viewer_of(request), at=now()))
