"""Google's refusals, each shape of them."""

import httpx
import pytest

from integrations.engine.calls import Answer
from integrations.google_meet.errors import from_api, from_token_endpoint


def api(status: int, reason: str = "", message: str = "", **headers: str) -> Answer:
    entry = {"domain": "global", "reason": reason, "message": message}
    return Answer(status, httpx.Headers(headers), {"error": {"errors": [entry], "code": status, "message": message}})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (api(401, "authError"), "auth_expired"),
        (api(403, "userRateLimitExceeded"), "rate_limited"),
        (api(403, "quotaExceeded"), "rate_limited"),
        (api(403, "calendarUsageLimitsExceeded"), "daily_limit"),
        (api(403, "forbiddenForServiceAccounts"), "app_rights_missing"),
        (api(403, "accessNotConfigured"), "app_rights_missing"),
        (api(403, "notACalendarUser"), "host_unlicensed"),
        (api(403, "somethingNew"), "app_rights_missing"),
        (api(400, "invalid", "Invalid conference type value."), "app_rights_missing"),
        (api(400, "invalid", "Invalid attendee email."), "validation"),
        (api(404, "notFound"), "meeting_gone"),
        (api(410, "deleted"), "meeting_gone"),
        (api(409, "duplicate"), "duplicate"),
        (api(412, "conditionNotMet"), "stale"),
        (api(500, "backendError"), "vendor_error"),
        (api(503, "somethingNew"), "vendor_error"),
        (Answer(429, httpx.Headers(), None), "rate_limited"),
        (Answer(400, httpx.Headers(), {"error": "invalid_request"}), "validation"),
        (Answer(502, httpx.Headers(), ["odd"]), "vendor_error"),
        (Answer(401, httpx.Headers(), {"error": {"errors": []}}), "auth_expired"),
    ],
)
def test_the_reason_decides_else_the_status(answer, code):
    assert from_api(answer).code == code


def test_what_is_kept_of_a_refusal():
    answer = Answer(
        429,
        httpx.Headers({"Retry-After": "9"}),
        {"error": {"code": 429, "message": "Slow down.", "errors": [{"reason": "rateLimitExceeded"}]}},
    )

    assert from_api(answer).details() == {
        "class": "rate_limited",
        "vendor_code": "rateLimitExceeded",
        "vendor_message": "Slow down.",
        "http_status": 429,
        "retry_after": 9.0,
    }


@pytest.mark.parametrize(
    ("status", "error", "description", "code"),
    [
        (400, "invalid_grant", "Invalid email or User ID", "host_unknown"),
        (400, "invalid_grant", "Invalid JWT Signature.", "app_refused"),
        (401, "unauthorized_client", "Client is unauthorized …", "app_rights_missing"),
        (400, "invalid_scope", "Invalid OAuth scope …", "app_rights_missing"),
        (429, "", "", "rate_limited"),
        (503, "", "", "vendor_error"),
    ],
)
def test_the_token_endpoint(status, error, description, code):
    body = {"error": error, "error_description": description} if error else None

    assert from_token_endpoint(Answer(status, httpx.Headers(), body)).code == code
