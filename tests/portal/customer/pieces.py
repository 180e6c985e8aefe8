"""Files in pieces, sent as a browser's script or a program sends them."""

from __future__ import annotations

import base64
import hashlib

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

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
