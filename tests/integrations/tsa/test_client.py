"""Stamps of the stand-in authority, over real HTTPS, judged by our client, by pyHanko's validation and by poppler."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.engine.errors import Failure
from integrations.tsa.client import Stamper
from onboarding.rendering import seal
from tests import sealing
from tests.integrations.tsa import plain_authority
from tests.onboarding.rendering import judges

NOW = datetime.now(tz=UTC)


@pytest.fixture
def roots(outbound, sandbox):
    return seal.certificates(Path(sandbox.ca_path).read_bytes())


@pytest.fixture
def stamper(sandbox, roots):
    return Stamper(sandbox.tsa_url, roots=roots)


def sealed(stamper):
    return seal.seal(
        sealing.executed(), key=sealing.our_key(), timestamper=stamper, name=sealing.NAME, reason=sealing.REASON, at=NOW
    )


def given(sandbox):
    return sandbox.control.get("/tsa").raise_for_status().json()


def test_a_seal_carries_one_sound_stamp(stamper, sandbox):
    before = given(sandbox)
    content = sealed(stamper)
    told = sealing.examined(content)

    assert told.is_genuine
    assert "Sandbox time stamp authority" in told.stamped_by
    assert abs(told.sealed_at - datetime.now(tz=UTC)) < timedelta(minutes=1)
    assert {name: count - before[name] for name, count in given(sandbox).items()} == {"stamps": 1, "calls": 1}
    assert "Signature is Valid." in judges.pdfsig(content)


def test_pyhanko_trusts_the_stamp_by_its_root(stamper, roots):
    content = sealed(stamper)

    _, status = sealing.judged(content, roots=[*sealing.authorities(content), *roots])

    assert status.bottom_line
    assert status.timestamp_validity.trusted


@pytest.mark.parametrize(
    ("fault", "code", "comes_again"),
    [
        ("server_error_once", "vendor_error", True),
        ("lost_answer", "vendor_error", True),
        ("throttle", "rate_limited", True),
        ("stamp_refused", "stamp_refused", False),
        ("wrong_imprint", "stamp_unsound", False),
    ],
)
def test_what_goes_wrong_there_is_told_and_no_seal_is_made(stamper, sandbox, fault, code, comes_again):
    sandbox.fault("tsa", "tsa", fault, count=1)

    with pytest.raises(Failure) as trouble:
        sealed(stamper)

    assert (trouble.value.code, trouble.value.entry.retry_helps) == (code, comes_again)
    assert sealing.examined(sealed(stamper)).stamped_by


def test_an_authority_that_takes_too_long_is_given_up(sandbox, roots):
    sandbox.fault("tsa", "tsa", "timeout", value=3)

    with pytest.raises(Failure) as trouble:
        sealed(Stamper(sandbox.tsa_url, roots=roots, seconds=0.5))

    assert trouble.value.code == "timed_out"


def test_an_authority_nobody_listens_at_is_told(roots, sandbox):
    with pytest.raises(Failure) as trouble:
        sealed(Stamper("https://localhost:9/", roots=roots))

    assert trouble.value.code == "port_closed"


def test_a_stamp_of_an_authority_we_do_not_trust_is_none(sandbox, roots):
    with pytest.raises(Failure) as trouble:
        sealed(Stamper(sandbox.tsa_url, roots=[sealing.another_key().certificate]))

    assert trouble.value.code == "stamp_unsound"


def test_the_authority_is_reached_by_the_rules_of_every_call(sandbox, roots, settings):
    settings.OUTBOUND_PRIVATE_ADDRESSES = []
    with pytest.raises(Failure) as trouble:
        sealed(Stamper(sandbox.tsa_url, roots=roots, seconds=19))  # other limits, so a connection of its own
    assert trouble.value.code == "address_refused"

    for url in ("ftp://localhost/", "http://stamps@localhost/", "http://stamps.example:3161/"):
        with pytest.raises(Failure) as trouble:
            sealed(Stamper(url, roots=roots))
        assert trouble.value.code == "host_not_allowed", url


@pytest.mark.parametrize("path", ["queries", "answers nothing of the kind"])
def test_another_server_than_an_authority_is_not_understood(sandbox, roots, path):
    with pytest.raises(Failure) as trouble:
        sealed(Stamper(f"{sandbox.tsa_url}{path}", roots=roots))

    assert trouble.value.code == "not_understood"


@pytest.fixture
def plain(outbound, tmp_path):
    with plain_authority.stamping(tmp_path) as authority:
        yield authority


def test_an_authority_without_tls_will_do_since_its_answers_are_signed(plain):
    content = sealed(Stamper(plain.address, roots=seal.certificates(plain.root)))

    assert sealing.examined(content).stamped_by == "Sandbox time stamp authority, InterWeave sandbox"


def test_without_tls_too_only_public_addresses_are_called(plain, settings):
    settings.OUTBOUND_PRIVATE_ADDRESSES = []

    with pytest.raises(Failure) as trouble:
        sealed(Stamper(plain.address, roots=seal.certificates(plain.root), seconds=18))

    assert (trouble.value.code, plain.calls) == ("address_refused", 0)


@pytest.mark.parametrize(
    ("way", "code"),
    [
        *((way, "not_understood") for way in ("nothing", "garbage", "a page", "half", "granted, no token")),
        *((way, "stamp_unsound") for way in ("an old answer", "an old nonce", "another hash", "a flipped bit")),
        *((way, "stamp_unsound") for way in ("expired", "not yet valid", "for web sites", "of a stranger")),
    ],
)
def test_what_is_no_stamp_of_this_moment_over_this_file_is_not_taken(plain, way, code):
    stamper = Stamper(plain.address, roots=seal.certificates(plain.root))
    sealed(stamper)
    plain.way = way

    with pytest.raises(Failure) as trouble:
        sealed(stamper)

    assert trouble.value.code == code
