"""Calls from Stripe: an event about an object. Only whose and which it is gets kept: the object is fetched."""

from collections.abc import Mapping
from datetime import UTC, datetime

import stripe

from integrations.engine.webhooks import Delivery, WebhookRefused, header, parsed, require_recent, text, unreadable
from integrations.stripe.errors import VENDOR

SIGNATURE = "stripe-signature"


def verified(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> Delivery:
    """The call, its signature judged by Stripe's own library over the raw bytes, not older than five minutes."""
    given = header(headers, SIGNATURE)
    if not secret or not given:
        words = "The call carries no signature." if secret else "This webhook is not set up: its secret is missing."
        raise WebhookRefused(words, code="webhook_unsigned")
    try:
        stripe.WebhookSignature.verify_header(raw, given, secret)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
        raise WebhookRefused("The signature does not fit the call.", code="webhook_forged") from error
    require_recent(_signed_at(given), now=now)
    body = parsed(raw)
    data = body.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    return Delivery(
        vendor=VENDOR,
        event=text(body, "type"),
        event_id=text(body, "id"),
        object_id=text(about if isinstance(about, dict) else {}, "id"),
        sent_at=_created(body.get("created")),
        payload={},
    )


def _signed_at(given: str) -> datetime:
    """The moment under the signature; the library has read it as a number already."""
    stamp = next(part.partition("=")[2] for part in given.split(",") if part.partition("=")[0] == "t")
    return _created(int(stamp))


def _created(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise unreadable("The call does not say when it happened.")
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise unreadable("The call does not say when it happened.") from error
