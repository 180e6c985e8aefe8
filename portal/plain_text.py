"""What people send is text: control characters, which databases and printed pages refuse, are dropped at the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

# Tab, line feed and carriage return are text. U+202D and U+202E show what follows in another order than it is.
DROPPED = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000), 0x202D, 0x202E, 0xFFFE, 0xFFFF]
)


API = "/api/"
LONGEST_NUMBER = 18  # digits: what every database holds


def whole_number(text: str) -> int | None:
    """The number these digits are, None for anything else (“²” is a digit to Python, and no number)."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def plain(text: str) -> str:
    """The text without control characters, lone halves of surrogate pairs and direction overrides."""
    return text.translate(DROPPED)


class PlainTextMiddleware:
    """Cleans query strings and posted forms; an address with such a character leads nowhere. Programs have parsers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if plain(request.path) != request.path and not request.path.startswith(API):
            raise Http404  # the API's own words say so, as a problem
        request.GET = _cleaned(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """After the CSRF check, which reads the form first; before the view."""
        if request.method == "POST" and not request.path.startswith(API):
            request.POST = _cleaned(request.POST)


def _cleaned(given: QueryDict) -> QueryDict:
    if all(plain(value) == value for values in given.lists() for value in (values[0], *values[1])):
        return given
    cleaned = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        cleaned.setlist(plain(name), [plain(value) for value in values])
    return cleaned
