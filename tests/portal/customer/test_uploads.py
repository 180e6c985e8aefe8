"""Files in pieces: the protocol's rules, what is refused before a byte came, and one document at the end."""

from __future__ import annotations

import base64
import hashlib
import shutil
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils.timezone import now

from onboarding import errors, incoming
from onboarding.actions import document_requests, engagements, partial_uploads
from onboarding.models import Document, Event, PartialUpload
from tests.journey.cast import Cast
from tests.meanwhile import meanwhile
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db
CSV = b"number,name\n" + b"4000,Sales\n" * 1000
PIECE = "application/offset+octet-stream"
GIB = 1024**3


def told(**values: str | int) -> str:
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in values.items())


def begin(client: Client, *, length: int = len(CSV), filename: str = "accounts.csv", **more) -> HttpResponse:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(length),
        "Upload-Metadata": told(filename=filename, **more),
    }
    return client.post("/uploads/", headers=headers)


def send(client: Client, place: str, content: bytes, *, at: int = 0, **headers: str) -> HttpResponse:
    sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(at), **headers}
    return client.patch(place, content, content_type=PIECE, headers=sent)


def offset(client: Client, place: str) -> str:
    return client.head(place, headers={"Tus-Resumable": "1.0.0"})["Upload-Offset"]


def digest(content: bytes, name: str = "sha256") -> str:
    return f"{name} {base64.b64encode(hashlib.new(name, content).digest()).decode()}"


def left() -> list[str]:
    """What lies beside the store."""
    folder = settings.PRIVATE_FILES_DIR / "incoming"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


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


# --- Whose it is, and how it ends ----------------------------------------------------------------------------------------


def test_another_company_finds_no_upload(client, place, elsewhere):
    replies = [
        elsewhere.head(place, headers={"Tus-Resumable": "1.0.0"}),
        send(elsewhere, place, CSV),
        elsewhere.delete(place, headers={"Tus-Resumable": "1.0.0"}),
    ]

    assert [reply.status_code for reply in replies] == [404, 404, 404]
    assert offset(client, place) == "0"


def test_another_companys_request_is_not_there(client, elsewhere, collecting):
    asked = collecting.engagement.document_requests.first()

    assert begin(elsewhere, request=asked.pk).status_code == 404


def test_a_colleague_sees_it_and_does_not_go_on_with_it(client, place, collecting):
    colleague = signed_in(collecting, collecting.viewer)

    assert (offset(colleague, place), send(colleague, place, CSV).status_code) == ("0", 403)
    assert begin(colleague).status_code == 403


def test_a_visitor_is_sent_to_the_sign_in(place):
    reply = send(Client(), place, CSV)

    assert (reply.status_code, reply["Location"].startswith("/account/login/")) == (302, True)


def test_nothing_is_taken_without_the_pages_token(collecting):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(collecting.user(collecting.owner))

    assert begin(strict).status_code == 403
    assert not PartialUpload.objects.exists()


def test_an_upload_is_cancelled_with_its_bytes(client, place, django_capture_on_commit_callbacks):
    send(client, place, CSV[:100])
    before = left()

    with django_capture_on_commit_callbacks(execute=True):
        ended = client.delete(place, headers={"Tus-Resumable": "1.0.0"})

    assert (len(before), ended.status_code, left()) == (1, 204, [])
    assert client.head(place, headers={"Tus-Resumable": "1.0.0"}).status_code == 404


def test_a_finished_upload_is_not_cancelled(client, place):
    send(client, place, CSV)

    assert client.delete(place, headers={"Tus-Resumable": "1.0.0"}).status_code == 409
    assert Document.objects.exists()


def test_an_upload_that_finishes_while_it_is_cancelled_keeps_its_document(
    client, place, collecting, django_capture_on_commit_callbacks
):
    upload = PartialUpload.objects.get()
    send(client, place, CSV)
    PartialUpload.objects.update(state="open")

    with (
        meanwhile("onboarding_partialupload", lambda: PartialUpload.objects.update(state="done")),
        django_capture_on_commit_callbacks(execute=True) as planned,
        pytest.raises(errors.WrongState),
    ):
        partial_uploads.end(upload.uuid, by=collecting.owner, at=now())

    assert (planned, PartialUpload.objects.get().document) == ([], Document.objects.get())


def test_the_last_piece_of_an_upload_that_was_cancelled_makes_no_document(client, place, collecting):
    send(client, place, CSV[:100])
    upload = PartialUpload.objects.get()
    PartialUpload.objects.all().delete()

    with (
        closing(incoming.Arrived(upload.uuid, called="accounts.csv", sha256="0" * 64)) as file,
        pytest.raises(errors.Gone) as over,
    ):
        partial_uploads.complete(upload, file=file, by=collecting.owner, at=now())
    partial_uploads.refuse(upload, words="No table.", at=now())
    incoming.drop(upload.uuid)
    with pytest.raises(errors.Gone) as cancelled:
        incoming.Arrived(upload.uuid, called="accounts.csv", sha256="0" * 64)

    assert (over.value.words, cancelled.value.words) == ("This upload is over.", "This upload was cancelled.")
    assert (Document.objects.count(), PartialUpload.objects.count()) == (0, 0)


def test_a_network_that_knows_only_post_says_the_method_in_a_header(client, place):
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    reply = client.post(place, CSV[:100], content_type=PIECE, headers=headers)

    assert (reply.status_code, offset(client, place)) == (204, "100")


def test_what_nobody_went_on_with_is_gone_and_swept_with_its_bytes(client, place, django_capture_on_commit_callbacks):
    send(client, place, CSV[:100])
    late = now() - timedelta(days=2)
    PartialUpload.objects.update(kept_until=late)
    asked = client.head(place, headers={"Tus-Resumable": "1.0.0"})

    with django_capture_on_commit_callbacks(execute=True):
        swept = partial_uploads.give_up(at=now()), partial_uploads.give_up(at=now())
    still_told = client.head(place, headers={"Tus-Resumable": "1.0.0"})
    partial_uploads.give_up(at=now() + timedelta(days=6))

    assert (asked.status_code, swept, left(), still_told.status_code) == (410, (1, 0), [], 410)
    assert not PartialUpload.objects.exists()


def test_a_process_that_died_at_the_wrong_moment_leaves_no_trap(client, place):
    """Bytes beyond what the row counts are dropped; bytes the row counts and the disk lost are asked for again."""
    send(client, place, CSV[:100])
    upload = PartialUpload.objects.get()
    with incoming.writing(upload.uuid) as pieces:
        pieces.cut_to(100)
        pieces.write(b"half a piece")
    ahead = offset(client, place)
    with incoming.writing(upload.uuid) as pieces:
        pieces.cut_to(40)

    lost = offset(client, place)
    send(client, place, CSV[40:], at=40)

    assert (ahead, lost) == ("100", "40")
    assert Document.objects.get().sha256 == hashlib.sha256(CSV).hexdigest()


def test_while_one_request_writes_another_is_told_to_wait(client, place):
    with incoming.writing(PartialUpload.objects.get().uuid):
        reply = send(client, place, CSV)

    assert (reply.status_code, reply.json()["code"], offset(client, place)) == (409, "stale", "0")


def test_a_hold_keeps_the_pieces_and_the_upload_goes_on_afterwards(client, place, collecting):
    send(client, place, CSV[:100])
    engagements.hold(collecting.engagement.pk, reason="Summer", by=collecting.specialist, at=now())
    refused = send(client, place, CSV[100:], at=100)
    engagements.resume(collecting.engagement.pk, by=collecting.specialist, at=now())

    done = send(client, place, CSV[100:], at=100)

    assert (refused.status_code, done.status_code, Document.objects.count()) == (409, 204, 1)


def test_stray_files_are_removed_and_those_under_way_kept(client, place):
    send(client, place, CSV[:100])
    folder = settings.PRIVATE_FILES_DIR / "incoming"
    (folder / "left-behind.upload").write_bytes(b"x")

    partial_uploads.give_up(at=now() + timedelta(days=1))
    kept = len(left())
    PartialUpload.objects.update(kept_until=now() + timedelta(days=90))
    partial_uploads.give_up(at=now() + timedelta(days=3))

    assert (kept, left()) == (2, [f"{PartialUpload.objects.get().uuid}.part"])
