"""Uploads that resume, after the tus protocol 1.0.0: what pages and API share of it.

Creation, creation-with-upload, termination, checksum and expiration; no concatenation, no deferred length. A body is
read in pieces of 1 MiB and written beside the store; nothing waits in memory, and no transaction is open meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.http import http_date
from django.utils.timezone import now

from onboarding import errors, incoming
from onboarding.actions import partial_uploads
from onboarding.actors import Actor
from onboarding.models import PartialUpload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
PIECE_TYPE = "application/offset+octet-stream"
KEEP_EVERY = 128 * incoming.CHUNK_BYTES  # how much a killed process may lose; a line that breaks loses nothing
PATIENCE_SECONDS = 30.0  # with a sender that went silent: its thread and its lock are needed
LONGEST_METADATA = 4096
LARGEST_NUMBER = 10**18
OFFERED = {
    "Tus-Resumable": VERSION,
    "Tus-Version": VERSION,
    "Tus-Extension": EXTENSIONS,
    "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
}


class Malformed(errors.Refused):
    """A header is missing or can't be read."""

    code = "malformed"


class OtherVersion(errors.Refused):
    """The client speaks another version of the protocol."""

    code = "tus_version"
    headers = {"Tus-Version": VERSION}


class WrongType(errors.Refused):
    """The body is not declared as a piece of a file."""

    code = "unsupported_media_type"


class LengthMissing(errors.Refused):
    """The body's length is not said in advance."""

    code = "length_required"


class WrongOffset(errors.Stale):
    """The piece does not follow what is here."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"Go on at byte {offset}: that is how much is here.")
        self.headers = {"Upload-Offset": str(offset)}


class WrongChecksum(errors.Refused):
    """The piece came otherwise than it was sent; nothing of it was kept."""

    code = "checksum_mismatch"


@dataclass(frozen=True)
class Announced:
    """What a creation says about the file to come."""

    length: int
    name: str
    details: dict[str, Any]


def method_of(request: HttpRequest) -> str:
    """The method meant: a client whose network knows only POST names it in a header, as the protocol has it."""
    meant = request.headers.get("X-HTTP-Method-Override", "") if request.method == "POST" else ""
    return meant.upper() or str(request.method)


def require_version(request: HttpRequest) -> None:
    """Every request but OPTIONS says which version it speaks."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion(f"Send Tus-Resumable: {VERSION}.")


def announced(request: HttpRequest) -> Announced:
    """Length and metadata of a creation. Raises Malformed, BadInput."""
    if "Upload-Defer-Length" in request.headers:
        raise Malformed("Say the file's length in advance: Upload-Length.")
    length = _number(request, "Upload-Length")
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    details: dict[str, Any] = {}
    if kind := told.get("kind"):
        details["kind"] = kind
    if wanted := told.get("request"):
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            raise errors.BadInput(fields={"request": "Send the request's number."})
        details["request_id"] = int(wanted)
    if replaces := told.get("replaces"):
        details["replaces"] = replaces
    if expires_on := told.get("expires_on"):
        details["expires_on"] = _day(expires_on)
    if not told.get("filename", "").strip():
        raise errors.BadInput(fields={"filename": "Send the file's name in Upload-Metadata, as filename."})
    return Announced(length, told["filename"], details)


def _number(request: HttpRequest, name: str) -> int:
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdigit()) or len(given) > 30:
        raise Malformed(f"Send {name} as a number of bytes.")
    return min(int(given), LARGEST_NUMBER)


def _metadata(given: str) -> dict[str, str]:
    """`key base64,key base64,…` as text; Malformed unless it is just that."""
    if len(given) > LONGEST_METADATA:
        raise Malformed(f"Upload-Metadata is at most {LONGEST_METADATA} characters.")
    told: dict[str, str] = {}
    for pair in filter(None, (one.strip() for one in given.split(","))):
        key, _, packed = pair.partition(" ")
        try:
            value = base64.b64decode(packed, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise Malformed(f"Upload-Metadata: the value of {key[:40]!r} is not UTF-8 text in base64.") from None
        if key in told or "\x00" in value:
            raise Malformed(f"Upload-Metadata: send {key[:40]!r} once, without control characters.")
        told[key] = value
    return told


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise errors.BadInput(fields={"expires_on": "Enter a real date, like 2027-03-12."}) from None


def state(upload: PartialUpload) -> dict[str, str]:
    """The headers that tell where an upload stands; a finished one names its document."""
    told = {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(partial_uploads.offset_of(upload)),
        "Upload-Length": str(upload.length),
        "Cache-Control": "no-store",
    }
    if upload.state == PartialUpload.State.OPEN:
        told["Upload-Expires"] = http_date(upload.kept_until.timestamp())
    if upload.document:
        told["Upload-Document"] = str(upload.document.uuid)
    return told


def has_piece(request: HttpRequest) -> bool:
    """True for a creation that brings its first piece along."""
    return request.content_type == PIECE_TYPE


def take_piece(request: HttpRequest, upload_uuid: uuid.UUID, *, by: Actor, is_first: bool = False) -> PartialUpload:
    """Write the request's body behind what is here; the last piece makes the document.

    A body that is cut off keeps what came of it, unless it carries a checksum: then all of it counts or nothing.
    Raises what `partial_uploads` raises, and the refusals of this module.
    """
    if request.content_type != PIECE_TYPE:
        raise WrongType(f"Send pieces as {PIECE_TYPE}.")
    offset, length = 0 if is_first else _number(request, "Upload-Offset"), _length(request)
    checksum = _checksum(request)
    partial_uploads.own(upload_uuid, by, at=now())
    with incoming.writing(upload_uuid) as pieces:
        upload = partial_uploads.own(upload_uuid, by, at=now())  # as it is now that nobody else writes
        if offset != (here := partial_uploads.offset_of(upload)):
            raise WrongOffset(here)
        if offset + length > upload.length:
            raise errors.TooLarge(f"This piece goes beyond the {upload.length} bytes that were announced.")
        if upload.state == PartialUpload.State.DONE:
            return upload  # an empty piece at the end: asked again
        whole = _write(request, upload, pieces, offset=offset, length=length, checksum=checksum)
        if pieces.size == upload.length:
            _finish(upload, whole or pieces.sha256(), by=by)
    return upload


def _length(request: HttpRequest) -> int:
    if not request.META.get("CONTENT_LENGTH"):
        raise LengthMissing("Say the piece's length in advance: Content-Length.")
    return int(request.META["CONTENT_LENGTH"])


def _checksum(request: HttpRequest) -> tuple[Any, bytes] | None:
    """A running hash and the digest it must come to; None when none was sent."""
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    name, _, packed = given.partition(" ")
    try:
        return ALGORITHMS[name](), base64.b64decode(packed, validate=True)
    except (KeyError, binascii.Error, ValueError):
        raise Malformed(f"Send Upload-Checksum as one of {', '.join(ALGORITHMS)} and its digest in base64.") from None


def _write(
    request: HttpRequest, upload: PartialUpload, pieces: incoming.Pieces, *, offset: int, length: int,
    checksum: tuple[Any, bytes] | None,
) -> str | None:  # fmt: skip
    """The SHA-256 of the whole file in hex when it came in one go, else None. Advances the row as bytes come."""
    whole = hashlib.sha256() if offset == 0 and length == upload.length else None
    running = checksum[0] if checksum else None
    pieces.cut_to(offset)
    at = kept = offset
    try:
        for piece in _body(request):
            pieces.write(piece)
            for one in filter(None, (whole, running)):
                one.update(piece)
            at += len(piece)
            if running is None and at - kept >= KEEP_EVERY and at < upload.length:
                partial_uploads.advance(upload, to=at, at=now())
                kept = at
    finally:
        is_whole_piece = at == offset + length
        if checksum and not (is_whole_piece and hmac.compare_digest(checksum[0].digest(), checksum[1])):
            pieces.cut_to(offset)
            at = offset
        if at < upload.length and at > kept:
            partial_uploads.advance(upload, to=at, at=now())
    if checksum and length and at == offset:
        raise WrongChecksum("This piece came otherwise than it was sent. Send it again.")
    return whole.hexdigest() if whole and at == upload.length else None


def _body(request: HttpRequest) -> Iterator[bytes]:
    """The body piece by piece; ends early where the sender does."""
    if sock := request.environ.get("gunicorn.socket"):
        sock.settimeout(PATIENCE_SECONDS)
    try:
        while piece := request.read(incoming.CHUNK_BYTES):
            yield piece
    except OSError:  # cut off, or silent for too long: what came counts
        return


def _finish(upload: PartialUpload, sha256: str, *, by: Actor) -> None:
    """Make the document. A file we don't take is refused for good; whatever may pass leaves the pieces where they are."""
    try:
        with closing(incoming.Arrived(upload.uuid, called=upload.file_name, sha256=sha256)) as file:
            partial_uploads.complete(upload, file=file, by=by, at=now())
    except errors.BadInput as refusal:
        partial_uploads.refuse(upload, words=_words(refusal), at=now())
        raise


def _words(refusal: errors.BadInput) -> str:
    return " ".join(refusal.fields.values()) or refusal.words
