"""Zoom's refusals, each shape of them."""

from datetime import UTC, datetime

import httpx
import pytest

from integrations.zoom.errors import from_api, from_token_endpoint

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"code": 124, "message": "Invalid access token."}, "auth_expired"),
        (400, {"code": 4700, "message": "Invalid access token, does not contain scopes."}, "app_rights_missing"),
        (404, {"code": 1001, "message": "User does not exist: x."}, "host_unknown"),
        (400, {"code": 3161, "message": "Not allowed."}, "host_unlicensed"),
        (400, {"code": 3001, "message": "Meeting does not exist."}, "meeting_gone"),
        (400, {"code": 300, "message": "Validation Failed."}, "validation"),
        (400, {"code": 987654, "message": "New."}, "validation"),
        (401, None, "auth_expired"),
        (403, "forbidden", "app_rights_missing"),
        (404, {}, "meeting_gone"),
        (503, {"code": 124}, "vendor_error"),
        (429, None, "rate_limited"),
    ],
)
def test_the_code_decides_else_the_status(status, body, code):
    assert from_api(status, body, httpx.Headers(), now=NOON).code == code


@pytest.mark.parametrize(
    ("headers", "code", "waits"),
    [
        ({"Retry-After": "2026-12-02T00:00:00Z"}, "daily_limit", 43200.0),
        ({"Retry-After": "2026-12-02T00:00:00"}, "daily_limit", 43200.0),
        ({"Retry-After": "2026-12-01T00:00:00Z"}, "daily_limit", 0.0),
        ({"X-RateLimit-Type": "Daily-limit"}, "daily_limit", None),
        ({"Retry-After": "2"}, "rate_limited", 2.0),
        ({"Retry-After": "soon"}, "rate_limited", None),
    ],
)
def test_how_long_to_wait(headers, code, waits):
    trouble = from_api(429, {"code": 429, "message": "Slow down."}, httpx.Headers(headers), now=NOON)

    assert (trouble.code, trouble.retry_after) == (code, waits)


@pytest.mark.parametrize(
    ("status", "body", "code", "vendor_code"),
    [
        (400, {"reason": "Bad Request", "error": "invalid_request"}, "app_refused", "invalid_request"),
        (401, {"reason": "Invalid client", "error": "invalid_client"}, "app_refused", "invalid_client"),
        (429, None, "rate_limited", ""),
        (502, "<html>", "vendor_error", ""),
    ],
)
def test_the_token_endpoint(status, body, code, vendor_code):
    trouble = from_token_endpoint(status, body)

    assert (trouble.code, trouble.vendor_code) == (code, vendor_code)
