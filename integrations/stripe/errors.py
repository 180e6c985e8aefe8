"""Stripe's refusals, in the catalogue's words."""

import stripe

from integrations import net
from integrations.engine.errors import Failure, failure, from_outbound

VENDOR = "stripe"
_CODES = {
    "resource_missing": "not_found",
    "amount_too_large": "amount_unfit",
    "amount_too_small": "amount_unfit",
    "idempotency_key_in_use": "locked",
    "lock_timeout": "locked",
    "charge_already_refunded": "refunded_already",
    "charge_disputed": "charge_disputed",
}
_STATUSES = {401: "app_refused", 403: "app_rights_missing", 404: "not_found", 409: "locked", 429: "rate_limited"}


def translated(error: stripe.StripeError) -> Failure:
    """A refusal of the API, or a call that never got an answer."""
    if isinstance(error, stripe.APIConnectionError):
        cause = error.__cause__
        outbound = cause if isinstance(cause, net.OutboundError) else net.OutboundError("broken_off")
        return from_outbound(outbound, vendor=VENDOR)
    code = error.code or (error.error.code if error.error else "") or ""
    return failure(
        _class_of(error, code),
        vendor=VENDOR,
        vendor_code=code or type(error).__name__,
        vendor_message=error.user_message or "",
        http_status=error.http_status,
        request_id=error.request_id or "",
    )


def _class_of(error: stripe.StripeError, code: str) -> str:
    if isinstance(error, stripe.IdempotencyError):
        return "key_used"
    if code in _CODES:
        return _CODES[code]
    status = error.http_status or 0
    if status >= 500 or not status:
        return "vendor_error"
    return _STATUSES.get(status, "validation")
