"""Uploads are hashed and measured while they stream to disk, once, in the store's own file system."""

from __future__ import annotations

import hashlib
import os
import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.db.models import QuerySet
from django.http import HttpRequest

from onboarding.actions.receiving import in_words, limit_of
from onboarding.models import DocumentRequest

REFUSED = "upload_refused"
LIMIT = "upload_limit_bytes"  # where a view says what its address does not
FORM_BYTES = 1024 * 1024  # what the other fields of a form may take


def limit_for(request: HttpRequest) -> int:
    """How many bytes one file of this request may have, while it streams in: the action looks again, request by request.

    The page of one request for documents has that request's limit; a form that may answer any, that of the largest.
    """
    if (known := getattr(request, LIMIT, None)) is not None:
        return int(known)
    match, viewer = request.resolver_match, getattr(request, "viewer", None)
    if match is None or viewer is None:
        return settings.UPLOAD_LIMIT_BYTES
    rows = DocumentRequest.objects.visible_to(viewer).only("limit_bytes")
    if match.view_name == "customer:document_request":
        return limit_of(rows.filter(pk=match.kwargs["request_id"]).first())
    if match.view_name == "specialist:documents":
        return largest(rows.filter(engagement__reference=match.kwargs["reference"]))
    return settings.UPLOAD_LIMIT_BYTES


def largest(requests: QuerySet[DocumentRequest]) -> int:
    """The largest limit among these requests, and no less than the portal's own."""
    return max([limit_of(None), *(limit_of(one) for one in requests)])


class HashedFile(TemporaryUploadedFile):
    """An uploaded file beside the store (a rename moves it in), with its SHA-256 in hex."""

    sha256: str = ""

    def __init__(self, name: str | None, content_type: str | None, charset: str | None, extra: Any) -> None:
        folder = settings.PRIVATE_FILES_DIR / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        suffix = ".upload"
        handle = tempfile.NamedTemporaryFile(suffix=suffix, dir=folder)  # noqa: SIM115 - closed by Django
        super(TemporaryUploadedFile, self).__init__(handle, name, content_type, 0, charset, extra)


class HashingUploadHandler(FileUploadHandler):
    """One pass in 1 MiB chunks. Too large: nothing of it stays, the page says why, and the other files go on."""

    chunk_size = 1024 * 1024

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        self.limit = limit_for(self.request)
        self.is_hopeless = content_length > self.limit * settings.DATA_UPLOAD_MAX_NUMBER_FILES + FORM_BYTES
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_hopeless:  # by its declared length: answered at once, and the connection is not waited for
            self._say_too_large()
            raise StopUpload(connection_reset=True)
        self.sha256 = hashlib.sha256()
        self.received = 0
        self.incoming = HashedFile(self.file_name, self.content_type, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.limit:
            self.incoming.close()
            self._say_too_large()
            # The rest is read and dropped: a browser cut off in the middle shows a broken connection, not our words.
            raise SkipFile
        self.sha256.update(raw_data)
        self.incoming.write(raw_data)

    def _say_too_large(self) -> None:
        words = f"“{self.file_name}” is larger than {in_words(self.limit)}. Send a smaller file or split it."
        setattr(self.request, REFUSED, " ".join(filter(None, [getattr(self.request, REFUSED, ""), words])))

    def file_complete(self, file_size: int) -> HashedFile:
        self.incoming.seek(0)
        self.incoming.size = file_size
        self.incoming.sha256 = self.sha256.hexdigest()
        return self.incoming

    def upload_interrupted(self) -> None:
        """The connection was cut: the temporary file goes with its handle."""
        if hasattr(self, "incoming"):
            with_name = self.incoming.temporary_file_path()
            self.incoming.close()
            if os.path.exists(with_name):  # noqa: PTH110 - the handle usually removed it already
                os.unlink(with_name)  # noqa: PTH108
