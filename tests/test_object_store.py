"""The same files in an S3-compatible store: taken in, checked, released, sent, archived; nothing is left on this disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from django.conf import settings as configured
from django.core.files.storage import default_storage
from django.utils.timezone import now
from moto import mock_aws

from onboarding.actions import documents
from onboarding.models import Document, Engagement
from tests.factories import EngagementFactory, MemberFactory, owner
from tests.file_checks import checked
from tests.journey.cast import upload
from tests.onboarding.inspection import hostile

pytestmark = pytest.mark.django_db
BUCKET = "onboarding"


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    """The bucket of a stand-in that lives in this process (moto), and the portal set up to use it."""
    options = {
        "bucket_name": BUCKET, "region_name": "us-east-1", "access_key": "key", "secret_key": "secret",
        "default_acl": "private", "file_overwrite": False, "max_memory_size": 2 * 1024 * 1024,
    }  # fmt: skip
    with mock_aws():
        found = boto3.resource("s3", region_name="us-east-1").Bucket(BUCKET)
        found.create()
        settings.STORAGES = configured.STORAGES | {
            "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        }
        yield found


@pytest.fixture
def member(bucket: Any) -> Any:
    return MemberFactory(company=EngagementFactory(step="data_collection").company)


@pytest.fixture
def send(member: Any, django_capture_on_commit_callbacks: Any) -> Callable[..., Document]:
    engagement, by = Engagement.objects.get(company=member.company), owner(member.company)

    def sent(name: str, content: bytes) -> Document:
        file = upload(name, content)
        with django_capture_on_commit_callbacks(execute=True):
            return checked(documents.upload(engagement.pk, kind="customer_document", upload=file, by=by, at=now()))

    return sent


def keys(bucket: Any) -> list[str]:
    return [one.key for one in bucket.objects.all()]


def test_a_file_is_kept_checked_and_sent(send: Any, member: Any, client: Any, bucket: Any) -> None:
    content = b"number,name\n" + b"4000,Sales\n" * 300_000
    document = send("accounts.csv", content)
    client.force_login(member.user)

    reply = client.get(f"/documents/{document.uuid}/file/")
    page = client.get(f"/documents/{document.uuid}/").content.decode()

    assert (document.scan, keys(bucket)) == ("clean", [document.path])
    assert type(default_storage._wrapped).__name__ == "S3Storage"
    assert (b"".join(reply.streaming_content), reply["Content-Length"]) == (content, str(len(content)))
    assert "number,name\n4000,Sales" in page


def test_a_picture_takes_the_place_of_the_one_that_came(send: Any, bucket: Any) -> None:
    document = send("photo.png", hostile.picture() + hostile.archive())

    assert (document.scan, keys(bucket)) == ("clean", [document.path])
    assert b"run.exe" not in bucket.Object(document.path).get()["Body"].read()


def test_what_is_refused_is_not_kept(send: Any, bucket: Any) -> None:
    document = send("a.pdf", hostile.pdf(hostile.opening_script))

    assert (document.scan, keys(bucket)) == ("quarantined", [])


def test_all_of_them_come_in_one_archive(send: Any, member: Any, client: Any) -> None:
    send("a.csv", b"a,b\n")
    send("b.docx", word := hostile.word())
    client.force_login(member.user)

    reply = client.get("/documents/all/")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(reply.streaming_content)))
    assert (len(archive.namelist()), archive.testzip()) == (4, None)
    assert archive.read(archive.namelist()[3]) == word
