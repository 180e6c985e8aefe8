"""Files in pieces: whose they are, and how they end."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import now

from onboarding import errors, incoming
from onboarding.actions import engagements, partial_uploads
from onboarding.models import Document, PartialUpload
from tests.journey.cast import Cast
from tests.meanwhile import meanwhile
from tests.portal.customer.conftest import signed_in
from tests.portal.customer.pieces import CSV, PIECE, begin, left, offset, send

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
