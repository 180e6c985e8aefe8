"""Idempotency-Key: one effect and one reply for a request, however often it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import idempotency

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
UNDER_WAY = "A request under this key is under way, or was cut off. Look what came of it before you send another."


def once(request: Request, act: Callable[[], tuple[int, dict[str, Any]]], *, asked: Any = None) -> Response:
    """Do what a POST asks, or give the reply it was given before. `act` returns the status and the JSON reply.

    `asked` is what counts as the request where that is not its body.
    Without a key it is simply done. A refused request keeps no key: nothing happened, so it may be sent again.
    """
    key = request.headers.get(KEY_HEADER)
    if not key:
        return _reply(*act())
    with transaction.atomic():
        row, is_repeat = idempotency.claim(
            request.auth.token.pk, key=key, fingerprint=_fingerprint(request, asked), at=now()
        )  # fmt: skip
        if is_repeat:
            return _reply(row.status, row.reply, {REPLAYED_HEADER: "true"})
        status, reply = act()
        idempotency.keep_reply(row, status=status, reply=reply)
    return _reply(status, reply)


def once_outside(request: Request, act: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
    """As `once`, for what asks another system over HTTP: no transaction is open meanwhile.

    WrongState for a key whose request is still under way, or was cut off: whoever sent it has to look what came of it.
    """
    if not (key := request.headers.get(KEY_HEADER)):
        return _reply(*act())
    row, is_repeat = idempotency.claim(
        request.auth.token.pk, key=key, fingerprint=_fingerprint(request, None), at=now()
    )  # fmt: skip
    if is_repeat and not row.status:
        raise errors.WrongState(UNDER_WAY)
    if is_repeat:
        return _reply(row.status, row.reply, {REPLAYED_HEADER: "true"})
    try:
        status, reply = act()
    except errors.Refused:
        idempotency.free(row)
        raise
    idempotency.keep_reply(row, status=status, reply=reply)
    return _reply(status, reply)


def key_beyond(request: Request) -> str:
    """The request's key as another system is asked under it: no two tokens share one. Empty without a key."""
    key = request.headers.get(KEY_HEADER)
    return f"{request.auth.token.pk}:{key}" if key else ""


def _reply(status: int, reply: Any, headers: dict[str, str] | None = None) -> Response:
    """A created thing's own address is in its reply, and in the Location header."""
    place = {"Location": reply["url"]} if status in {201, 202} and "url" in reply else {}
    return Response(reply, status=status, headers={"Cache-Control": "no-store", **place, **(headers or {})})


def _fingerprint(request: Request, asked: Any) -> str:
    """SHA-256 of what is asked: method, address, fields; files by their own hash, as they were while streaming in."""
    given: Any = request.data if asked is None else asked
    if hasattr(given, "lists"):
        given = sorted((name, [_value(one) for one in values]) for name, values in given.lists())
    whole = json.dumps([request.method, request.path, given], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _value(one: Any) -> Any:
    return [one.name, one.sha256] if hasattr(one, "sha256") else one
