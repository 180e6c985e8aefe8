"""Zoom's refusals, in the catalogue's words."""

from datetime import UTC, datetime
from typing import Any

from integrations import net
from integrations.engine.errors import Failure, failure

VENDOR = "zoom"
TRACKING_HEADER = "x-zm-trackingid"

_CODES = {
    124: "auth_expired",
    200: "app_rights_missing",
    300: "validation",
    1001: "host_unknown",
    1010: "host_unknown",
    1120: "host_unknown",
    3000: "meeting_gone",
    3001: "meeting_gone",
    3161: "host_unlicensed",
    4700: "app_rights_missing",
    4711: "app_rights_missing",
}
_STATUSES = {401: "auth_expired", 403: "app_rights_missing", 404: "meeting_gone", 429: "rate_limited"}


def from_api(status: int, body: object, headers: net.Headers, *, now: datetime) -> Failure:
    """A refusal of the API: its code decides, else the status. A daily limit names the moment it ends."""
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    code, message = told.get("code"), str(told.get("message", ""))
    fields = [f"{entry.get('field')}: {entry.get('message')}" for entry in told.get("errors") or [] if entry]
    waits = _seconds_to_wait(headers, now)
    return failure(
        _class_of(status, code, headers),
        vendor=VENDOR,
        vendor_code="" if code is None else str(code),
        vendor_message=" ".join([message, *fields]),
        http_status=status,
        request_id=headers.get(TRACKING_HEADER, ""),
        retry_after=waits,
    )


def from_token_endpoint(status: int, body: object) -> Failure:
    """A refusal of zoom.us/oauth/token: id, secret and account are ours to repair."""
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    by_status = {429: "rate_limited"}.get(status, "vendor_error" if status >= 500 else "app_refused")
    return failure(
        by_status,
        vendor=VENDOR,
        vendor_code=str(told.get("error", "")),
        vendor_message=str(told.get("reason", "")),
        http_status=status,
    )


def _class_of(status: int, code: object, headers: net.Headers) -> str:
    if status == 429:
        return "daily_limit" if _daily(headers) else "rate_limited"
    if status >= 500:
        return "vendor_error"
    known = _CODES.get(code) if isinstance(code, int) else None
    return known or _STATUSES.get(status, "validation")


def _daily(headers: net.Headers) -> bool:
    return _moment(headers) is not None or "daily" in headers.get("x-ratelimit-type", "").lower()


def _seconds_to_wait(headers: net.Headers, now: datetime) -> float | None:
    until = _moment(headers)
    return max(0.0, (until - now).total_seconds()) if until else net.retry_after(headers)


def _moment(headers: net.Headers) -> datetime | None:
    """Zoom writes Retry-After as an ISO date-time when a day's allowance is used up."""
    try:
        moment = datetime.fromisoformat(headers.get("retry-after", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
