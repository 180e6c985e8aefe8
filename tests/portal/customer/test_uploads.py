"""Files in pieces: the protocol's rules, what is refused before a byte came, and one document at the end."""

from __future__ import annotations

import hashlib
import shutil

import pytest
from django.conf import settings
from django.test import Client

from onboarding.actions import document_requests, partial_uploads
from onboarding.models import Document, Event, PartialUpload
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in
from tests.portal.customer.pieces import CSV, GIB, PIECE, begin, digest, left, offset, send, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_lies_there() -> None:
    """What other tests left: theirs did not commit."""
    shutil.rmtree(settings.PRIVATE_FILES_DIR / "incoming", ignore_errors=True)


@pytest.fixture
def client(collecting: Cast) -> Client:
    return signed_in(collecting)


@pytest.fixture
def place(client: Client) -> str:
    """The address of an upload of which nothing came yet."""
    return str(begin(client)["Location"])


def test_what_is_offered_is_said(client):
    offered = client.options("/uploads/")

    assert (offered.status_code, offered["Tus-Version"], offered["Tus-Checksum-Algorithm"]) == (
        204, "1.0.0", "sha256,sha1"
    )  # fmt: skip
    assert offered["Tus-Extension"] == "creation,creation-with-upload,termination,checksum,expiration"


def test_pieces_become_one_document_with_the_hash_of_the_whole(client, collecting, django_capture_on_commit_callbacks):
    asked = collecting.engagement.document_requests.get(code="customer_export")
    place = begin(client, request=asked.pk)["Location"]
    first, rest = CSV[:5000], CSV[5000:]

    said = send(client, place, first)
    with django_capture_on_commit_callbacks(execute=True):
        done = send(client, place, rest, at=5000)

    document = Document.objects.get()
    assert (said.status_code, said["Upload-Offset"]) == (204, "5000")
    assert (done.status_code, done["Upload-Document"]) == (204, str(document.uuid))
    assert (document.sha256, document.size) == (hashlib.sha256(CSV).hexdigest(), len(CSV))
    assert (document.request, document.created_by, document.scan) == (asked, collecting.owner.name, "pending")
    assert Event.objects.filter(kind="document.uploaded").count() == 1
    assert left() == []


def test_a_file_can_come_with_its_announcement(client, django_capture_on_commit_callbacks):
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(CSV)), "Upload-Metadata": told(filename="a.csv")}

    with django_capture_on_commit_callbacks(execute=True):
        reply = client.post("/uploads/", CSV, content_type=PIECE, headers=headers)

    assert (reply.status_code, reply["Upload-Offset"]) == (201, str(len(CSV)))
    assert Document.objects.get().sha256 == hashlib.sha256(CSV).hexdigest()


def test_an_answer_that_was_lost_is_told_again_and_nothing_happens_twice(client, place):
    send(client, place, CSV)

    asked = client.head(place, headers={"Tus-Resumable": "1.0.0"})
    repeated = send(client, place, CSV)
    at_the_end = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(len(CSV)), "Content-Type": PIECE}
    lengthless = client.patch(place, headers=at_the_end)
    empty = client.patch(place, headers=at_the_end | {"Content-Length": "0"})

    document = Document.objects.get()
    assert (asked["Upload-Offset"], asked["Upload-Document"]) == (str(len(CSV)), str(document.uuid))
    assert (repeated.status_code, repeated["Upload-Offset"]) == (409, str(len(CSV)))
    assert (lengthless.status_code, empty.status_code, empty["Upload-Document"]) == (411, 204, str(document.uuid))


def test_the_same_bytes_twice_are_one_document(client):
    for _ in range(2):
        send(client, begin(client)["Location"], CSV)

    assert Document.objects.count() == 1
    assert {one.document for one in PartialUpload.objects.all()} == {Document.objects.get()}


# --- The protocol's refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "1e9"}, 400),
        ({"Upload-Length": "9" * 31}, 400),
        ({"Upload-Length": "9" * 30}, 413),
        ({"Upload-Length": str(2 * GIB)}, 413),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Metadata": ""}, 422),
        ({"Upload-Metadata": "filename not*base64"}, 400),
        ({"Upload-Metadata": "filename /w=="}, 400),
        ({"Upload-Metadata": told(filename="a\x00.csv")}, 400),
        ({"Upload-Metadata": f"{told(filename='a.csv')},{told(filename='b.csv')}"}, 400),
        ({"Upload-Metadata": "filename " + "YWFh" * 1100}, 400),
        ({"Upload-Metadata": told(filename="run.exe")}, 422),
        ({"Upload-Metadata": told(filename="a.csv", kind="msa")}, 422),
        ({"Upload-Metadata": told(filename="a.csv", request="x")}, 422),
        ({"Upload-Metadata": told(filename="a.csv", request="999999")}, 404),
        ({"Upload-Metadata": told(filename="a.csv", expires_on="soon")}, 422),
        ({"Upload-Metadata": told(filename="a.csv", expires_on="2001-01-01")}, 422),
    ],
)
def test_an_announcement_that_will_not_do_is_refused_before_a_byte_came(client, headers, status):
    sound = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": told(filename="a.csv")}

    reply = client.post("/uploads/", headers=sound | headers)

    assert (reply.status_code, bool(reply.json()["detail"])) == (status, True)
    assert (PartialUpload.objects.count(), left()) == (0, [])


def test_each_request_has_its_own_limit(client, collecting):
    small = collecting.engagement.document_requests.get(code="chart_of_accounts")
    large = collecting.engagement.document_requests.get(code="customer_export")

    refused = begin(client, length=2 * GIB, request=small.pk)
    taken = begin(client, length=2 * GIB, request=large.pk)
    beyond = begin(client, length=2 * GIB + 1, request=large.pk)

    assert (refused.status_code, taken.status_code, beyond.status_code) == (413, 201, 413)
    assert refused.json()["detail"] == "“accounts.csv” is larger than 25 MB. Send a smaller file or split it."


def test_a_path_is_no_name(client):
    begin(client, filename="..\\..\\windows/system\u202e.csv")

    assert PartialUpload.objects.get().file_name == "system.csv"


def test_a_withdrawn_request_takes_nothing(client, collecting):
    asked = collecting.engagement.document_requests.first()
    document_requests.withdraw(asked.pk, reason="Not needed.", by=collecting.specialist, at=collecting.at)

    reply = begin(client, request=asked.pk)

    assert (reply.status_code, PartialUpload.objects.count()) == (409, 0)
    assert reply.json()["detail"] == "This request was withdrawn: nothing needs to be sent for it."


def test_so_many_uploads_may_be_under_way_and_no_more(client):
    statuses = [begin(client).status_code for _ in range(partial_uploads.MOST_OPEN + 1)]

    assert statuses == [201] * partial_uploads.MOST_OPEN + [409]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "1"}, 409),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": ""}, 400),
        ({"Tus-Resumable": ""}, 412),
        ({"Upload-Checksum": "md5 aaaa"}, 400),
        ({"Upload-Checksum": "sha256 no*base64"}, 400),
        ({"Upload-Checksum": digest(b"other bytes")}, 460),
        ({"Upload-Checksum": digest(b"other bytes", "sha1")}, 460),
    ],
)
def test_a_piece_that_will_not_do_leaves_nothing(client, place, headers, status):
    reply = send(client, place, CSV[:100], **{"at": 0} | headers)

    assert reply.status_code == status
    assert (offset(client, place), Document.objects.count()) == ("0", 0)


def test_a_piece_says_that_it_is_one(client, place):
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}

    reply = client.patch(place, CSV[:100], content_type="text/csv", headers=headers)

    assert (reply.status_code, offset(client, place)) == (415, "0")


def test_a_wrong_checksum_keeps_what_was_there(client, place):
    send(client, place, CSV[:100])

    damaged = send(client, place, CSV[100:200], at=100, **{"Upload-Checksum": digest(b"other")})
    again = send(client, place, CSV[100:200], at=100, **{"Upload-Checksum": digest(CSV[100:200], "sha1")})

    assert (damaged.status_code, again.status_code, offset(client, place)) == (460, 204, "200")


def test_a_length_that_lied_is_refused_and_nothing_is_added(client):
    place = begin(client, length=100)["Location"]

    reply = send(client, place, CSV)

    assert (reply.status_code, offset(client, place)) == (413, "0")
    assert not Document.objects.exists()


def test_what_turns_out_to_be_no_table_is_refused_for_good(client, django_capture_on_commit_callbacks):
    place = begin(client, length=4, filename="trick.pdf")["Location"]

    with django_capture_on_commit_callbacks(execute=True):
        refused = send(client, place, b"MZ\x90\x00")
    asked = client.head(place, headers={"Tus-Resumable": "1.0.0"})

    assert (refused.status_code, asked.status_code) == (422, 410)
    assert refused.json()["detail"].startswith("“trick.pdf” is not what its name says.")
    assert (Document.objects.count(), left()) == (0, [])
