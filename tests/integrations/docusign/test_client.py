"""The real client against the stand-in: an envelope's life, and every refusal in the catalogue's words."""

from __future__ import annotations

import io
import ssl
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
import pytest
from pypdf import PdfReader

from integrations import esign_services
from integrations.docusign.client import DocuSign
from integrations.engine.errors import Failure
from integrations.engine.esign import Invited, Status
from scripts.local import new_private_key
from tests import sealing
from tests.integrations.sandbox_fixture import RunningSandbox

SAM = Invited(position=1, key="s1", name="Sam Sponsor", email="sam@acme.example", anchor="1. For Acme")
ANN = Invited(position=2, key="s2", name="Ann Berg", email="ann@ours.example")
BACK = "http://localhost:8000/agreement/"


def made(docusign: DocuSign, key: str = "MSA-2026-0042", **other: Any) -> str:
    wishes = {"name": f"{key}.pdf", "signers": (SAM, ANN), "subject": "Agreement", "days": 30, "callback": ""}
    return docusign.create_envelope(sealing.executed(), key=key, **wishes | other)


def sent(docusign: DocuSign, **other: Any) -> str:
    envelope = made(docusign, **other)
    docusign.send(envelope)
    return envelope


def refusal(call: Any) -> tuple[str, str]:
    with pytest.raises(Failure) as caught:
        call()
    return caught.value.code, caught.value.vendor_code


def test_a_draft_is_told_to_nobody_and_found_again_by_our_number(docusign, account, sandbox: RunningSandbox):
    envelope = made(docusign)

    [kept] = sandbox.records("docusign", account["id"], "envelope")
    assert (docusign.status(envelope).status, [one["mails"] for one in kept["signers"]]) == (Status.CREATED, [0, 0])
    assert (docusign.find("MSA-2026-0042"), docusign.find("MSA-2026-0043")) == (envelope, None)


def test_of_two_under_one_number_the_one_that_was_sent_is_found(docusign):
    first, second = made(docusign), sent(docusign)

    assert (first != second, docusign.find("MSA-2026-0042")) == (True, second)


def test_signers_are_asked_in_their_order_and_what_they_did_is_told_in_utc(docusign, account, sandbox):
    envelope = sent(docusign)
    docusign.send(envelope)  # again: nothing happens
    sandbox.at_docusign(account["id"], envelope, "deliver", recipient="1")
    opened = docusign.status(envelope)
    sandbox.at_docusign(account["id"], envelope, "sign", recipient="1")
    half = docusign.status(envelope)
    sandbox.at_docusign(account["id"], envelope, "sign", recipient="2")
    whole = docusign.status(envelope)

    [kept] = sandbox.records("docusign", account["id"], "envelope")
    assert [one.status for one in (opened, half, whole)] == [Status.DELIVERED, Status.SENT, Status.COMPLETED]
    assert [one["mails"] for one in kept["signers"]] == [1, 1]
    assert [one.signed_at is not None for one in half.signers] == [True, False]
    sam, ann = whole.signers
    assert (sam.position, sam.name, ann.email) == (1, "Sam Sponsor", "ann@ours.example")
    assert sam.authentication == "DocuSign, known there by sam@acme.example"
    assert sam.signed_at is not None
    assert sam.signed_at <= ann.signed_at == whole.completed_at
    assert sam.signed_at.tzinfo == UTC


def test_the_signed_file_carries_the_provider_s_certificate(docusign, account, sandbox):
    envelope = sent(docusign)
    for recipient in "12":
        sandbox.at_docusign(account["id"], envelope, "sign", recipient=recipient)

    pages = PdfReader(io.BytesIO(docusign.download(envelope))).pages

    words = pages[-1].extract_text()
    assert len(pages) == len(PdfReader(io.BytesIO(sealing.executed())).pages) + 1
    assert "Certificate Of Completion" in words
    assert envelope.upper() in words


def test_what_is_no_pdf_is_not_taken_for_the_file(docusign, account, sandbox):
    envelope = sent(docusign)
    sandbox.fault("docusign", account["id"], "file_broken")

    assert refusal(lambda: docusign.download(envelope))[0] == "not_understood"


def test_voiding_ends_it_once_and_a_draft_needs_none(docusign, account, sandbox):
    draft, envelope = made(docusign), sent(docusign, key="MSA-2026-0050")
    for _ in range(2):
        docusign.void(envelope, reason="Replaced by a newer version")
        docusign.void(draft, reason="")

    found = docusign.status(envelope)
    assert (found.status, found.voided_reason) == (Status.VOIDED, "Replaced by a newer version")
    assert docusign.status(draft).status == Status.CREATED


def test_what_was_completed_or_declined_can_t_be_voided(docusign, account, sandbox):
    declined, completed = sent(docusign), sent(docusign, key="MSA-2026-0051")
    sandbox.at_docusign(account["id"], declined, "decline", recipient="1", reason="Too dear")
    for recipient in "12":
        sandbox.at_docusign(account["id"], completed, "sign", recipient=recipient)

    assert docusign.status(declined).signers[0].declined_reason == "Too dear"
    for envelope in (declined, completed):
        assert refusal(lambda one=envelope: docusign.void(one, reason="Late"))[0] == "envelope_over"


def test_nobody_signs_after_the_last_day(docusign, account, sandbox):
    envelope = sent(docusign, days=2)
    sandbox.advance(3 * 86400)

    found = docusign.status(envelope)

    sandbox.advance(-3 * 86400)
    assert (found.status, found.voided_reason) == (Status.VOIDED, "Envelope has expired.")


def test_a_signer_comes_from_the_portal_by_an_address_that_is_good_once(docusign, account):
    envelope = sent(docusign)
    url = docusign.signing_url(envelope, SAM, return_url=BACK)

    first, again = httpx.get(url, trust_env=False), httpx.get(url, trust_env=False)
    signed = httpx.post(url, data={"decision": "sign"}, trust_env=False)
    after = httpx.get(url, trust_env=False)

    assert (first.status_code, "Signing as Sam Sponsor" in first.text) == (200, True)
    assert again.headers["location"] == f"{BACK}?event=ttl_expired"
    assert (signed.status_code, signed.headers["location"]) == (302, f"{BACK}?event=signing_complete")
    assert after.status_code == 404
    assert docusign.status(envelope).signers[0].signed_at


def test_an_address_lives_five_minutes(docusign, sandbox):
    url = docusign.signing_url(sent(docusign), SAM, return_url=BACK)
    sandbox.advance(301)

    answer = httpx.get(url, trust_env=False)

    sandbox.advance(-301)
    assert answer.headers["location"] == f"{BACK}?event=ttl_expired"


@pytest.mark.parametrize(
    ("signer", "code"),
    [
        (ANN, "RECIPIENT_NOT_IN_SEQUENCE"),
        (Invited(position=1, key="s1", name="Sam Sponsor", email="other@acme.example"), "UNKNOWN_ENVELOPE_RECIPIENT"),
        (Invited(position=1, key="s9", name="Sam Sponsor", email="sam@acme.example"), "UNKNOWN_ENVELOPE_RECIPIENT"),
    ],
    ids=["not their turn", "another mailbox", "another key"],
)
def test_nobody_else_gets_a_signer_s_address(docusign, signer, code):
    envelope = sent(docusign)

    assert refusal(lambda: docusign.signing_url(envelope, signer, return_url=BACK)) == ("signer_unknown", code)


def test_a_token_that_died_is_replaced_once(docusign, account, sandbox):
    made(docusign)
    sandbox.fault("docusign", account["id"], "expire_token")

    assert docusign.find("MSA-2026-0042")
    assert sandbox.state("docusign", account["id"])["calls"]["POST token"] == 2


@pytest.mark.parametrize(
    ("fault", "code"), [("throttle", "rate_limited"), ("server_error_once", "vendor_error")]
)  # fmt: skip
def test_what_passes_by_itself_is_temporary(docusign, account, sandbox, fault, code):
    docusign.sign_in()
    sandbox.fault("docusign", account["id"], fault, count=1)

    with pytest.raises(Failure) as caught:
        docusign.find("MSA-2026-0042")

    assert (caught.value.code, caught.value.entry.retry_helps) == (code, True)
    assert caught.value.request_id


def test_an_unknown_envelope_is_gone(docusign):
    assert refusal(lambda: docusign.status("no-such-envelope")) == ("envelope_gone", "ENVELOPE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    ("change", "code", "theirs"),
    [
        ({"DOCUSIGN_PRIVATE_KEY": "of a stranger"}, "app_refused", "invalid_grant"),
        ({"DOCUSIGN_USER_ID": "0f0f0f0f-0000-4000-8000-000000000000"}, "app_refused", "invalid_grant"),
        ({"DOCUSIGN_INTEGRATION_KEY": "0f0f0f0f-0000-4000-8000-000000000000"}, "app_refused", "invalid_grant"),
        ({"DOCUSIGN_ACCOUNT_ID": "0f0f0f0f-0000-4000-8000-000000000000"}, "app_rights_missing", ""),
    ],
    ids=["another key", "another user", "another app", "another account"],
)
def test_credentials_that_are_not_ours_are_refused(account, outbound, change, code, theirs):
    for name, value in change.items():
        setattr(outbound, name, new_private_key() if name == "DOCUSIGN_PRIVATE_KEY" else value)
    service = esign_services.docusign()
    assert service is not None

    assert refusal(service.sign_in) == (code, theirs)


def test_without_consent_nobody_signs_in(docusign, account, sandbox):
    sandbox.fault("docusign", account["id"], "no_consent")

    assert refusal(docusign.sign_in) == ("consent_missing", "consent_required")


def test_a_key_that_is_none_says_so_without_showing_it(account, outbound):
    outbound.DOCUSIGN_PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nno key\n-----END RSA PRIVATE KEY-----"
    service = esign_services.docusign()
    assert service is not None

    with pytest.raises(Failure) as caught:
        service.sign_in()

    assert (caught.value.code, caught.value.vendor_code) == ("app_refused", "unreadable_key")
    assert "no key" not in str(caught.value.as_dict())


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"aud": "account.docusign.com"}, "invalid_audience"),
        ({"exp": 1_700_000_000, "iat": 1_699_999_000}, "expired_assertion"),
        ({"exp": 4_000_000_000}, "lifetime_too_long"),
    ],
    ids=["another host", "expired", "too long"],
)
def test_the_stand_in_looks_at_every_claim(account, sandbox, claims, error):
    now = int(datetime.now(UTC).timestamp())
    usual = {
        "iss": account["integration_key"], "sub": account["user_id"], "iat": now, "exp": now + 3600,
        "aud": sandbox.docusign_url.removeprefix("https://"), "scope": "signature impersonation",
    }  # fmt: skip
    assertion = jwt.encode(usual | claims, account["private_key"], algorithm="RS256")
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    answer = httpx.post(
        f"{sandbox.docusign_url}/oauth/token", data={"grant_type": grant, "assertion": assertion},
        verify=ssl.create_default_context(cafile=sandbox.ca_path), trust_env=False,
    )  # fmt: skip

    assert (answer.status_code, answer.json()["error_description"]) == (400, error)


def test_no_credentials_no_offer(settings):
    settings.DOCUSIGN_INTEGRATION_KEY = ""

    assert esign_services.docusign() is None
    assert refusal(lambda: esign_services.of("docusign"))[0] == "esign_not_set_up"
