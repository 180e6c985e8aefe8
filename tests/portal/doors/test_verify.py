from __future__ import annotations

import hashlib
import re
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from integrations.tasks import seal_agreement
from onboarding import sealing_keys, tenancy
from onboarding.models import Seal
from onboarding.rendering import seal
from portal import sealed_files
from tests import sealing, tampering
from tests.every_row import every_row
from tests.sealed_agreements import countersigned, fetched_elsewhere, store_in, stored

ADDRESS = "/verify/"
UNCHANGED, CHANGED, NOT_OURS = "Ours, unchanged", "Ours, but changed after it was sealed", "Not ours"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roomy(settings, tmp_path):
    """Files in a folder of their own, and no limit on how often."""
    store_in(tmp_path, settings)
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify": "1000/m/ip"}


@cache
def ours() -> bytes:
    return seal.seal(sealing.executed(), key=sealing_keys.key(), name="The house", reason=sealing.REASON, at=now())


@pytest.fixture
def known() -> bytes:
    """A file of ours, stored as the worker stores it."""
    row = countersigned()
    seal_agreement(sealing_id=row.pk)
    (content,) = stored(row.engagement).values()
    return content


def asked(content: bytes, name: str = "agreement.pdf", browser: Client | None = None):
    return (browser or Client()).post(ADDRESS, {"file": SimpleUploadedFile(name, content, "application/pdf")})


def heading(reply) -> str:
    (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", reply.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def said(reply) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", reply.content.decode()).split()).replace("&#x27;", "'")


# --- The three answers ----------------------------------------------------------------------------------------------


@pytest.mark.no_tenancy
@pytest.mark.django_db(transaction=True)
def test_the_file_we_sealed_is_ours_unchanged_for_somebody_without_an_account():
    from onboarding import tenancy

    with tenancy.acting(staff=True):
        row = countersigned()
        seal_agreement(sealing_id=row.pk)
        (content,) = stored(row.engagement).values()
        name = row.engagement.company.name

    reply = asked(content)

    words = said(reply)
    assert (reply.status_code, heading(reply)) == (200, UNCHANGED)
    assert "MSA-2026-0042" in words
    assert sealing_keys.key().serial in words
    assert hashlib.sha256(content).hexdigest() in words
    assert name not in words
    assert reply.headers["Cache-Control"].startswith("max-age=0")


def test_a_seal_of_ours_on_a_file_we_do_not_know_is_not_taken_for_ours_unchanged():
    assert heading(asked(ours())) == CHANGED
    assert "not those of any file we sealed" in said(asked(ours()))


@pytest.mark.parametrize("how", ["the reason", "the filling of the container", "a page inserted", "half of it"])
def test_a_changed_file_is_ours_but_changed(known, how):
    assert heading(asked(tampering.CHANGED[how](known))) == CHANGED


@pytest.mark.parametrize("how", tampering.NO_LONGER_OURS)
def test_without_our_seal_it_is_not_ours(known, how):
    reply = asked(tampering.NO_LONGER_OURS[how](known))

    assert heading(reply) == NOT_OURS
    assert "MSA-" not in said(reply)


def test_what_was_changed_is_said(known):
    assert "Something was added after" in said(asked(tampering.with_page_inserted(known)))
    assert "is not what was sealed" in said(asked(tampering.CHANGED["the reason"](known)))
    assert "can't be read as a whole PDF" in said(asked(tampering.CHANGED["half of it"](known)))


def test_a_seal_of_somebody_else_is_told_as_that():
    reply = asked(sealing.sealed())

    assert heading(reply) == NOT_OURS
    assert "a signature, but not one of ours" in said(reply)


def test_a_damaged_file_is_not_ours():
    reply = asked(b"%PDF-1.7\nnothing follows")

    assert (heading(reply), "may be damaged" in said(reply)) == (NOT_OURS, True)


def test_a_former_certificate_of_ours_still_counts(known, settings):
    """The key was renewed: what the former one sealed stays ours while SEAL_TRUST names its certificate."""
    from scripts import seal_key

    former = sealing_keys.key().certificate
    fresh, _ = seal_key.make(passphrase="fresh", bits=2048)
    path = settings.VAR_DIR / "fresh.p12"
    path.write_bytes(fresh)
    settings.SEAL_PKCS12, settings.SEAL_PASSPHRASE = str(path), "fresh"
    assert heading(asked(known)) != UNCHANGED
    from asn1crypto import pem

    settings.SEAL_TRUST = pem.armor("CERTIFICATE", former.dump()).decode()

    assert heading(asked(known)) == UNCHANGED


def test_when_our_own_key_can_not_be_read_nothing_is_judged(known, settings):
    settings.SEAL_PASSPHRASE = "hush-hush"

    reply = asked(known)

    assert heading(reply) == "We can’t say yet"
    assert "hush-hush" not in said(reply)


# --- What is refused ------------------------------------------------------------------------------------------------


def test_the_page_says_what_it_does_and_takes_a_file():
    reply = Client().get(ADDRESS)

    assert (reply.status_code, heading(reply)) == (200, "Verify a sealed agreement")
    assert 'type="file"' in reply.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "Choose a file"), (b"", "empty"), (b"GIF89a", "This is not a PDF")],
    ids=["none", "empty", "a picture"],
)
def test_what_is_no_pdf_is_asked_for_again(content, words):
    reply = Client().post(ADDRESS, {} if content is None else {"file": SimpleUploadedFile("a.pdf", content)})

    assert reply.status_code == 422
    assert words in said(reply)


def test_a_file_that_is_too_large_is_refused_in_words(settings):
    settings.UPLOAD_LIMIT_BYTES = 1024

    reply = asked(b"%PDF-" + b"x" * 2048)

    assert reply.status_code == 422
    assert "is larger than" in said(reply)


def test_too_many_files_from_one_address_are_refused(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify": "2/m/ip"}
    browser = Client(REMOTE_ADDR="203.0.113.77")

    statuses = [asked(b"GIF89a", browser=browser).status_code for _ in range(3)]

    assert statuses == [422, 422, 429]


def test_while_others_files_are_read_it_is_said_so():
    taken = [sealed_files._places.acquire() for _ in range(sealed_files.AT_ONCE)]
    try:
        reply = asked(sealing.sealed())
    finally:
        for _ in taken:
            sealed_files._places.release()

    assert reply.status_code == 409
    assert "Send yours again in a minute" in said(reply)


@pytest.mark.parametrize("name", ['"><script>alert(1)</script>.pdf', "x" * 190 + ".pdf", "عقد.pdf", "契約.pdf"])
def test_any_name_of_a_file_is_shown_as_text(name):
    reply = asked(sealing.sealed(), name=name)

    assert reply.status_code == 200
    assert b"<script>alert" not in reply.content


def test_nothing_of_it_is_kept(known, settings):
    incoming = settings.PRIVATE_FILES_DIR / "incoming"
    before, files, pieces = every_row(), Seal.objects.count(), set(incoming.glob("*"))

    asked(known)
    asked(sealing.sealed())

    assert (every_row(), Seal.objects.count()) == (before, files)
    assert set(incoming.glob("*")) == pieces  # other tests' uploads may wait there


def test_a_file_signed_at_another_provider_is_known_by_its_hash_alone():
    content = sealing.executed() + b"\n% as the provider completed it"
    row = countersigned()
    fetched_elsewhere(row, content)
    before = every_row()

    with tenancy.acting():
        same, changed = asked(content), asked(content + b" ")

    assert (heading(same), heading(changed)) == (
        "Ours, signed elsewhere, unchanged",
        "Not ours",
    )
    words = said(same)
    assert "the very file we fetched from DocuSign" in words
    assert "MSA-2026-0042" in words
    assert "4f1d-9a" in words
    assert row.company.name not in words
    assert every_row() == before
