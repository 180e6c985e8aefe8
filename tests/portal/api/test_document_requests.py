"""Requests, reviews, versions and pieces, as programs use them."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import document_requests
from onboarding.actors import SYSTEM, Role
from onboarding.models import Document, DocumentRequest, PartialUpload
from tests.factories import NOW, specialist
from tests.file_checks import found_clean
from tests.portal.api.conftest import bearing, opened, token_of

CSV = b"Account,Number\nSales,4000\n"
PIECE = "application/offset+octet-stream"


def post(client: Client, path: str, body: dict | None = None, **headers: str):
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def asked(engagement) -> DocumentRequest:
    return document_requests.ask(
        engagement.pk, title="Chart of accounts", file_types=["csv"], by=specialist(), at=now()
    )


@pytest.fixture
def of_it(at, asked):
    return lambda rest="": at(f"document-requests/{asked.pk}/{rest}")


def sent(client: Client, at, asked, content: bytes = CSV, **more) -> dict:
    body = {"file": ContentFile(content, name="accounts.csv"), "request": asked.pk, **more}
    reply = client.post(at("documents/"), body)
    assert reply.status_code == 201, reply.content
    return reply.json()


def test_a_specialists_program_asks_and_the_customers_reads(lead, owner, at):
    made = post(lead, at("document-requests/"), {"title": "Price list", "file_types": ["xlsx"], "limit_mb": 40})
    listed = owner.get(at("document-requests/")).json()["items"]

    assert (made.status_code, made["Location"]) == (201, made.json()["url"])
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert (listed[0]["standing"], listed[0]["limit_bytes"], listed[0]["documents"]) == ("missing", 40 * 2**20, [])


def test_the_same_key_asks_once(lead, at):
    replies = [post(lead, at("document-requests/"), {"title": "List"}, **{"Idempotency-Key": "a"}) for _ in range(2)]

    assert [reply.json()["id"] for reply in replies] == [DocumentRequest.objects.get().pk] * 2


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "title"), ({"title": "x" * 201}, "title"), ({"title": "A", "file_types": ["exe"]}, "file_types"),
     ({"title": "A", "limit_mb": 5000}, "limit_mb"), ({"title": "A", "due_on": "soon"}, "due_on"),
     ({"title": "A", "due_on": "2001-01-01"}, "due_on")],
)  # fmt: skip
def test_an_unfit_request_is_refused_by_field(lead, at, body, field):
    reply = post(lead, at("document-requests/"), body)

    assert (reply.status_code, list(reply.json()["fields"])) == (422, [field])
    assert not DocumentRequest.objects.exists()


def test_what_is_left_out_of_a_change_stays(lead, of_it, asked):
    reply = lead.patch(of_it(), json.dumps({"description": "As CSV."}), content_type="application/json")

    assert (reply.status_code, reply.json()["description"], reply.json()["file_types"]) == (200, "As CSV.", ["csv"])


def test_a_proposal_is_settled_by_a_specialist_and_opened_again(owner, lead, of_it):
    standings = [
        post(owner, of_it("not-applicable/"), {"reason": "None here."}).json()["standing"],
        post(lead, of_it("agree/")).json()["standing"],
        post(lead, of_it("reopen/"), {"note": "After all."}).json()["standing"],
        post(lead, of_it("withdraw/"), {"reason": "Known."}).json()["standing"],
    ]

    assert standings == ["not_applicable_proposed", "not_applicable", "missing", "withdrawn"]


def test_a_reminder_goes_once_a_day(lead, of_it):
    assert [post(lead, of_it("remind/"), {"text": "Soon?"}).status_code for _ in range(2)] == [200, 409]


@pytest.mark.parametrize("act", ["withdraw/", "remind/", "agree/", "reopen/"])
def test_what_specialists_do_the_customers_program_may_not(owner, of_it, asked, act):
    reply = post(owner, of_it(act), {"reason": "So", "note": "So"})

    assert (reply.status_code, reply.json()["code"]) == (403, "not_yours")
    asked.refresh_from_db()
    assert asked.is_open


def test_a_document_is_reviewed_replaced_and_all_versions_are_told(owner, lead, at, asked):
    first = sent(owner, at, asked)
    found_clean(Document.objects.get(uuid=first["uuid"]))
    post(lead, f"{first['url']}review/", {"outcome": "revision_needed", "note": "Numbers missing."})
    second = sent(owner, at, asked, CSV + b"Tax,2200\n", replaces=first["uuid"])
    found_clean(Document.objects.get(uuid=second["uuid"]))
    accepted = post(lead, f"{second['url']}review/", {"outcome": "accepted"}).json()

    versions = owner.get(f"{second['url']}versions/").json()["items"]
    standing = owner.get(at(f"document-requests/{asked.pk}/")).json()
    undone = post(lead, f"{second['url']}review/", {"outcome": "none"}).json()

    assert [(one["version"], one["review"]) for one in versions] == [(2, "accepted"), (1, "revision_needed")]
    assert (accepted["review"], undone["review"]) == ("accepted", "")
    assert (standing["standing"], standing["documents"]) == ("accepted", [second["uuid"]])


def test_an_unchecked_document_is_not_accepted(owner, lead, at, asked):
    one = sent(owner, at, asked)

    reply = post(lead, f"{one['url']}review/", {"outcome": "accepted"})

    assert (reply.status_code, reply.json()["code"]) == (409, "wrong_state")
    assert Document.objects.get().review == ""


def test_an_upload_is_taken_back(owner, at, asked):
    one = sent(owner, at, asked)

    assert post(owner, f"{one['url']}withdraw/").status_code == 200
    assert owner.get(at("documents/")).json()["items"] == []


def test_a_request_for_more_than_the_usual_takes_more_through_the_form(engagement, owner, at, settings):
    settings.UPLOAD_LIMIT_BYTES = 10
    large = document_requests.ask(engagement.pk, title="Export", limit_mb=1, by=specialist(), at=now())
    small = document_requests.ask(engagement.pk, title="Note", by=specialist(), at=now())

    sent(owner, at, large)
    refused = owner.post(at("documents/"), {"file": ContentFile(CSV, name="a.csv"), "request": small.pk})

    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert [one.request for one in Document.objects.all()] == [large]


def test_a_stranger_finds_none_of_it(owner, stranger, of_it, at, asked):
    document = sent(owner, at, asked)
    place = begin(owner, at)["Location"]

    replies = [
        stranger.get(of_it()), post(stranger, of_it("not-applicable/"), {"reason": "Mine?"}),
        stranger.get(f"{document['url']}versions/"), post(stranger, f"{document['url']}withdraw/"),
        stranger.get(place), stranger.head(place, headers={"Tus-Resumable": "1.0.0"}),
        stranger.delete(place, headers={"Tus-Resumable": "1.0.0"}),
    ]  # fmt: skip

    assert [reply.status_code for reply in replies] == [404] * len(replies)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_requests_takes_seven_queries(engagement, owner, at, asked, number, django_assert_num_queries):
    """The token, its maker's role, the engagement, the requests, their documents; the transaction's begin and end."""
    for one in range(number):
        sent(owner, at, asked, b"a,%d" % one)
        document_requests.ask(engagement.pk, title=f"List {one}", by=specialist(), at=now())

    with django_assert_num_queries(7):
        assert len(owner.get(at("document-requests/")).json()["items"]) == number + 1


# --- In pieces -----------------------------------------------------------------------------------------------------------


def begin(client: Client, at, content: bytes = CSV, **headers: str):
    name = base64.b64encode(b"accounts.csv").decode()
    told = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}
    return client.post(at("uploads/"), headers=told | headers)


def test_pieces_become_a_document_that_the_state_names(owner, at):
    made = begin(owner, at)
    piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    partly = owner.patch(made["Location"], CSV[:9], content_type=PIECE, headers=piece)
    told = owner.get(made["Location"]).json()
    done = owner.patch(made["Location"], CSV[9:], content_type=PIECE, headers=piece | {"Upload-Offset": "9"})

    document = Document.objects.get()
    assert (made.status_code, made.json()["url"], partly["Upload-Offset"]) == (201, made["Location"], "9")
    assert (told["offset"], told["state"], told["document"]) == (9, "open", None)
    assert (done.status_code, done["Upload-Document"]) == (204, str(document.uuid))
    assert document.sha256 == hashlib.sha256(CSV).hexdigest()


def test_a_key_begins_once_and_tells_where_it_stands(owner, at):
    first = begin(owner, at, **{"Idempotency-Key": "export"})
    owner.patch(
        first["Location"], CSV[:9], content_type=PIECE, headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    )

    again = begin(owner, at, **{"Idempotency-Key": "export"})

    assert (again["Location"], again["Upload-Offset"]) == (first["Location"], "9")
    assert PartialUpload.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "tus_version"),
        ({"Upload-Length": "-1"}, 400, "malformed"),
        ({"Upload-Length": str(2 * 1024**3)}, 413, "too_large"),
        ({"Upload-Metadata": "filename !"}, 400, "malformed"),
    ],
)
def test_what_will_not_do_is_a_problem_with_words(owner, at, headers, status, code):
    reply = begin(owner, at, **headers)

    assert (reply.status_code, reply.json()["code"], reply["Content-Type"]) == (
        status,
        code,
        "application/problem+json",
    )
    assert not PartialUpload.objects.exists()


def test_a_wrong_place_is_told_with_the_right_one(owner, at):
    place = begin(owner, at)["Location"]

    reply = owner.patch(place, CSV, content_type=PIECE, headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "3"})

    assert (reply.status_code, reply.json()["code"], reply["Upload-Offset"]) == (409, "stale", "0")


def test_a_token_without_the_scope_begins_nothing(engagement, at):
    reply = begin(bearing(token_of(engagement.company, Role.OWNER, "documents:read")), at)

    assert (reply.status_code, reply.json()["code"]) == (403, "scope_missing")


def test_an_upload_is_not_under_another_engagement(owner, engagement, at):
    place = begin(owner, at)["Location"]
    other = opened(company=engagement.company)

    assert owner.get(place.replace(engagement.reference, other.reference)).status_code == 404


def test_the_templates_requests_are_told_with_their_limits(engagement, owner, at):
    document_requests.open_for(engagement, by=SYSTEM, at=NOW)

    limits = {one["title"]: one["limit_bytes"] for one in owner.get(at("document-requests/")).json()["items"]}

    assert (limits["Full export of your customers"], limits["Chart of accounts"]) == (2 * 1024**3, 25 * 2**20)
