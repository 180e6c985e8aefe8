"""Pages by key: a cursor names the last row seen, so that no page shifts while rows arrive."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Protocol
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from onboarding import errors

DEFAULT_SIZE = 25
LARGEST_SIZE = 100
LARGEST_KEY = 2**63 - 1
PAGING = frozenset({"cursor", "limit"})


class Asked(Protocol):
    """What a page needs of a request, Django's or DRF's."""

    GET: QueryDict
    path: str

    def build_absolute_uri(self, location: str | None = ..., /) -> str: ...


def encode(key: int) -> str:
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def decode(cursor: str) -> int:
    """The key in a cursor; BadInput for one that we did not make."""
    try:
        key = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii"))
    except (ValueError, binascii.Error):
        key = -1
    if not 0 <= key <= LARGEST_KEY or encode(key) != cursor:
        raise errors.BadInput(fields={"cursor": "Follow the address under next; don't make cursors yourself."})
    return key


def size(given: str | None) -> int:
    """How many rows a page holds; BadInput unless 1 to 100."""
    if given is None:
        return DEFAULT_SIZE
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
    if not 1 <= number <= LARGEST_SIZE:
        raise errors.BadInput(fields={"limit": f"Ask for 1 to {LARGEST_SIZE} at a time."})
    return number


def require_known(given: QueryDict, known: frozenset[str]) -> None:
    """BadInput for parameters that this address does not know: a filter misspelt must not answer with everything."""
    if unknown := sorted(set(given) - known):
        raise errors.BadInput(fields=dict.fromkeys(unknown, "This address knows no such parameter."))


def following(request: Asked, below: int | None) -> str | None:
    """The address of the following page, with the same filters; None on the last."""
    if below is None:
        return None
    asked = {name: value for name, value in request.GET.items() if name != "cursor"}
    return request.build_absolute_uri(f"{request.path}?{urlencode({**asked, 'cursor': encode(below)})}")


def page(
    request: Asked, rows: QuerySet[Any], *, key: str = "pk", filters: frozenset[str] = frozenset()
) -> tuple[list[Any], str | None]:
    """One page of rows, newest first by `key`, and the address of the following one. `filters`: what else is known."""
    require_known(request.GET, PAGING | filters)
    limit = size(request.GET.get("limit"))
    if (cursor := request.GET.get("cursor")) is not None:
        rows = rows.filter(**{f"{key}__lt": decode(cursor)})
    found = list(rows.order_by(f"-{key}")[: limit + 1])
    last = getattr(found[limit - 1], key) if len(found) > limit else None
    return found[:limit], following(request, last)
