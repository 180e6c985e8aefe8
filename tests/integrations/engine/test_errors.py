"""The catalogue, and failures made from it."""

import pytest

from integrations import net
from integrations.engine.errors import (
    CATALOGUE,
    Fixer,
    PermanentFailure,
    TemporaryFailure,
    failure,
    from_outbound,
)


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_every_entry_says_what_happened_and_what_to_do(entry):
    assert entry.words.endswith(".")
    assert entry.what_to_do.endswith(".")
    assert entry.who_can_fix in Fixer


def test_only_waiting_is_temporary():
    assert sorted(code for code, entry in CATALOGUE.items() if entry.retry_helps) == [
        "auth_expired",
        "broken_off",
        "daily_limit",
        "esign_not_set_up",
        "locked",
        "name_unanswered",
        "port_silent",
        "rate_limited",
        "scanner_down",
        "seal_key_unfit",
        "stale",
        "timed_out",
        "vendor_error",
    ]


@pytest.mark.parametrize(("code", "kind"), [("rate_limited", TemporaryFailure), ("duplicate", PermanentFailure)])
def test_the_entry_decides_which_failure_it_is(code, kind):
    assert type(failure(code)) is kind


def test_a_failure_as_json_holds_no_secret_and_no_emptiness():
    trouble = failure(
        "auth_revoked",
        vendor="quickbooks_online",
        vendor_code="invalid_grant",
        vendor_message="refresh_token=AB11verysecretvalue is dead",
        request_id="1-abc",
        http_status=400,
    )

    assert trouble.as_dict() == {
        "words": "The connection was ended at the vendor.",
        "who_can_fix": "customer_admin",
        "what_to_do": "Press Connect to give consent again.",
        "retry_helps": False,
        "class": "auth_revoked",
        "vendor_code": "invalid_grant",
        "vendor_message": "refresh_token=… is dead",
        "request_id": "1-abc",
        "http_status": 400,
    }
    assert "verysecret" not in str(trouble)


def test_a_call_that_never_arrived():
    trouble = from_outbound(net.OutboundError("tls_failed", "certificate has expired", host="x"), vendor="salesforce")

    assert trouble.details() == {"class": "tls_failed", "vendor_message": "certificate has expired"}


def test_an_unknown_code_is_our_bug():
    with pytest.raises(KeyError):
        failure("no_such_code")
