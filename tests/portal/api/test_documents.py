"""Documents: listed, uploaded through the same policy as on the pages, downloaded as nothing but a file."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.utils.timezone import now

from onboarding.actions import document_requests, documents, file_checks, work
from onboarding.actors import SYSTEM, Role
from onboarding.models import Document, FileCheck
from tests.factories import specialist
from tests.file_checks import found_clean
from tests.portal.api.conftest import bearing, token_of

CSV = b"Account,Number\nSales,4000\n"


def sent(name: str = "accounts.csv", content: bytes = CSV) -> ContentFile:
    return ContentFile(content, name=name)


@pytest.fixture
def uploaded(owner, at) -> dict:
    response = owner.post(at("documents/"), {"file": sent()})
    assert response.status_code == 201, response.content
    assert (response.json()["scan"], response.json()["download_url"]) == ("pending", None)
    found_clean(Document.objects.get(uuid=response.json()["uuid"]))
    return {**owner.get(response["Location"]).json(), "location": response["Location"]}


def test_an_upload_is_hashed_kept_and_listed(uploaded, owner, at):
    listed = owner.get(at("documents/")).json()["items"]
    one = owner.get(uploaded["location"]).json()

    assert uploaded["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert (uploaded["file_name"], uploaded["size"], uploaded["version"]) == ("accounts.csv", len(CSV), 1)
    assert (uploaded["kind"], uploaded["created_by"], uploaded["is_ready"]) == (
        "customer_document",
        "script (API)",
        True,
    )
    assert [one["uuid"] for one in listed] == [one["uuid"]] == [uploaded["uuid"]]


def test_a_download_is_an_attachment_nobody_keeps(uploaded, owner):
    response = owner.get(uploaded["download_url"])

    assert b"".join(response.streaming_content) == CSV
    assert response["Content-Disposition"] == 'attachment; filename="accounts.csv"'
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")


def test_a_name_beyond_ascii_comes_as_the_standard_says(owner, at):
    uploaded = owner.post(at("documents/"), {"file": sent("Kontenplan – Übersicht.csv")}).json()
    found_clean(Document.objects.get())

    response = owner.get(f"{uploaded['url']}download/")

    assert b"".join(response.streaming_content) == CSV
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Kontenplan%20%E2%80%93%20%C3%9Cbersicht.csv"


def test_an_upload_answers_a_request(engagement, owner, at):
    asked = document_requests.ask(engagement.pk, title="Chart of accounts", by=specialist(), at=now())

    uploaded = owner.post(at("documents/"), {"file": sent(), "request": asked.pk}).json()
    missing = owner.post(at("documents/"), {"file": sent(), "request": asked.pk + 1})

    assert (uploaded["request"], uploaded["title"]) == (asked.pk, "Chart of accounts")
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "file"),
        ({"file": sent(content=b"")}, "file"),
        ({"file": sent("run.exe", b"MZ")}, "file"),
        ({"file": sent("plan.pdf", b"no pdf")}, "file"),
        ({"file": sent(), "kind": "msa"}, "kind"),
        ({"file": sent(), "request": "x"}, "request"),
        ({"file": "words"}, "file"),
    ],
    ids=["nothing", "empty", "a program", "not what it says", "the portal's own kind", "no number", "no file"],
)
def test_an_unfit_upload_is_refused_by_field_and_leaves_nothing(owner, at, fields, field):
    response = owner.post(at("documents/"), fields)

    assert (response.status_code, list(response.json()["fields"])) == (422, [field])
    assert not Document.objects.exists()


def test_too_large_is_said_while_it_streams(owner, at, settings):
    settings.UPLOAD_LIMIT_BYTES = 10

    response = owner.post(at("documents/"), {"file": sent()})

    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert not Document.objects.exists()


def test_a_viewers_token_uploads_nothing(engagement, at):
    response = bearing(token_of(engagement.company, Role.VIEWER)).post(at("documents/"), {"file": sent()})

    assert (response.status_code, response.json()["code"]) == (403, "not_yours")
    assert not Document.objects.exists()


def test_another_company_finds_neither_list_nor_file(uploaded, stranger):
    assert [stranger.get(uploaded[place]).status_code for place in ("location", "download_url")] == [404, 404]


def test_a_file_of_another_engagement_is_not_under_this_one(uploaded, lead):
    elsewhere = uploaded["location"].replace(uploaded["location"].split("/")[6], "IW-0000-0000")

    assert (lead.get(uploaded["location"]).status_code, lead.get(elsewhere).status_code) == (200, 404)


@pytest.mark.parametrize("spoil", [{"sha256": ""}, {"scan": "quarantined"}, {"scan": "pending"}])
def test_what_is_not_ready_is_not_downloaded(uploaded, owner, spoil):
    Document.objects.update(**spoil)

    assert owner.get(uploaded["location"]).json()["download_url"] is None
    assert owner.get(uploaded["download_url"]).status_code == 404


def test_why_a_file_is_quarantined_is_told(owner, at):
    sent_ = owner.post(at("documents/"), {"file": sent()}).json()
    check = work.claim(FileCheck, FileCheck.objects.get().pk, at=now())
    words = "It holds macros. Save it without macros and send that."
    file_checks.quarantine(check, verdict="refused", words=words, facts={}, at=now())

    told = owner.get(sent_["url"]).json()

    assert (sent_["scan_note"], told["scan"], told["scan_note"], told["download_url"]) == (
        "",
        "quarantined",
        words,
        None,
    )


def test_withdrawn_documents_are_not_listed_and_kinds_are_told_apart(uploaded, engagement, owner, at):
    documents.order(
        engagement, kind="invoice", title="Invoice", file_name="invoice.pdf", template="invoice", context={},
        by=SYSTEM, at=now(),
    )  # fmt: skip
    kinds = [one["kind"] for one in owner.get(at("documents/?kind=invoice")).json()["items"]]
    Document.objects.filter(uuid=uploaded["uuid"]).update(withdrawn_at=now())

    left = [one["kind"] for one in owner.get(at("documents/")).json()["items"]]

    assert (kinds, left) == (["invoice"], ["invoice"])


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_six_queries(owner, at, number, django_assert_num_queries):
    """The token, its maker's role, the engagement, the documents; and the transaction's begin and end."""
    for one in range(number):
        owner.post(at("documents/"), {"file": sent(content=b"a,%d" % one)})

    with django_assert_num_queries(6):
        assert len(owner.get(at("documents/")).json()["items"]) == number
