"""The same form sent twice is done once: a double press, a reload, a page sent again after going back.

Every page carries its token in a form of its own (Django masks it anew at every rendering, against BREACH), so the
token, the address and the fields together name one form of one page as it was drawn. Pages need nothing more for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.timezone import now

from onboarding.actions import idempotency

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a field's name
CALLS = "_calls_claimed"


def claim(request: HttpRequest) -> None:
    """Take in what this request asks for; SentAlready when it was taken before. Call it in the act's transaction.

    A visitor is not asked: what they send is one of its kind by its e-mail address.
    """
    token = request.POST.get(TOKEN)
    if not token or request.viewer is None:
        return
    number = getattr(request, CALLS, 0) + 1  # a request may make several calls, one for each file
    setattr(request, CALLS, number)
    fields = sorted((name, values) for name, values in request.POST.lists())
    files = sorted((name, [_hash(one) for one in sent]) for name, sent in request.FILES.lists())
    asked = json.dumps([request.viewer.user_id, request.path, number, fields, files])
    idempotency.claim_form(hashlib.sha256(asked.encode()).hexdigest(), at=now())


def _hash(file: object) -> str:
    return str(getattr(file, "sha256", ""))


class TwiceMiddleware:
    """Leads a repeated form back to its page, which shows what the first one did."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The transaction is over by now: nothing of the repeat stays."""
        if not isinstance(exception, idempotency.SentAlready):
            return None
        messages.info(request, exception.words)
        return HttpResponseRedirect(_page(request))


def _page(request: HttpRequest) -> str:
    """The page the form stood on, by what the browser says; home when it says nothing we know."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return "/"
    try:
        resolve(came_from.path)
    except Resolver404:
        return "/"
    return came_from._replace(scheme="", netloc="").geturl()
