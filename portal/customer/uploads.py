"""/uploads/: files in pieces for people at a browser, by the page's script (static/js/uploads.js) or any tus client."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from onboarding import errors
from onboarding.actions import partial_uploads
from onboarding.models import PartialUpload
from portal import access, tus
from portal.customer.engagement import current

P = ParamSpec("P")
STATUSES: tuple[tuple[type[errors.Refused], int], ...] = (
    (errors.NotFound, 404),
    (errors.NotYours, 403),
    (errors.Gone, 410),
    (errors.TooLarge, 413),
    (errors.BadInput, 422),
    (tus.Malformed, 400),
    (tus.LengthMissing, 411),
    (tus.OtherVersion, 412),
    (tus.WrongType, 415),
    (tus.WrongChecksum, 460),
)
CONFLICT = 409
READS = frozenset({"GET", "HEAD"})


def _upload_address(*methods: str) -> Callable[..., Callable[..., HttpResponse]]:
    """For a member of a company; refusals as JSON. No transaction is open while bytes come: each action has its own."""

    def decorate(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
        @non_atomic_requests
        @never_cache
        @login_required
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if access.viewer_of(request).is_staff:
                raise Http404
            request.method = tus.method_of(request)
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            try:
                if request.method not in {"OPTIONS", "GET"}:
                    tus.require_version(request)
                return view(request, *args, **kwargs)
            except errors.Refused as refusal:
                return _refused(refusal)

        return answer

    return decorate


def _refused(refusal: errors.Refused) -> JsonResponse:
    status = next((status for kind, status in STATUSES if isinstance(refusal, kind)), CONFLICT)
    words = " ".join(refusal.fields.values()) if isinstance(refusal, errors.BadInput) else ""
    headers = {"Tus-Resumable": tus.VERSION, **getattr(refusal, "headers", {})}
    return JsonResponse({"code": refusal.code, "detail": words or refusal.words}, status=status, headers=headers)


@_upload_address("OPTIONS", "POST")
def begin(request: HttpRequest) -> HttpResponse:
    """What is offered here; or announce a file, with its first piece if it likes."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=tus.OFFERED)
    engagement = current(request)
    if engagement is None:
        raise errors.NotFound
    viewer, said = access.viewer_of(request), tus.announced(request)
    upload = partial_uploads.begin(
        engagement.pk, name=said.name, length=said.length, **said.details, by=viewer, at=now()
    )
    if tus.has_piece(request):
        upload = tus.take_piece(request, upload.uuid, by=viewer, is_first=True)
    place = request.build_absolute_uri(reverse("customer:upload", args=[upload.uuid]))
    return HttpResponse(status=201, headers={"Location": place, **_told(upload)})


@_upload_address("GET", "HEAD", "PATCH", "DELETE")
def upload(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """How much of a file is here; its next piece; or its end."""
    viewer = access.viewer_of(request)
    if request.method in READS:
        return HttpResponse(headers=_told(partial_uploads.visible(uuid, viewer, at=now())))
    if request.method == "DELETE":
        partial_uploads.end(uuid, by=viewer, at=now())
        return HttpResponse(status=204, headers={"Tus-Resumable": tus.VERSION})
    return HttpResponse(status=204, headers=_told(tus.take_piece(request, uuid, by=viewer)))


def _told(upload: PartialUpload) -> dict[str, str]:
    """Where it stands; once arrived, also the page that shows it."""
    told = tus.state(upload)
    if upload.document:
        told["Upload-Page"] = reverse("customer:document", args=[upload.document.uuid])
    return told
