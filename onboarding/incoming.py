"""Files on their way in: pieces written beside the store, by one writer at a time, moved in by a rename at the end.

The lock is the operating system's, on the file itself: it ends with the process that holds it, however that ends.
Several web processes share the folder (a volume on several machines).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.base import File

from onboarding import errors

CHUNK_BYTES = 1024 * 1024
ENDING = ".part"


class Pieces:
    """The pieces of one file that are here, open for writing by us alone."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    @property
    def size(self) -> int:
        """How many bytes are on disk."""
        return os.fstat(self.handle).st_size

    def cut_to(self, offset: int) -> None:
        """Drop whatever lies behind `offset`, and write on from there."""
        os.ftruncate(self.handle, offset)
        os.lseek(self.handle, offset, os.SEEK_SET)

    def write(self, piece: bytes) -> None:
        """Append one piece, whole."""
        left = memoryview(piece)
        while left:
            left = left[os.write(self.handle, left) :]

    def sha256(self) -> str:
        """The hash of what is on disk, in hex; memory stays flat."""
        said, position = hashlib.sha256(), 0
        while piece := os.pread(self.handle, CHUNK_BYTES, position):
            said.update(piece)
            position += len(piece)
        return said.hexdigest()


@contextmanager
def writing(name: uuid.UUID) -> Iterator[Pieces]:
    """Hold a file on its way in; Stale while another request writes to it."""
    handle = os.open(place_of(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise errors.Stale(
                "Another request is writing to this upload. Ask for its offset and go on there."
            ) from None
        yield Pieces(handle)
    finally:
        os.close(handle)


def size_of(name: uuid.UUID) -> int:
    """How many bytes of it are on disk; none when there is no such file."""
    try:
        return place_of(name).stat().st_size
    except FileNotFoundError:
        return 0


def drop(name: uuid.UUID) -> None:
    """Remove its bytes, if any."""
    place_of(name).unlink(missing_ok=True)


def remove_strays(known: set[uuid.UUID], *, before: datetime) -> int:
    """Remove what nobody wrote to since and no row knows: left by processes that died at the wrong moment."""
    ours = {f"{name}{ENDING}" for name in known}
    old = [path for path in _folder().iterdir() if path.name not in ours and _is_older(path, before)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:  # moved into the store, or dropped, since the folder was listed
        return False


def place_of(name: uuid.UUID) -> Path:
    """Where its bytes lie."""
    return _folder() / f"{name}{ENDING}"


def _folder() -> Path:
    folder = Path(settings.PRIVATE_FILES_DIR) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Arrived(File):
    """A whole file as the documents' actions take it: named, measured, hashed.

    What the store moves away is a second link: should the transaction fail, the pieces are still here.
    """

    def __init__(self, name: uuid.UUID, *, called: str, sha256: str) -> None:
        self.link = place_of(name).with_suffix(".whole")
        self.link.unlink(missing_ok=True)
        try:
            os.link(place_of(name), self.link)
        except FileNotFoundError:
            raise errors.Gone("This upload was cancelled.") from None
        super().__init__(self.link.open("rb"), name=called)
        self.sha256 = sha256

    def temporary_file_path(self) -> str:
        """Makes Django's store move it instead of reading it."""
        return str(self.link)

    def close(self) -> None:
        """Done with it, stored or not."""
        super().close()
        self.link.unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        self.close()
