"""Calls from Fireflies, in both versions: a transcript or a summary is ready.

    delivery = verify(raw, headers, secret=…, now=…)     whichever version it is; or verify_v2(), verify_v1()

They give an engine.webhooks.Delivery or raise WebhookRefused. `delivery.object_id` is the id for Fireflies.transcript();
`delivery.event` is one of TRANSCRIBED, SUMMARIZED, JOINED (version 1 tells TRANSCRIBED only);
`delivery.payload.get("client_reference_id")` is what we gave with an upload. They may come twice and in any order.

Version 2 says when it was sent: older than five minutes is refused. What is lost that way, or while we are away, is found
by asking for recordings(). Version 1 says no time: only its event_id keeps it from being used twice.
"""

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
from integrations.fireflies.errors import VENDOR

TRANSCRIBED, SUMMARIZED, JOINED = "meeting.transcribed", "meeting.summarized", "meeting.bot_joined"
EVENT_V1 = "Transcription completed"
SIGNATURE, PREFIX = "x-hub-signature", "sha256="


def verify(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> Delivery:
    """The call, whichever version it is; the signature is looked at before the body."""
    _require_fireflies(raw, headers, secret=secret)
    one = verify_v1 if "eventType" in parsed(raw) else verify_v2
    return one(raw, headers, secret=secret, now=now)


def verify_v2(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> Delivery:
    """A call of version 2: {event, timestamp, meeting_id, client_reference_id?}."""
    given = header(headers, SIGNATURE)
    if given and not given.startswith(PREFIX):
        raise WebhookRefused("The signature is not of the form sha256=….", code="webhook_forged")
    _require_fireflies(raw, headers, secret=secret)
    body = parsed(raw)
    event, meeting_id, stamp = text(body, "event"), text(body, "meeting_id"), body.get("timestamp")
    sent_at = _moment(stamp)
    require_recent(sent_at, now=now)
    return Delivery(
        vendor=VENDOR,
        event=event,
        event_id=f"{event}:{meeting_id}:{stamp}"[:255],
        object_id=meeting_id,
        sent_at=sent_at,
        payload=body,
    )


def verify_v1(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> Delivery:
    """A call of version 1: {meetingId, eventType, clientReferenceId?}, its signature with or without sha256=."""
    _require_fireflies(raw, headers, secret=secret)
    body = parsed(raw)
    meeting_id, kind = text(body, "meetingId"), text(body, "eventType")
    if kind.casefold() != EVENT_V1.casefold():
        raise unreadable(f"Version 1 has no event {kind[:80]!r}.")
    return Delivery(
        vendor=VENDOR,
        event=TRANSCRIBED,
        event_id=f"v1:{TRANSCRIBED}:{meeting_id}"[:255],
        object_id=meeting_id,
        sent_at=None,
        payload={**body, "client_reference_id": body.get("clientReferenceId")},
    )


def _require_fireflies(raw: bytes, headers: Mapping[str, str], *, secret: str) -> None:
    require_signature(raw, given=header(headers, SIGNATURE).removeprefix(PREFIX).lower(), secret=secret)


def _moment(stamp: object) -> datetime:
    """Milliseconds since 1970."""
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        raise unreadable("The call does not say when it was sent.")
    try:
        return datetime.fromtimestamp(stamp / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise unreadable("The call does not say when it was sent.") from error
