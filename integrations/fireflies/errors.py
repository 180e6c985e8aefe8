"""Fireflies' refusals, in the catalogue's words."""

from typing import Any

from integrations.engine.calls import Answer
from integrations.engine.errors import Failure, failure
from integrations.net import retry_after

VENDOR = "fireflies"
THROTTLED_SECONDS = 60.0  # a 429 rarely says how long

_CODES = {
    "auth_failed": "app_refused",
    "account_cancelled": "app_ended",
    "paid_required": "app_ended",
    "require_ai_credits": "app_ended",
    "require_elevated_privilege": "app_rights_missing",
    "not_in_team": "app_rights_missing",
    "too_many_requests": "rate_limited",
    "object_not_found": "transcript_missing",
    "GRAPHQL_VALIDATION_FAILED": "unsupported",
    "GRAPHQL_PARSE_FAILED": "unsupported",
}
_STATUSES = {
    401: "app_refused",
    402: "app_ended",
    403: "app_rights_missing",
    404: "transcript_missing",
    429: "rate_limited",
}


def from_answer(answer: Answer) -> Failure | None:
    """The first of its errors, which may come under any status, 200 too; None when it tells of none."""
    body: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    told = body.get("errors")
    first: dict[str, Any] = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else {}
    if not first and answer.is_good:
        return None
    more = first.get("extensions")
    extensions: dict[str, Any] = more if isinstance(more, dict) else {}
    code = str(first.get("code") or extensions.get("code") or "")
    status = extensions.get("status") if answer.is_good else answer.status
    found = _class_of(code, status if isinstance(status, int) else 400)
    return failure(
        found,
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=str(first.get("message", "")),
        http_status=answer.status,
        request_id=str(extensions.get("correlationId", "")),
        retry_after=retry_after(answer.headers) or (THROTTLED_SECONDS if found == "rate_limited" else None),
    )


def _class_of(code: str, status: int) -> str:
    if status >= 500:
        return "vendor_error"
    return _CODES.get(code) or _STATUSES.get(status, "validation")
