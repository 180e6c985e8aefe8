"""Stored bytes as a stream: straight from the store, whichever it is, without a copy in memory or on this disk."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.storage import default_storage


def stream(path: str) -> IO[bytes]:
    """An open file to read once, forwards; FileNotFoundError when it is gone. The caller closes it."""
    opened: Any = default_storage.open(path)
    # An object store's own file would fetch everything first; its body comes as it is read.
    body: IO[bytes] = opened.obj.get()["Body"] if hasattr(opened, "obj") else opened
    return body
