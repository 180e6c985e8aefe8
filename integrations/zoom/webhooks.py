"""Calls from Zoom: meetings that began, ended or were changed at Zoom.

    answer = challenged(raw, headers, secret=…, now=…)   dict to send back with 200 when Zoom tries the address, else None
    delivery = verified(raw, headers, secret=…, now=…)   engine.webhooks.Delivery, or WebhookRefused

Events of use: meeting.started, meeting.ended, meeting.updated, meeting.deleted. `delivery.object_id` is Booked.id.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from integrations.engine.webhooks import (
    Delivery,
    WebhookRefused,
    header,
    parsed,
    require_recent,
    require_signature,
    text,
    unreadable,
)
from integrations.zoom.errors import VENDOR

CHALLENGE = "endpoint.url_validation"
SIGNATURE, TIMESTAMP = "x-zm-signature", "x-zm-request-timestamp"
VERSION = "v0"


def verified(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> Delivery:
    """The call as Zoom sent it. Raises WebhookRefused."""
    sent_at = _require_zoom(raw, headers, secret=secret, now=now)
    body = parsed(raw)
    event = text(body, "event")
    payload = body.get("payload")
    about = payload.get("object") if isinstance(payload, dict) else None
    if not isinstance(about, dict) or "id" not in about:
        raise unreadable("The call names no meeting.")
    occurrence, moment = about.get("uuid") or about["id"], body.get("event_ts")
    return Delivery(
        vendor=VENDOR,
        event=event,
        event_id=f"{event}:{occurrence}:{moment}"[:255],
        object_id=str(about["id"]),
        sent_at=sent_at,
        payload=about,
    )


def challenged(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> dict[str, str] | None:
    """What to answer when Zoom asks whether the address is ours; None for any other call. Raises WebhookRefused."""
    if parsed(raw).get("event") != CHALLENGE:
        return None
    _require_zoom(raw, headers, secret=secret, now=now)
    payload = parsed(raw).get("payload")
    plain = text(payload if isinstance(payload, dict) else {}, "plainToken")
    return {
        "plainToken": plain,
        "encryptedToken": hmac.new(secret.encode(), plain.encode(), hashlib.sha256).hexdigest(),
    }


def _require_zoom(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> datetime:
    """When Zoom signed the call; the moment is under the signature too."""
    stamp, given = header(headers, TIMESTAMP), header(headers, SIGNATURE)
    version, _, digest = given.partition("=")
    if given and version != VERSION:
        raise WebhookRefused("The signature is of a version we do not know.", code="webhook_forged")
    require_signature(f"{VERSION}:{stamp}:".encode() + raw, given=digest, secret=secret)
    try:
        sent_at = datetime.fromtimestamp(int(stamp), tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise unreadable("The call does not say when it was sent.") from error
    require_recent(sent_at, now=now)
    return sent_at
