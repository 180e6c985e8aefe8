"""The stand-in authority by the standard: what it refuses, in its own words."""

import hashlib

import pytest
from asn1crypto import algos, core, tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from integrations.sandbox.tsa.site import Reply

DIGEST = hashlib.sha256(b"what is to be stamped").digest()
HEADERS = {"Content-Type": "application/timestamp-query"}


@pytest.fixture
def ask(sandbox, trusting, no_leftovers):
    def ask(body, **headers):
        return trusting.post(sandbox.tsa_url, data=body, headers=HEADERS | headers)

    return ask


def query(**wishes):
    digest = wishes.pop("digest", DIGEST)
    algorithm = algos.DigestAlgorithm({"algorithm": wishes.pop("algorithm", "sha256")})
    imprint = tsp.MessageImprint({"hash_algorithm": algorithm, "hashed_message": digest})
    return tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True, **wishes}).dump()


def told(answer):
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/timestamp-reply")
    return Reply.load(answer.content)


def test_it_stamps_the_hash_and_gives_the_nonce_back(ask):
    reply = told(ask(query(nonce=core.Integer(4711))))

    info = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert reply["status"]["status"].native == "granted"
    assert (info["nonce"].native, info["message_imprint"]["hashed_message"].native) == (4711, DIGEST)
    assert len(reply["time_stamp_token"]["content"]["certificates"]) == 2


def test_without_being_asked_it_shows_no_certificate(ask):
    reply = told(ask(query(cert_req=False)))

    assert len(reply["time_stamp_token"]["content"]["certificates"]) == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "bad_data_format"),
        (b"anything", "bad_data_format"),
        (query(algorithm="sha1", digest=hashlib.sha1(b"old").digest()), "bad_alg"),  # noqa: S324 - what it must refuse
        (query(digest=DIGEST[:20]), "bad_data_format"),
        (query(nonce=core.Integer(1 << 200)), "bad_request"),
    ],
    ids=["nothing", "no query", "old algorithm", "short hash", "long nonce"],
)
def test_what_it_can_not_stamp_is_refused_by_the_standards_words(ask, body, reason):
    reply = told(ask(body))

    assert reply["status"]["status"].native == "rejection"
    assert reply["status"]["fail_info"].native == {reason}
    assert reply["time_stamp_token"].native is None


def test_another_content_type_is_not_taken(ask):
    assert ask(query(), **{"Content-Type": "application/octet-stream"}).status_code == 415


def test_its_certificate_is_for_time_stamps_alone_and_keeps_over_a_restart(sandbox):
    own = x509.load_pem_x509_certificate((sandbox.directory / "tsa.pem").read_bytes())
    purposes = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    assert (purposes.critical, list(purposes.value)) == (True, [ExtendedKeyUsageOID.TIME_STAMPING])
    assert (sandbox.directory / "tsa.key").stat().st_mode & 0o777 == 0o600
