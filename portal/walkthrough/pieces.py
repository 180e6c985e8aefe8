"""A large file sent by the company's own program: in pieces, over a line that breaks once (the tus protocol)."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import httpx

from portal.walkthrough.browser import Failed
from portal.walkthrough.story import Story

PIECE_BYTES = 256 * 1024


def send(story: Story, file: Path, *, request: str) -> str:
    """Send it for a request, forget after the first piece how far it came, ask, and go on; the document's uuid."""
    content = file.read_bytes()
    told = {"filename": file.name, "request": request}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    headers = {"Authorization": f"Bearer {story.token}", "Tus-Resumable": "1.0.0"}
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as program:
        root = f"{story.base_url}/api/v1/engagements/{story.reference}/uploads/"
        announced = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        place = _answered(program.post(root, headers=announced), 201)["Location"]
        _piece(program, place, content, at=0)
        at = int(_answered(program.head(place), 200)["Upload-Offset"])
        while at < len(content):
            at = _piece(program, place, content, at=at)
        return str(_answered(program.head(place), 200)["Upload-Document"])


def _piece(program: httpx.Client, place: str, content: bytes, *, at: int) -> int:
    piece = content[at : at + PIECE_BYTES]
    digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    headers = {
        "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(at), "Upload-Checksum": f"sha256 {digest}",
    }  # fmt: skip
    return int(_answered(program.patch(place, content=piece, headers=headers), 204)["Upload-Offset"])


def _answered(answer: httpx.Response, status: int) -> httpx.Headers:
    if answer.status_code != status:
        raise Failed(f"{answer.request.method} {answer.url} answered {answer.status_code}: {answer.text[:300]}")
    return answer.headers
