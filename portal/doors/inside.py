"""Behind a door: its one document, whatever there is to do with it, and afterwards what comes next."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from onboarding.models import Door
from onboarding.queries.doors import State
from portal import files
from portal.doors import payer, signer
from portal.doors.room import GONE, Visit, closed, inside


@require_safe
@inside()
def index(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The agreement to sign, or the invoice to pay; once that is done, thanks and what happens next."""
    if visit.state in GONE:
        return closed(request, visit)
    room = signer if visit.door.purpose == Door.Purpose.SIGN else payer
    return room.page(request, visit)


@require_safe
@inside(State.IN_USE)
def file(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The one document of this door, in a frame of ours or as a download."""
    door = visit.door
    document = door.signer.agreement.document if door.signer else door.invoice.document
    if document is None:
        raise Http404
    return files.send(document, inline="download" not in request.GET)
