"""Google's refusals, in the catalogue's words."""

from typing import Any

from integrations.engine.calls import Answer
from integrations.engine.errors import Failure, failure
from integrations.net import retry_after

VENDOR = "google_meet"

_REASONS = {
    "authError": "auth_expired",
    "rateLimitExceeded": "rate_limited",
    "userRateLimitExceeded": "rate_limited",
    "quotaExceeded": "rate_limited",
    "calendarUsageLimitsExceeded": "daily_limit",
    "dailyLimitExceeded": "daily_limit",
    "forbiddenForServiceAccounts": "app_rights_missing",
    "forbiddenForNonOrganizer": "app_rights_missing",
    "insufficientPermissions": "app_rights_missing",
    "accessNotConfigured": "app_rights_missing",
    "notACalendarUser": "host_unlicensed",
    "notFound": "meeting_gone",
    "deleted": "meeting_gone",
    "duplicate": "duplicate",
    "conditionNotMet": "stale",
    "backendError": "vendor_error",
}
_STATUSES = {
    401: "auth_expired",
    403: "app_rights_missing",
    404: "meeting_gone",
    409: "duplicate",
    410: "meeting_gone",
    412: "stale",
    429: "rate_limited",
}
# A link can't be made: Google says no more than this when nobody has let our account act for hosts.
_NO_CONFERENCES = "Invalid conference type value."
_NO_SUCH_HOST = "Invalid email or User ID"
_TOKEN_ERRORS = {"unauthorized_client": "app_rights_missing", "invalid_scope": "app_rights_missing"}


def from_api(answer: Answer) -> Failure:
    """A refusal of the Calendar API: the first reason decides, else the status."""
    body: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    told = body.get("error")
    error: dict[str, Any] = told if isinstance(told, dict) else {}
    listed = error.get("errors")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    reason, message = str(first.get("reason", "")), str(error.get("message", ""))
    found = _REASONS.get(reason) or ("vendor_error" if answer.status >= 500 else _STATUSES.get(answer.status))
    return failure(
        "app_rights_missing" if message == _NO_CONFERENCES else found or "validation",
        vendor=VENDOR,
        vendor_code=reason,
        vendor_message=message,
        http_status=answer.status,
        retry_after=retry_after(answer.headers),
    )


def from_token_endpoint(answer: Answer) -> Failure:
    """A refusal of the token endpoint: the host is not known, or our key or its rights are ours to repair."""
    told: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    code, description = str(told.get("error", "")), str(told.get("error_description", ""))
    by_status = {429: "rate_limited"}.get(answer.status, "vendor_error" if answer.status >= 500 else "app_refused")
    return failure(
        "host_unknown" if description.startswith(_NO_SUCH_HOST) else _TOKEN_ERRORS.get(code, by_status),
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=description,
        http_status=answer.status,
    )
