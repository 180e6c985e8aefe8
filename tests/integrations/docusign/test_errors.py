"""DocuSign's codes decide what a refusal is, whatever status it comes with."""

from __future__ import annotations

import time

import httpx
import pytest

from integrations.docusign.errors import from_api, from_token_endpoint


@pytest.mark.parametrize("status", [400, 429])
@pytest.mark.parametrize(
    "code",
    [
        "HOURLY_APIINVOCATION_LIMIT_EXCEEDED", "BURST_APIINVOCATION_LIMIT_EXCEEDED",
        "Hourly_APIInvocation_Envelope_Limit_Exceeded", "Hourly_Envelope_Polling_Limit_Exceeded",
    ],
)  # fmt: skip
def test_a_limit_is_one_in_either_case_and_with_either_status(status: int, code: str) -> None:
    trouble = from_api(status, {"errorCode": code, "message": "Too many"}, httpx.Headers())

    assert (trouble.code, trouble.vendor_code, trouble.entry.retry_helps) == ("rate_limited", code, True)


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("EDIT_LOCK_ENVELOPE_LOCKED", "locked"),
        ("EDIT_LOCK_NOT_LOCK_OWNER", "locked"),
        ("ENVELOPE_LOCKED", "locked"),
        ("ENVELOPE_DOES_NOT_EXIST", "envelope_gone"),
        ("ENVELOPE_CANNOT_VOID_INVALID_STATE", "envelope_over"),
        ("UNKNOWN_ENVELOPE_RECIPIENT", "signer_unknown"),
        ("ENVELOPE_IS_INCOMPLETE", "validation"),
        ("SOMETHING_NEW", "validation"),
        ("", "validation"),
    ],
)
def test_each_code_is_known_as_what_it_means(code: str, known: str) -> None:
    assert from_api(400, {"errorCode": code, "message": ""}, httpx.Headers()).code == known


@pytest.mark.parametrize("body", [None, [], "Bad Request", {"errorCode": None}, {"errorCode": {"a": 1}, "message": 7}])
def test_a_refusal_in_no_form_is_judged_by_its_status(body: object) -> None:
    assert [from_api(status, body, httpx.Headers()).code for status in (401, 403, 404, 429, 503)] == [
        "auth_expired", "app_rights_missing", "envelope_gone", "rate_limited", "vendor_error",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "headers", "seconds"),
    [
        ("HOURLY_APIINVOCATION_LIMIT_EXCEEDED", {"X-RateLimit-Reset": "+900"}, 900),
        ("HOURLY_APIINVOCATION_LIMIT_EXCEEDED", {"X-RateLimit-Reset": "+90000"}, 3600),
        ("HOURLY_APIINVOCATION_LIMIT_EXCEEDED", {"X-RateLimit-Reset": "-50"}, 0),
        ("HOURLY_APIINVOCATION_LIMIT_EXCEEDED", {"X-RateLimit-Reset": "+900", "Retry-After": "30"}, 30),
        ("HOURLY_APIINVOCATION_LIMIT_EXCEEDED", {"X-RateLimit-Reset": "soon"}, None),
        ("BURST_APIINVOCATION_LIMIT_EXCEEDED", {"X-RateLimit-Reset": "+900"}, None),
    ],
)
def test_the_hours_limit_is_waited_for_until_its_count_begins_anew(
    code: str, headers: dict[str, str], seconds: float | None
) -> None:
    sent = {
        name: str(int(time.time() + float(value))) if value[0] in "+-" else value for name, value in headers.items()
    }

    waits = from_api(400, {"errorCode": code}, httpx.Headers(sent)).retry_after

    assert waits == seconds if seconds is None else abs(waits - seconds) <= 2


@pytest.mark.parametrize(
    ("status", "error", "known"),
    [
        (400, "consent_required", "consent_missing"),
        (400, "invalid_grant", "app_refused"),
        (401, "invalid_grant", "app_refused"),
        (429, "", "rate_limited"),
        (500, "", "vendor_error"),
    ],
)
def test_the_token_endpoints_errors(status: int, error: str, known: str) -> None:
    assert from_token_endpoint(status, {"error": error, "error_description": "no_valid_keys"}).code == known
