"""A worker's check from the claimed row to the released or quarantined file: the child and a scanner, both for real."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils.timezone import now

from integrations import tasks
from onboarding.actions import documents
from onboarding.models import Document, Engagement, FileCheck
from scripts.ports import free_port
from tests.factories import EngagementFactory, owner
from tests.file_checks import checked
from tests.integrations.clamav import clamd
from tests.integrations.clamav.clamd import EICAR, StandIn
from tests.journey.cast import upload
from tests.onboarding.inspection import hostile

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step="data_collection")


@pytest.fixture
def send(engagement: Engagement, django_capture_on_commit_callbacks: Any) -> Callable[..., Document]:
    """One file taken in and checked, with what happens after the commit."""
    by = owner(engagement.company)

    def sent(name: str, content: bytes) -> Document:
        with django_capture_on_commit_callbacks(execute=True):
            document = documents.upload(
                engagement.pk, kind="customer_document", upload=upload(name, content), by=by, at=now()
            )
            return checked(document)

    return sent


@pytest.fixture
def scanner(settings: Any) -> Iterator[StandIn]:
    with clamd.running() as found:
        settings.CLAMAV_URL = found.url
        yield found


def stored() -> list[str]:
    """Every file kept of this test's documents, by name (tests share the store)."""
    return [
        name
        for document in Document.objects.all()
        for name in default_storage.listdir(f"{document.company_id}/{document.engagement_id}")[1]
        if name.startswith(str(document.uuid))
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"a,b\n"), ("a.pdf", hostile.pdf()), ("a.docx", hostile.word())],
    ids=["text", "a PDF", "a Word file"],
)
def test_a_clean_file_is_released_as_it_came(send: Any, name: str, content: bytes) -> None:
    document = send(name, content)

    assert (document.scan, document.sha256) == ("clean", hashlib.sha256(content).hexdigest())
    assert document.file_check.facts["scanner"] == "not set up"
    with default_storage.open(document.path) as kept:
        assert kept.read() == content


def test_a_picture_is_released_encoded_anew_and_known_by_both_hashes(send: Any) -> None:
    content = hostile.picture("JPEG", (64, 48)) + hostile.archive()

    document = send("photo.jpg", content)
    again = send("photo.jpg", content)

    check = document.file_check
    with default_storage.open(document.path) as kept:
        made = kept.read()
    assert (document.scan, document.sha256, document.size) == ("clean", hashlib.sha256(made).hexdigest(), len(made))
    assert check.received_sha256 == check.facts["received_sha256"] == hashlib.sha256(content).hexdigest()
    assert check.facts["released_sha256"] == document.sha256 != check.received_sha256
    assert (b"run.exe" in made, stored()) == (False, [document.path.rpartition("/")[2]])
    assert (again, Document.objects.count()) == (document, 1)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", hostile.content_types(hostile.word(), "openxmlformats-officedocument.wordprocessingml.document.main",
                                         "ms-word.document.macroEnabled.main"), "It holds macros."),
        ("a.pdf", hostile.pdf(hostile.opening_script), "It holds a script,"),
        ("a.pdf", hostile.pdf(hostile.with_file), "It holds other files."),
        ("a.png", hostile.flood(), "It has more than 50 million pixels."),
        ("a.csv", b"a,b\n" * 5000 + b"\xe9", "It is not UTF-8 text throughout."),
    ],
    ids=["macros", "a script", "a file inside", "a flood of pixels", "broken text"],
)  # fmt: skip
def test_an_unfit_file_is_quarantined_and_its_bytes_go(
    send: Any, scanner: StandIn, name: str, content: bytes, words: str
) -> None:
    document = send(name, content)

    assert (document.scan, document.file_check.verdict, document.path) == ("quarantined", "refused", "")
    assert document.file_check.words.startswith(words)
    assert (stored(), scanner.streams) == ([], [])


def test_a_clean_file_is_scanned_as_it_came(send: Any, scanner: StandIn) -> None:
    document = send("a.csv", b"a,b\n")

    assert (document.scan, scanner.streams) == ("clean", [b"a,b\n"])
    assert document.file_check.facts["scanner"] == clamd.VERSION


def test_a_virus_is_quarantined_under_its_name(send: Any, scanner: StandIn) -> None:
    document = send("a.txt", EICAR)

    assert (document.scan, document.file_check.verdict, stored()) == ("quarantined", "infected", [])
    assert document.file_check.words == (
        "It holds something harmful (“Eicar-Test-Signature”). Look at your computer, and send a clean file."
    )


def test_more_than_the_scanner_takes_is_never_clean(send: Any, scanner: StandIn) -> None:
    document = send("a.csv", b"a,b\n" * 30_000)

    assert (document.scan, document.file_check.verdict) == ("quarantined", "undecided")
    assert "larger than our virus scanner takes" in document.file_check.words
    assert len(stored()) == 1


@pytest.mark.parametrize("trouble", ["hangs up", "error", "gone"])
def test_a_scanner_without_an_answer_leaves_the_file_waiting(
    send: Any, scanner: StandIn, settings: Any, trouble: str
) -> None:
    scanner.fault = trouble
    if trouble == "gone":
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{free_port()}"

    document = send("a.csv", b"a,b\n")

    check = document.file_check
    assert (document.scan, check.state, check.attempts, check.verdict) == ("pending", "queued", 1, "")
    assert check.problem["words"] == "Our virus scanner does not answer."


def test_the_file_is_released_when_the_scanner_is_back(send: Any, scanner: StandIn) -> None:
    scanner.fault = "error"
    document = send("a.csv", b"a,b\n")
    FileCheck.objects.update(not_before=now())
    scanner.fault = ""

    assert checked(document).scan == "clean"


def test_a_check_sent_twice_is_done_once(send: Any, scanner: StandIn) -> None:
    document = send("a.csv", b"a,b\n")

    tasks.check_file(check_id=document.file_check.pk)
    tasks.check_file(check_id=0)

    assert len(scanner.streams) == 1


def test_bytes_that_are_gone_are_no_clean_file(engagement: Engagement) -> None:
    document = documents.upload(
        engagement.pk, kind="customer_document", upload=upload(), by=owner(engagement.company), at=now()
    )
    default_storage.delete(document.path)

    with pytest.raises(FileNotFoundError):
        checked(document)

    document.refresh_from_db()
    assert (document.scan, document.file_check.problem["error"]) == ("pending", "FileNotFoundError")
