"""Calls that vendors make to us: who sent it, when, and whether it is what was sent. Judged over the raw bytes.

A verified call becomes a Delivery. It says only that something changed: fetch it. `event_id` is the same for the same
delivery sent again, so a unique row of (vendor, event_id) makes twice once. Calls are refused with WebhookRefused, whose
codes are webhook_unsigned, webhook_forged, webhook_stale and webhook_unreadable.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from onboarding import errors

WINDOW = timedelta(minutes=5)
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One verified call. `object_id` is the vendor's; `sent_at` is None where the vendor does not tell."""

    vendor: str
    event: str
    event_id: str
    object_id: str
    sent_at: datetime | None
    payload: Mapping[str, Any] = field(repr=False)


class WebhookRefused(errors.Refused):
    """A call we do not believe or understand: nothing of it may be used."""

    code = "webhook_refused"


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value, whatever the case of its name; empty when absent."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def require_signature(message: bytes, *, given: str, secret: str) -> None:
    """Refuse a message whose hexadecimal HMAC-SHA256 is not the given one. Compared in constant time."""
    if not secret:
        raise WebhookRefused("This webhook is not set up: its secret is missing.", code="webhook_unsigned")
    if not given:
        raise WebhookRefused("The call carries no signature.", code="webhook_unsigned")
    expected = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise WebhookRefused("The signature does not fit the call.", code="webhook_forged")


def require_recent(sent_at: datetime, *, now: datetime, within: timedelta = WINDOW) -> None:
    """Refuse a call older than five minutes (or than `within`), or from more than five minutes ahead."""
    if now - sent_at > within or sent_at - now > WINDOW:
        raise WebhookRefused(f"The call was sent at {sent_at:%Y-%m-%d %H:%M} UTC, not just now.", code="webhook_stale")


def parsed(raw: bytes) -> dict[str, Any]:
    """The body as a JSON object."""
    if len(raw) > MOST_BYTES:
        raise unreadable("The call is too large.")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise unreadable("The call is not JSON.") from error
    if not isinstance(body, dict):
        raise unreadable("The call is not a JSON object.")
    return body


def text(body: Mapping[str, Any], name: str) -> str:
    """A needed text of the body."""
    value = body.get(name)
    if not isinstance(value, str) or not value or len(value) > 255:
        raise unreadable(f"The call lacks {name}.")
    return value


def unreadable(words: str) -> WebhookRefused:
    """The refusal of a call that is signed, but not in the form the vendor promises."""
    return WebhookRefused(words, code="webhook_unreadable")
