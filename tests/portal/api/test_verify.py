"""Verifying a file over the API: for anybody, in the page's own words and limits, telling no more than the page."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.tasks import seal_agreement
from onboarding import sealing_keys, tenancy
from portal import sealed_files
from tests import sealing, tampering
from tests.every_row import every_row
from tests.sealed_agreements import countersigned, fetched_elsewhere, store_in, stored

HERE, PAGE = "/api/v1/verify/", "/verify/"
TOLD = {"verdict", "title", "meaning", "words", "agreement", "provider", "envelope", "completed_at", "sealed_at",
        "stamped_by", "certificate", "serial", "file_name", "sha256"}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roomy(settings: Any, tmp_path: Any) -> None:
    """Files in a folder of their own, and no limit on how often."""
    store_in(tmp_path, settings)
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify": "1000/m/ip"}


@pytest.fixture
def known() -> bytes:
    """A file of ours, stored as the worker stores it."""
    row = countersigned()
    seal_agreement(sealing_id=row.pk)
    (content,) = stored(row.engagement).values()
    return content


def asked(content: bytes, path: str = HERE, client: Client | None = None, name: str = "agreement.pdf") -> Any:
    return (client or Client()).post(path, {"file": SimpleUploadedFile(name, content, "application/pdf")})


def page_words(content: bytes) -> str:
    text = re.sub(r"<[^>]+>", " ", asked(content, PAGE).content.decode())
    return " ".join(text.split()).replace("&#x27;", "'")


@pytest.mark.no_tenancy
@pytest.mark.django_db(transaction=True)
def test_the_file_we_sealed_is_known_to_whoever_holds_it() -> None:
    with tenancy.acting(staff=True):
        row = countersigned()
        seal_agreement(sealing_id=row.pk)
        (content,) = stored(row.engagement).values()
        company = row.engagement.company.name

    reply = asked(content)

    told = reply.json()
    assert (reply.status_code, reply["Cache-Control"], set(told)) == (200, "no-store", TOLD)
    assert (told["verdict"], told["title"], told["agreement"]) == ("unchanged", "Ours, unchanged", "MSA-2026-0042")
    assert (told["serial"], told["sha256"]) == (sealing_keys.key().serial, hashlib.sha256(content).hexdigest())
    assert company not in reply.content.decode()


@pytest.mark.parametrize("how", ["the reason", "half of it"])
def test_a_changed_one_is_told_in_the_pages_words_and_no_number(known: bytes, how: str) -> None:
    told, page = asked(tampering.CHANGED[how](known)).json(), page_words(tampering.CHANGED[how](known))

    assert (told["verdict"], told["agreement"]) == ("changed", "")
    assert all(words in page for words in (told["title"], told["meaning"], *told["words"]))


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing follows", "another's"], ids=["damaged", "another's seal"])
def test_of_a_file_that_is_not_ours_nothing_is_told_but_itself(content: Any) -> None:
    content = sealing.sealed() if content == "another's" else content

    told = asked(content).json()

    assert (told["verdict"], told["title"], told["sha256"]) == (
        "not_ours",
        "Not ours",
        hashlib.sha256(content).hexdigest(),
    )
    said = {"verdict", "title", "meaning", "words", "file_name", "sha256"}
    assert {name for name, value in told.items() if value} == said
    assert all(words in page_words(content) for words in told["words"])


def test_one_that_was_signed_elsewhere_is_known_by_its_hash() -> None:
    content, row = sealing.executed() + b"\n% as the provider completed it", countersigned()
    fetched_elsewhere(row, content)
    before = every_row()

    with tenancy.acting():
        told = asked(content).json()

    assert (told["verdict"], told["provider"], told["envelope"]) == ("elsewhere", "DocuSign", "4f1d-9a")
    assert told["meaning"] == "This is the very file we fetched from DocuSign"
    assert told["completed_at"] is not None
    assert every_row() == before


def test_when_our_own_key_can_not_be_read_nothing_is_judged(known: bytes, settings: Any) -> None:
    settings.SEAL_PASSPHRASE = "hush-hush"

    reply = asked(known)

    assert (reply.json()["verdict"], reply.json()["agreement"]) == ("undecided", "")
    assert "hush-hush" not in reply.content.decode()


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No file was submitted."), (b"", "empty"), (b"GIF89a", "This is not a PDF.")],
    ids=["none", "empty", "a picture"],
)  # fmt: skip
def test_what_is_no_pdf_is_told_at_its_field(content: bytes | None, words: str) -> None:
    reply = Client().post(HERE, {}) if content is None else asked(content)

    assert (reply.status_code, reply["Content-Type"]) == (422, "application/problem+json")
    assert words in reply.json()["fields"]["file"]


def test_it_takes_a_file_of_the_pages_size_and_no_other_kind_of_body(settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024

    large = asked(b"%PDF-" + b"x" * 2048)
    plain = Client().post(HERE, {"file": "x"}, content_type="application/json")

    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    assert (plain.status_code, plain.json()["code"], Client().get(HERE).status_code) == (
        415,
        "unsupported_media_type",
        405,
    )


def test_the_page_and_programs_share_one_allowance(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify": "2/m/ip"}
    cache.clear()
    client = Client(REMOTE_ADDR="203.0.113.78")

    statuses = [asked(b"GIF89a", path, client).status_code for path in (PAGE, HERE, HERE, PAGE)]
    last = asked(b"GIF89a", HERE, client)

    assert statuses == [422, 422, 429, 429]
    assert (last.json()["code"], last["Retry-After"]) == ("throttled", "60")


def test_while_others_files_are_read_it_is_said_so() -> None:
    taken = [sealed_files._places.acquire() for _ in range(sealed_files.AT_ONCE)]
    try:
        reply = asked(sealing.sealed())
    finally:
        for _ in taken:
            sealed_files._places.release()

    assert (reply.status_code, reply.json()["code"]) == (409, "wrong_state")
    assert "Send yours again in a minute" in reply.json()["detail"]


def test_nothing_is_kept_and_a_token_changes_nothing(known: bytes, settings: Any) -> None:
    incoming = settings.PRIVATE_FILES_DIR / "incoming"
    before, pieces = every_row(), set(incoming.glob("*"))
    bearer = Client(headers={"Authorization": "Bearer iw_dead", "Idempotency-Key": "once"})

    plain, dead = asked(known).json(), asked(known, client=bearer).json()

    assert plain == dead
    assert every_row() == before
    assert set(incoming.glob("*")) == pieces  # other tests' uploads may wait there
