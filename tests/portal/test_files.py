"""A file's states on the pages of both sides: checked, kept back, read on the page, and all of them in one archive."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import documents, file_checks, work
from onboarding.actors import Role
from onboarding.models import Document, FileCheck
from tests.file_checks import checked, found_clean
from tests.journey.cast import Cast, upload
from tests.portal.customer.conftest import collecting, elsewhere, signed_in  # noqa: F401 - fixtures
from tests.portal.specialist.conftest import signed_in as at_staff

pytestmark = pytest.mark.django_db
WORDS = "It holds macros. Save it without macros and send that."


def sent(cast: Cast, name: str = "accounts.csv", content: bytes = b"number,name\n4000,Sales\n") -> Document:
    return documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload(name, content), by=cast.owner, at=now()
    )


def quarantined(document: Document, verdict: str = "refused", **facts: str) -> Document:
    check = work.claim(FileCheck, document.file_check.pk, at=now())
    assert check is not None
    file_checks.quarantine(check, verdict=verdict, words=WORDS, facts=facts, at=now())
    document.refresh_from_db()
    return document


def archive_of(reply: HttpResponse) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(reply.streaming_content)))


# --- While it is checked, and after ---


def test_a_file_being_checked_says_so_and_asks_again_by_itself(collecting: Cast) -> None:  # noqa: F811
    document, client = sent(collecting), signed_in(collecting)

    listed = client.get("/documents/").content.decode()
    page = client.get(f"/documents/{document.uuid}/").content.decode()

    assert f'<li id="file-{document.uuid}" hx-get="/documents/" hx-select="#file-{document.uuid}"' in listed
    assert ("Being checked" in listed, "See whether it is done" in page) == (True, True)
    assert client.get(f"/documents/{document.uuid}/file/").status_code == 404
    found_clean(document)
    after = client.get("/documents/").content.decode()
    assert ("Being checked" in after, "hx-select" in after) == (False, False)


@pytest.mark.parametrize("is_staff", [False, True], ids=["customer", "specialist"])
def test_a_quarantined_file_says_why_and_gives_nothing(collecting: Cast, is_staff: bool) -> None:  # noqa: F811
    document = quarantined(sent(collecting))
    client = at_staff(Role.SPECIALIST) if is_staff else signed_in(collecting)
    place = f"/staff/documents/{document.uuid}/" if is_staff else f"/documents/{document.uuid}/"

    page = client.get(place).content.decode()

    assert ("This file was quarantined" in page, WORDS in page, "and it was not kept" in page) == (True, True, True)
    assert "Download" not in page.split("</h1>")[1]
    assert [client.get(f"{place}{which}/").status_code for which in ("file", "preview")] == [404, 404]


@pytest.mark.parametrize(("who", "sees"), [(Role.LEAD, True), (Role.SPECIALIST, False)])
def test_what_exactly_was_found_is_for_leads(collecting: Cast, who: Role, sees: bool) -> None:  # noqa: F811
    document = quarantined(sent(collecting), "infected", signature="Eicar-Test-Signature")

    page = at_staff(who).get(f"/staff/documents/{document.uuid}/").content.decode()

    assert ("Eicar-Test-Signature" in page, "What the check found" in page) == (sees, sees)


def test_a_specialist_has_it_checked_again(collecting: Cast) -> None:  # noqa: F811
    document = quarantined(sent(collecting), "undecided")
    client, here = at_staff(Role.SPECIALIST), f"/staff/engagements/{collecting.engagement.reference}/documents/"
    before = client.get(here).content.decode()
    queued = client.get("/staff/reviews/").content.decode()

    reply = client.post(here, {"act": "check_again", "document_uuid": document.uuid})

    document.refresh_from_db()
    assert ("Check it again" in before, ">Accept<" in before, "could not be checked" in queued) == (True, False, True)
    assert (reply.status_code, document.scan) == (302, "pending")
    assert "Check it again" not in client.get(here).content.decode()


def test_a_check_that_was_given_up_is_tried_again_from_the_queue(collecting: Cast) -> None:  # noqa: F811
    document = quarantined(sent(collecting), "undecided")
    FileCheck.objects.update(state="failed", problem={"words": "Our virus scanner does not answer."})
    client = at_staff(Role.SPECIALIST)
    page = client.get(reverse("specialist:flows_queue")).content.decode()

    reply = client.post(reverse("specialist:retry", args=["file", document.file_check.pk]))

    document.refresh_from_db()
    assert ("Check of “accounts.csv”" in page, "Our virus scanner does not answer." in page) == (True, True)
    assert (reply.status_code, document.scan) == (302, "pending")


# --- Read on the page ---


def test_text_is_read_on_the_page_and_does_nothing_there(collecting: Cast) -> None:  # noqa: F811
    content = b"name\n<script>alert(1)</script>\n=HYPERLINK(1)\n" + b"row\n" * 300
    document = checked(sent(collecting, "names.csv", content))

    page = signed_in(collecting).get(f"/documents/{document.uuid}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n=HYPERLINK(1)\nrow" in page
    assert "1 cell begins like a formula, which such a program would run." in page
    assert ("The first 200 lines" in page, page.count("\nrow")) == (True, 197)


def test_an_office_file_is_never_shown(collecting: Cast) -> None:  # noqa: F811
    document = found_clean(sent(collecting))
    Document.objects.update(content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    client = signed_in(collecting)

    page = client.get(f"/documents/{document.uuid}/").content.decode()
    preview = client.get(f"/documents/{document.uuid}/preview/")

    assert ("<iframe" in page, "preview-text" in page) == (False, False)
    assert b"".join(preview.streaming_content).startswith(b"number")
    assert preview["Content-Disposition"] == 'attachment; filename="accounts.csv"'
    assert preview["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_picture_stands_on_the_page_in_its_own_size(collecting: Cast) -> None:  # noqa: F811
    document = found_clean(sent(collecting))
    Document.objects.update(content_type="image/png")

    page = signed_in(collecting).get(f"/documents/{document.uuid}/").content.decode()

    assert f'alt="Preview of accounts.csv" src="/documents/{document.uuid}/preview/"' in page
    assert "<iframe" not in page


# --- All of them ---


@pytest.mark.parametrize("is_staff", [False, True], ids=["customer", "specialist"])
def test_all_clean_files_come_in_one_archive_with_a_list_of_all(collecting: Cast, is_staff: bool) -> None:  # noqa: F811
    for number, name in enumerate(("Ledger.csv", "ledger.csv", "con.csv")):
        found_clean(sent(collecting, name, f"a,{number}\n".encode()))
    sent(collecting, "waiting.csv", b"w\n")
    quarantined(sent(collecting, "bad.csv", b"b\n"))
    documents.withdraw(str(found_clean(sent(collecting, "gone.csv", b"g\n")).uuid), by=collecting.owner, at=now())
    client = at_staff(Role.SPECIALIST) if is_staff else signed_in(collecting)
    reference = collecting.engagement.reference
    place = f"/staff/engagements/{reference}/documents/all/" if is_staff else "/documents/all/"

    reply = client.get(place)
    archive = archive_of(reply)

    folder = "Document submitted by customer"
    names = ["manifest.json", "manifest.txt", f"{folder}/Ledger.csv", f"{folder}/ledger (2).csv", f"{folder}/_con.csv"]
    assert (archive.namelist(), archive.testzip()) == (names, None)
    assert [archive.read(name) for name in names[2:]] == [b"a,0\n", b"a,1\n", b"a,2\n"]
    told = json.loads(archive.read("manifest.json"))["files"]
    assert [(one["name"], one["file"], one["left_out_because"]) for one in told[2:]] == [
        ("con.csv", names[4], None),
        ("waiting.csv", None, "It is still being checked."),
        ("bad.csv", None, "It was quarantined: nobody can open it."),
    ]
    assert told[0]["sha256"] == Document.objects.get(file_name="Ledger.csv").sha256
    assert f"(left out) bad.csv\r\n  {folder}, version 1, 2 bytes" in archive.read("manifest.txt").decode()
    assert reply["Content-Disposition"] == f'attachment; filename="{reference}.zip"'
    assert (reply["X-Content-Type-Options"], "no-store" in reply["Cache-Control"]) == ("nosniff", True)


def test_an_archive_holds_nothing_of_another_company(collecting: Cast, elsewhere: Client) -> None:  # noqa: F811
    found_clean(sent(collecting))

    archive = archive_of(elsewhere.get("/documents/all/"))

    assert [name for name in archive.namelist() if name.endswith(".csv")] == []
    reference = collecting.engagement.reference
    assert elsewhere.get(f"/staff/engagements/{reference}/documents/all/").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (r"..\..\x.csv", "x.csv"),
        ("../../etc/x.csv", "x.csv"),
        ("a\x00b.csv", "ab.csv"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        ("\u202evsc.exe.csv", "vsc.exe.csv"),
    ],
    ids=["backwards", "upwards", "NUL", "a header", "written backwards"],
)
def test_a_name_is_data_and_harms_neither_header_nor_archive(collecting: Cast, given: str, kept: str) -> None:  # noqa: F811
    upload_ = upload("a.csv", b"a,b\n")
    upload_._name = given
    document = found_clean(
        documents.upload(
            collecting.engagement.pk, kind="customer_document", upload=upload_, by=collecting.owner, at=now()
        )
    )

    assert (document.file_name, document.path.rpartition("/")[2]) == (kept, str(document.uuid))
    reply = signed_in(collecting).get(f"/documents/{document.uuid}/file/")
    assert b"".join(reply.streaming_content) == b"a,b\n"
    assert "\n" not in reply["Content-Disposition"]
    names = archive_of(signed_in(collecting).get("/documents/all/")).namelist()
    assert all(".." not in name and name.count("/") == 1 and ":" not in name for name in names[2:])
