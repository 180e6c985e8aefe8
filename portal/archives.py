"""An archive written while it is sent: one file after the other, in pieces, never whole in memory or on disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from django.http import StreamingHttpResponse

from onboarding import stored
from onboarding.queries.archives import Archive, Item

CHUNK = 256 * 1024


class _Pipe:
    """What zipfile writes to; emptied after each piece."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is held here."""

    def taken(self) -> bytes:
        taken, self.written = b"".join(self.written), []
        return taken


def send(archive: Archive) -> StreamingHttpResponse:
    """The archive as a download. What it is made from was read already: this runs after the view's transaction."""
    response = StreamingHttpResponse(_pieces(archive), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{archive.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Encoding"] = "identity"  # pictures and office files are packed already
    return response


def _pieces(archive: Archive) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as made:
        for name, content in (("manifest.json", archive.manifest_json), ("manifest.txt", archive.manifest_text)):
            made.writestr(_entry(name, archive.at), content)
        for item in archive.items:
            yield from _piece_by_piece(made, pipe, item)
        yield pipe.taken()
    yield pipe.taken()  # the directory


def _piece_by_piece(made: zipfile.ZipFile, pipe: _Pipe, item: Item) -> Iterator[bytes]:
    entry = _entry(item.name, item.at)
    entry.file_size = item.size  # tells zipfile whether it needs the large format
    with closing(stored.stream(item.path)) as content, made.open(entry, "w") as part:
        while block := content.read(CHUNK):
            part.write(block)
            yield pipe.taken()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.external_attr = 0o600 << 16
    return entry
