"""How and when the person of this request was last identified, by the session's own record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

METHODS_KEY = "account_authentication_methods"


def _last(request: HttpRequest) -> dict[str, Any]:
    methods: list[dict[str, Any]] = request.session.get(METHODS_KEY, [])
    return max(methods, key=lambda one: one.get("at", 0), default={})


def how(request: HttpRequest) -> str:
    """In words, for a certificate."""
    return f"signed in, identity confirmed again by {_last(request).get('method', 'password').replace('_', ' ')}"


def when(request: HttpRequest) -> datetime | None:
    """The moment of it; None when the session does not say."""
    at = _last(request).get("at")
    return datetime.fromtimestamp(at, tz=UTC) if at else None
