"""Calls from DocuSign Connect: something happened to an envelope. Only whose and which it is gets kept: it is asked after.

A call carries one signature for each HMAC key of the account, so that keys can be changed; one that fits one of ours will
do. DocuSign names no id of a call: event, envelope, recipient and the moment it was made stand for one. Body and headers are
as its Developer Center has them in "JSON SIM event model (Connect 2.0)" and "Event Notifications using JSON SIM and HMAC".
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from integrations.docusign.errors import VENDOR
from integrations.engine.webhooks import Delivery, WebhookRefused, header, parsed, require_recent, text, unreadable

SIGNATURE = "x-docusign-signature-{}"
MOST_SIGNATURES = 10
# A call that did not arrive is sent again for days under the moment it was made. Taken twice it changes nothing: each is
# kept once, and only makes us ask after its envelope.
RETRIED = timedelta(days=15)


def verified(raw: bytes, headers: Mapping[str, str], *, secret: Iterable[str], now: datetime) -> Delivery:
    """The call as DocuSign sent it; `secret` are the keys, any of which may have signed. Raises WebhookRefused."""
    _require_signed(raw, headers, [key for key in secret if key])
    body = parsed(raw)
    data = body.get("data")
    about = data if isinstance(data, dict) else {}
    event, envelope, made = text(body, "event"), text(about, "envelopeId"), text(body, "generatedDateTime")
    made_at = _moment(made)
    require_recent(made_at, now=now, within=RETRIED)
    return Delivery(
        vendor=VENDOR,
        event=event,
        event_id=f"{event}:{envelope}:{about.get('recipientId', '')}:{made}"[:255],
        object_id=envelope,
        sent_at=made_at,
        payload={},
    )


def _require_signed(raw: bytes, headers: Mapping[str, str], keys: list[str]) -> None:
    if not keys:
        raise WebhookRefused("This webhook is not set up: its key is missing.", code="webhook_unsigned")
    given = [header(headers, SIGNATURE.format(place)).encode() for place in range(1, MOST_SIGNATURES + 1)]
    if not any(given):
        raise WebhookRefused("The call carries no signature.", code="webhook_unsigned")
    expected = [base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()) for key in keys]
    if not any([hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]):  # noqa: C419 - all compared
        raise WebhookRefused("The signature does not fit the call.", code="webhook_forged")


def _moment(stamp: str) -> datetime:
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError as error:
        raise unreadable("The call does not say when it was made.") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
