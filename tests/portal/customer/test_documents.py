"""Documents: taken file by file, refused with words, never left behind, seen by the company alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate, now

from onboarding.actions import document_requests, documents
from onboarding.models import Document, DocumentRequest
from onboarding.workflow.steps import Step
from tests.file_checks import found_clean
from tests.journey import journey
from tests.journey.cast import Cast, upload
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
CSV = b"number,name\n4000,Sales\n"


def file(name: str = "accounts.csv", content: bytes = CSV) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def incoming() -> list[str]:
    """What forms left behind; files that come in pieces lie there too."""
    return sorted(path.name for path in (settings.PRIVATE_FILES_DIR / "incoming").glob("*.upload"))


def request_path(cast: Cast) -> str:
    return f"/documents/requests/{cast.engagement.document_requests.first().pk}/"


def test_the_field_is_a_drop_zone_and_not_called_optional(collecting: Cast) -> None:
    for path in ("/documents/", request_path(collecting)):
        page = signed_in(collecting).get(path).content.decode()

        assert 'data-drop><input type="file"' in page
        assert '<label for="id_files">Choose files</label>' in page


def test_what_the_portal_made_is_called_by_its_title() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    agreement = cast.engagement.agreements.get().document

    page = signed_in(cast).get("/documents/").content.decode()

    assert f'<a href="/documents/{agreement.uuid}/">Master Services Agreement</a>' in page
    assert f"<span>{agreement.file_name}</span>" in page


def test_a_file_is_taken_for_a_request(collecting: Cast) -> None:
    client, path = signed_in(collecting), request_path(collecting)

    reply = client.post(path, {"files": [file()]})

    assert (reply.status_code, reply.headers["Location"]) == (302, path)
    assert said(reply) == "Received: accounts.csv."
    sent = Document.objects.get(kind="customer_document")
    assert (sent.size, sent.version, sent.created_by) == (len(CSV), 1, "Maria Fernández")
    assert "In review" in client.get(path).content.decode()
    assert incoming() == []


def test_the_same_file_twice_is_one(collecting: Cast) -> None:
    client, path = signed_in(collecting), request_path(collecting)
    for _ in range(2):
        client.post(path, {"files": [file()]})

    assert Document.objects.filter(kind="customer_document").count() == 1


def test_one_refused_file_keeps_the_others(collecting: Cast) -> None:
    reply = signed_in(collecting).post(
        "/documents/", {"files": [file("a.csv"), file("run.exe", b"MZ"), file("b.csv", b"x,y\n")]}
    )

    page = reply.content.decode()
    assert reply.status_code == 422
    assert "<title>Error: Documents" in page
    assert "“run.exe” is not a type we take." in page
    assert "Received: a.csv." in page
    assert "Received: b.csv." in page
    assert sorted(Document.objects.values_list("file_name", flat=True)) == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "Choose a file first."),
        ([file("empty.csv", b"")], "“empty.csv” is empty. Choose the file again."),
        ([file("trick.pdf", b"MZ\x90\x00 not a pdf")], "“trick.pdf” is not what its name says."),
        ([file("latin.csv", b"\xff\xfe\xe9")], "“latin.csv” is not UTF-8 text."),
    ],
)
def test_what_cannot_be_taken_is_said(collecting: Cast, given: list, words: str) -> None:
    reply = signed_in(collecting).post("/documents/", {"files": given})

    assert reply.status_code == 422
    assert words in reply.content.decode()
    assert not Document.objects.filter(kind="customer_document").exists()
    assert incoming() == []


def test_a_file_too_large_is_refused_and_nothing_stays(collecting: Cast, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024

    reply = signed_in(collecting).post("/documents/", {"files": [file("big.csv", b"a,b\n" * 600_000)]})

    assert reply.status_code == 422
    assert "“big.csv” is larger than 1 MB. Send a smaller file or split it." in reply.content.decode()
    assert not Document.objects.filter(kind="customer_document").exists()
    assert incoming() == []


def test_a_version_sent_back_is_replaced_by_the_next(collecting: Cast) -> None:
    client, path = signed_in(collecting), request_path(collecting)
    client.post(path, {"files": [file("old.csv")]})
    old = Document.objects.get(file_name="old.csv")
    found_clean(old)
    documents.need_revision(str(old.uuid), note="The numbers are missing.", by=collecting.specialist, at=collecting.at)
    sent_back = client.get(path).content.decode()

    client.post(path, {"files": [file("new.csv", b"number\n1\n")]})

    page = client.get(path).content.decode()
    assert "The numbers are missing." in sent_back
    assert ("In review" in page, "Revision needed</c-status>" in page) == (True, False)
    assert page.index("new.csv") < page.index("Earlier versions") < page.index("old.csv")
    assert [(one.file_name, one.version) for one in Document.objects.filter(withdrawn_at=None)] == [("new.csv", 2)]


def test_a_request_can_be_declared_not_applicable(collecting: Cast) -> None:
    client, path = signed_in(collecting), request_path(collecting)

    refused = client.post(f"{path}not-applicable/", {"reason": " "})
    taken = client.post(f"{path}not-applicable/", {"reason": "We have none."})

    assert refused.status_code == 422
    assert "Say why this document does not apply." in refused.content.decode()
    assert taken.status_code == 302
    assert "We have none. – Maria Fernández" in client.get(path).content.decode()


def test_an_upload_is_withdrawn_until_it_is_accepted(collecting: Cast) -> None:
    client = signed_in(collecting)
    client.post("/documents/", {"files": [file("a.csv"), file("b.csv", b"x,y\n")]})
    first, second = Document.objects.order_by("file_name")
    found_clean(second)
    documents.accept(str(second.uuid), by=collecting.specialist, at=collecting.at)

    gone = client.post(f"/documents/{first.uuid}/withdraw/")
    kept = client.post(f"/documents/{second.uuid}/withdraw/")

    assert said(gone) == "Withdrawn: a.csv."
    assert (kept.status_code, "An accepted document can&#x27;t be withdrawn" in kept.content.decode()) == (409, True)
    page = client.get("/documents/").content.decode()
    assert ("a.csv" in page, "Remove b.csv" in page) == (False, False)


def test_a_file_is_sent_as_a_download_and_shown_in_a_frame_of_ours(collecting: Cast) -> None:
    client = signed_in(collecting)
    client.post("/documents/", {"files": [file()]})
    address = f"/documents/{found_clean(Document.objects.get()).uuid}"

    download, preview = client.get(f"{address}/file/"), client.get(f"{address}/preview/")

    assert b"".join(download.streaming_content) == CSV
    assert download.headers["Content-Disposition"] == 'attachment; filename="accounts.csv"'
    assert download.headers["Cache-Control"].startswith("private, no-store")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(preview.streaming_content) == CSV
    assert preview.headers["Content-Disposition"].startswith("attachment")  # a browser shows no CSV


def test_what_is_still_being_made_says_so(collecting: Cast) -> None:
    made = documents.order(
        collecting.engagement, kind="minutes", title="Minutes", file_name="m.pdf", template="minutes", context={},
        by=collecting.specialist, at=collecting.at,
    )  # fmt: skip
    client = signed_in(collecting)

    assert "This file is not ready yet" in client.get(f"/documents/{made.uuid}/").content.decode()
    assert client.get(f"/documents/{made.uuid}/file/").status_code == 404


def test_another_company_finds_nothing(collecting: Cast, elsewhere: Client) -> None:
    signed_in(collecting).post("/documents/", {"files": [file()]})
    uuid = Document.objects.get().uuid

    paths = [f"/documents/{uuid}/", f"/documents/{uuid}/file/", f"/documents/{uuid}/preview/", request_path(collecting)]
    assert [elsewhere.get(path).status_code for path in paths] == [404] * 4
    assert elsewhere.post(f"/documents/{uuid}/withdraw/").status_code == 404
    assert elsewhere.post(request_path(collecting), {"files": [file()]}).status_code == 404


def test_a_viewer_sends_nothing(collecting: Cast) -> None:
    client = signed_in(collecting, collecting.viewer)

    reply = client.post("/documents/", {"files": [file()]})

    assert reply.status_code == 403
    assert "Choose files" not in reply.content.decode()
    assert not Document.objects.filter(kind="customer_document").exists()
    assert incoming() == []


def test_the_list_costs_the_same_for_one_and_for_three(collecting: Cast, django_assert_num_queries) -> None:
    client = signed_in(collecting)

    def send(name: str) -> None:
        documents.upload(
            collecting.engagement.pk, kind="customer_document", upload=upload(name, name.encode()), by=collecting.owner,
            at=collecting.at,
        )  # fmt: skip

    send("a.csv")
    client.get("/documents/")
    with django_assert_num_queries(12):
        client.get("/documents/")
    send("b.csv")
    send("c.csv")
    with django_assert_num_queries(12):
        client.get("/documents/")


# --- Requests: what they say, and several files --------------------------------------------------------------------------


def asked_for(cast: Cast, code: str) -> tuple[DocumentRequest, str]:
    asked = cast.engagement.document_requests.get(code=code)
    return asked, f"/documents/requests/{asked.pk}/"


def test_a_request_says_why_what_who_and_how_large(collecting: Cast) -> None:
    _, path = asked_for(collecting, "customer_export")

    page = signed_in(collecting).get(path).content.decode()

    assert "We look for doubles and for names that the other side can&#x27;t hold" in page
    assert "CSV or XLSX. Up to 2 GB each." in page
    assert "Your bookkeeper or accountant" in page
    assert 'accept=".csv,.xlsx"' in page
    assert 'data-limit="2147483648"' in page


def test_an_example_can_be_downloaded_where_there_is_one(collecting: Cast, elsewhere: Client) -> None:
    client = signed_in(collecting)
    (_, chart), (_, invoices) = asked_for(collecting, "chart_of_accounts"), asked_for(collecting, "sample_invoices")

    example, none = client.get(f"{chart}example/"), client.get(f"{invoices}example/")

    assert example.content.startswith(b"number,name,type,active\n")
    assert example["Content-Disposition"] == 'attachment; filename="example-chart-of-accounts.csv"'
    assert (none.status_code, elsewhere.get(f"{chart}example/").status_code) == (404, 404)


def test_several_files_come_at_once_and_a_refused_one_keeps_the_others(collecting: Cast) -> None:
    asked, path = asked_for(collecting, "price_list")

    reply = signed_in(collecting).post(
        path, {"files": [file("a.csv"), file("photo.png", b"\x89PNG\r\n\x1a\n"), file("b.csv", b"x,y\n")]}
    )

    assert reply.status_code == 422
    assert "“photo.png” is not a type that is asked for here. Send CSV or XLSX." in reply.content.decode()
    assert [one.file_name for one in asked.documents.all()] == ["a.csv", "b.csv"]


def test_the_version_to_replace_is_named_by_its_link(collecting: Cast) -> None:
    asked, path = asked_for(collecting, "price_list")
    client = signed_in(collecting)
    client.post(path, {"files": [file("a.csv"), file("b.csv", b"x,y\n")]})
    first = asked.documents.get(file_name="a.csv")
    found_clean(first)
    documents.need_revision(str(first.uuid), note="Prices?", by=collecting.specialist, at=now())
    link = f"{path}?replaces={first.uuid}"

    page = client.get(link).content.decode()
    client.post(link, {"files": [file("prices.csv", b"code,price\n")], "replaces": str(first.uuid)})

    assert "Another version of a.csv" in page
    assert f'name="replaces" value="{first.uuid}"' in page
    current = asked.documents.filter(withdrawn_at=None).order_by("file_name")
    assert [(one.file_name, one.version) for one in current] == [("b.csv", 1), ("prices.csv", 2)]


def test_a_version_of_another_company_is_not_there(collecting: Cast, elsewhere: Client) -> None:
    asked, path = asked_for(collecting, "price_list")
    signed_in(collecting).post(path, {"files": [file("a.csv")]})
    theirs = journey(Step.DATA_COLLECTION, name="Fjord Ltd")
    place = f"/documents/requests/{theirs.engagement.document_requests.get(code='price_list').pk}/"

    reply = signed_in(theirs).post(place, {"files": [file("b.csv")], "replaces": str(asked.documents.get().uuid)})

    assert reply.status_code == 404
    assert not Document.objects.filter(company=theirs.company).exists()


def test_the_day_of_expiry_is_asked_where_it_belongs_and_must_be_to_come(collecting: Cast) -> None:
    asked, path = asked_for(collecting, "resale_certificate")
    client = signed_in(collecting)

    past = client.post(path, {"files": [file("c.pdf", b"%PDF-1.4")], "expires_on": "2001-01-01"})
    taken = client.post(path, {"files": [file("c.pdf", b"%PDF-1.4")], "expires_on": "2031-01-31"})

    assert (past.status_code, taken.status_code) == (422, 302)
    assert "Enter a day to come: what has expired is of no use here." in past.content.decode()
    assert str(asked.documents.get().expires_on) == "2031-01-31"
    assert 'name="expires_on"' not in client.get(request_path(collecting)).content.decode()


def test_a_request_has_a_limit_of_its_own_while_the_file_streams_in(collecting: Cast, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    (large, export), (small, prices) = asked_for(collecting, "customer_export"), asked_for(collecting, "price_list")
    content = b"a,b\n" * 300_000
    client = signed_in(collecting)

    refused, taken = (
        client.post(prices, {"files": [file("big.csv", content)]}),
        client.post(export, {"files": [file("big.csv", content)]}),
    )

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert "“big.csv” is larger than 1 MB." in refused.content.decode()
    assert (small.documents.count(), large.documents.get().size) == (0, len(content))


def test_an_overdue_request_and_what_is_no_longer_asked_for_say_so(collecting: Cast) -> None:
    overdue, path = asked_for(collecting, "price_list")
    gone, gone_path = asked_for(collecting, "sample_invoices")
    DocumentRequest.objects.filter(pk=overdue.pk).update(due_on=localdate() - timedelta(days=2))
    document_requests.withdraw(gone.pk, reason="We have them.", by=collecting.specialist, at=collecting.at)
    client = signed_in(collecting)

    listed, page, old = (client.get(one).content.decode() for one in ("/documents/", path, gone_path))

    assert ("Overdue" in listed, "Overdue" in page, "Three recent invoices" in listed) == (True, True, False)
    assert "You have completed 0 of 5" in listed
    assert ("This is no longer asked for" in old, 'id="send"' in old) == (True, False)
