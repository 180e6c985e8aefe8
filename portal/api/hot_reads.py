"""The hot reads' short way: answered before sessions, messages and page headers, none of which concerns them."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from portal.api.engagements import Engagements
from portal.api.status import Status

PREFIX = "/api/v1/engagements/"
REFERENCE = re.compile(r"([-a-zA-Z0-9_]+)/status/")
# What the middleware passed by would have said, more strictly: nothing in an answer of JSON is ever shown or framed.
POLICY = "default-src 'none'; frame-ancestors 'none'"

# One of each for all requests: their reads keep nothing on themselves.
status = Status()
engagements = Engagements()


class HotReads:
    """Stands behind the security and compression middleware, before all others. Other methods go the usual way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        rest = request.path_info.removeprefix(PREFIX)
        response: HttpResponse
        if not rest:
            response = engagements.answer(request)
        elif found := REFERENCE.fullmatch(rest):
            response = status.answer(request, reference=found[1])
        else:
            return self.get_response(request)
        if response.status_code != 304:  # which adds nothing to what the client holds
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["Content-Length"] = str(len(response.content))  # else it would be sent in chunks
        return response
