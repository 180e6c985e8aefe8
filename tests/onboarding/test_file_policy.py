"""The first wall: what is turned away before anything of it is stored, and what a name becomes."""

from __future__ import annotations

import io

import pytest

from onboarding import errors, file_policy
from onboarding.actions import documents
from onboarding.models import Document, FileCheck
from tests.factories import NOW, EngagementFactory, owner
from tests.journey.cast import upload
from tests.onboarding.inspection import hostile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HEAVY = hostile.bomb()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("invoice.pdf.exe", b"MZ", "“invoice.pdf.exe” is not a type we take."),
        ("a.exe.pdf", b"MZ\x90\x00", "“a.exe.pdf” is not what its name says."),
        ("invoice", b"a", "“invoice” is not a type we take."),
        ("a.docm", hostile.word(), "“a.docm” is not a type we take."),
        ("a.zip", hostile.archive(), "“a.zip” is not a type we take."),
        ("a.pdf", b"\xef\xbb\xbf" + hostile.pdf(), "“a.pdf” is not what its name says."),
        ("a.png", hostile.picture("JPEG"), "“a.png” is not what its name says."),
        ("a.docx", OLE, "“a.docx” is protected by a password or of an old kind."),
        ("a.docx", hostile.encrypted(hostile.word()), "“a.docx” can't be taken. It is protected by a password"),
        ("a.docx", hostile.word(**{"word/vbaProject.bin": b"x"}), "“a.docx” can't be taken. It holds macros."),
        ("a.docx", HEAVY, "“a.docx” can't be taken. It unpacks to far more than its size."),
        ("a.docx", hostile.word(**{"word/embeddings/a.docx": HEAVY}), "“a.docx” can't be taken. It holds other files"),
        ("a.docx", hostile.word(**{"../x": b"x"}), "“a.docx” can't be taken. Its parts have odd names."),
        ("a.docx", hostile.archive(), "“a.docx” can't be taken. It is damaged"),
        ("a.docx", b"PK\x03\x04" + bytes(600), "“a.docx” can't be opened."),
        ("a.csv", b"\x00\x01", "“a.csv” holds binary data."),
        ("a.csv", b"caf\xe9", "“a.csv” is not UTF-8 text."),
        ("a.csv", b"", "“a.csv” is empty."),
    ],
    ids=["a program behind a name", "a program under a name", "no ending", "macros by name", "an archive",
         "not at its beginning", "another picture", "an old or locked file", "encrypted", "a macro", "a bomb",
         "a bomb inside", "odd names", "any archive", "no archive", "binary", "no UTF-8", "nothing"],
)  # fmt: skip
def test_what_is_turned_away(name: str, content: bytes, words: str) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        file_policy.content_type(io.BytesIO(content), name)

    assert refusal.value.words.startswith(words)
    assert refusal.value.fields == {"file": refusal.value.words}


@pytest.mark.django_db
def test_nothing_of_it_is_kept() -> None:
    engagement = EngagementFactory(step="data_collection")

    with pytest.raises(errors.BadInput):
        documents.upload(
            engagement.pk,
            kind="customer_document",
            upload=upload("a.docx", HEAVY),
            by=owner(engagement.company),
            at=NOW,
        )

    assert (Document.objects.count(), FileCheck.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.docx", hostile.word()), ("a.pdf", hostile.pdf()), ("a.jpeg", hostile.picture("JPEG")), ("a.vtt", b"WEBVTT\n")],
)
def test_what_is_taken(name: str, content: bytes) -> None:
    file = io.BytesIO(content)

    kind = file_policy.content_type(file, name)

    assert (kind, file.tell()) == (file_policy.CONTENT_TYPES[name.rpartition(".")[2]], 0)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (r"..\..\x.csv", "x.csv"),
        ("/etc/passwd", "passwd"),
        ("a\x00b\r\nc.PDF", "abc.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (" . .csv", "csv"),
        ("x" * 300 + ".csv", "x" * 146 + ".csv"),
        ("", "file"),
    ],
)
def test_a_name_is_cleaned(raw: str, name: str) -> None:
    assert file_policy.clean_name(raw) == name
