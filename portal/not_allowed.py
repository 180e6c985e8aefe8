"""A form sent to a page that only shows, or an act's address opened like a page: 405 on a page of ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render


class NotAllowedMiddleware:
    """Gives Django's bare 405 our page; what a program asked for stays as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if not isinstance(answer, HttpResponseNotAllowed) or request.path.startswith(("/api/", "/healthz", "/readyz")):
            return answer
        page = render(request, "405.html", {"is_shown": request.method in {"GET", "HEAD"}}, status=answer.status_code)
        page["Allow"] = answer["Allow"]
        return page
