"""DocuSign's refusals, in the catalogue's words.

Sources, all of the DocuSign Developer Center: "Troubleshooting for common errors", "Envelope Locks", "eSignature API rules
and resource limits", "API resource limits". Codes decide and not statuses: the hourly limit comes as 400 and as 429.
"""

import re
import time
from typing import Any

from integrations import net
from integrations.engine.errors import Failure, failure

VENDOR = "docusign"
TRACE_HEADER = "X-DocuSign-TraceToken"
RESET_HEADER = "X-RateLimit-Reset"
AN_HOUR = 3600.0

_CODES = {
    "AUTHORIZATION_INVALID_TOKEN": "auth_expired",
    "USER_AUTHENTICATION_FAILED": "auth_expired",
    "PARTNER_AUTHENTICATION_FAILED": "app_refused",
    "ACCOUNT_LACKS_PERMISSIONS": "app_rights_missing",
    "USER_LACKS_PERMISSIONS": "app_rights_missing",
    "USER_LACKS_MEMBERSHIP": "app_rights_missing",
    "USER_DOES_NOT_EXIST_IN_SYSTEM": "app_refused",
    "ENVELOPE_ALLOWANCE_EXCEEDED": "app_ended",
    "PLAN_ITEM_EXPIRED": "app_ended",
    "ACCOUNT_NOT_AUTHORIZED_FOR_ENVELOPE": "envelope_gone",
    "ENVELOPE_DOES_NOT_EXIST": "envelope_gone",
    "ENVELOPE_CANNOT_VOID_INVALID_STATE": "envelope_over",
    "ENVELOPE_INVALID_STATUS": "envelope_over",
    "HOURLY_APIINVOCATION_LIMIT_EXCEEDED": "rate_limited",
    "HOURLY_APIINVOCATION_ENVELOPE_LIMIT_EXCEEDED": "rate_limited",
    "HOURLY_ENVELOPE_POLLING_LIMIT_EXCEEDED": "rate_limited",
    "BURST_APIINVOCATION_LIMIT_EXCEEDED": "rate_limited",
    "EDIT_LOCK_ENVELOPE_LOCKED": "locked",
    "EDIT_LOCK_NOT_LOCK_OWNER": "locked",
    "ENVELOPE_LOCKED": "locked",
    "LOCK_CONFLICT": "locked",
    "UNKNOWN_ENVELOPE_RECIPIENT": "signer_unknown",
    "RECIPIENT_NOT_IN_SEQUENCE": "signer_unknown",
    "INVALID_EMAIL_ADDRESS_FOR_RECIPIENT": "signer_unknown",
}
_STATUSES = {401: "auth_expired", 403: "app_rights_missing", 404: "envelope_gone", 429: "rate_limited"}
_GRANTS = {"consent_required": "consent_missing"}


def from_api(status: int, body: object, headers: net.Headers) -> Failure:
    """A refusal of the REST API: {errorCode, message}; the code decides, else the status."""
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    code = str(told.get("errorCode", ""))
    by_status = "vendor_error" if status >= 500 else _STATUSES.get(status, "validation")
    return failure(
        _CODES.get(code.upper(), by_status),  # some are written in mixed case
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=str(told.get("message", "")),
        http_status=status,
        request_id=headers.get(TRACE_HEADER, ""),
        retry_after=_wait(code.upper(), headers),
    )


def _wait(code: str, headers: net.Headers) -> float | None:
    """Seconds until it may be asked again: as it says, else until the hour's count begins anew (a Unix time)."""
    asked = net.retry_after(headers)
    resets = str(headers.get(RESET_HEADER, ""))
    if asked is not None or not code.startswith("HOURLY_") or not re.fullmatch(r"\d{9,11}", resets):
        return asked
    return min(max(float(resets) - time.time(), 0), AN_HOUR)


def from_token_endpoint(status: int, body: object) -> Failure:
    """A refusal of /oauth/token: {error, error_description}; consent, key and user are ours to repair."""
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    code = str(told.get("error", ""))
    by_status = {429: "rate_limited"}.get(status, "vendor_error" if status >= 500 else "app_refused")
    return failure(
        _GRANTS.get(code, by_status),
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=str(told.get("error_description", "")),
        http_status=status,
    )
