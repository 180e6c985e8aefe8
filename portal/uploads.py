"""Uploads are hashed and measured while they stream to disk, once, in the store's own file system."""

from __future__ import annotations

import hashlib
import os
import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

REFUSED = "upload_refused"


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

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.limit = settings.UPLOAD_LIMIT_BYTES
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
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
        megabytes = self.limit // (1024 * 1024)
        words = f"“{self.file_name}” is larger than {megabytes} MB. Send a smaller file or split it."
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
