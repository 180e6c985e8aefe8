"""What a file that comes in must be, and whose place it takes: the same for one form and for a hundred pieces."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.utils.timezone import localdate

from onboarding import errors, file_policy
from onboarding.library.document_requests import MEGABYTE
from onboarding.models import Document, DocumentRequest, Engagement

GIGABYTE = 1024 * MEGABYTE


def request_of(engagement: Engagement, request_id: int | None) -> DocumentRequest | None:
    """The engagement's request that a file is meant for; NotFound for another's, WrongState once it is closed."""
    if request_id is None:
        return None
    asked = DocumentRequest.objects.filter(engagement=engagement, pk=request_id).first()
    if asked is None:
        raise errors.NotFound
    if asked.withdrawn_at:
        raise errors.WrongState("This request was withdrawn: nothing needs to be sent for it.")
    if asked.is_dismissed:
        raise errors.WrongState("It was settled that this does not apply. Ask your specialist to open it again.")
    return asked


def require_fit(asked: DocumentRequest | None, *, name: str, size: int, expires_on: date | None, at: datetime) -> None:
    """Refuse what the request does not take: too large (TooLarge), another type or an expiry gone by (BadInput).

    `size` in bytes, as counted or as announced before the first byte came.
    """
    if size > (limit := limit_of(asked)):
        words = f"“{name}” is larger than {in_words(limit)}. Send a smaller file or split it."
        raise errors.TooLarge(words, fields={"file": words})
    ending = name.rpartition(".")[2].lower()
    if asked and asked.file_types and ending not in asked.file_types:
        words = f"“{name}” is not a type that is asked for here. Send {types_in_words(asked)}."
        raise errors.BadInput(words, fields={"file": words})
    if expires_on is not None:
        require_ahead(expires_on, at=at)


def require_known_type(name: str) -> None:
    """BadInput for a name whose ending no file has that we take: said before a byte came."""
    if name.rpartition(".")[2].lower() not in file_policy.CONTENT_TYPES:
        words = f"“{name}” is not a type we take. Send {file_policy.WORDS}."
        raise errors.BadInput(words, fields={"file": words})


def _shown(asked: DocumentRequest) -> list[str]:
    """The request's types as people call them, each once."""
    return list(dict.fromkeys("JPEG" if one in {"jpg", "jpeg"} else one.upper() for one in asked.file_types))


def types_in_words(asked: DocumentRequest) -> str:
    """CSV, XLSX or PDF; empty when the request takes whatever the file policy takes."""
    shown = _shown(asked)
    return " or ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def require_ahead(expires_on: date, *, at: datetime) -> None:
    """BadInput unless the day an expiry names is still to come."""
    if expires_on <= localdate(at):
        raise errors.BadInput(fields={"expires_on": "Enter a day to come: what has expired is of no use here."})


def limit_of(asked: DocumentRequest | None) -> int:
    """How many bytes one file may have: the request's own limit, else the portal's."""
    return (asked.limit_bytes if asked else None) or settings.UPLOAD_LIMIT_BYTES


def in_words(size: int) -> str:
    """A limit as people say it: 25 MB, 2 GB."""
    if size >= GIGABYTE and size % GIGABYTE == 0:
        return f"{size // GIGABYTE} GB"
    return f"{size // MEGABYTE} MB" if size >= MEGABYTE else f"{size} bytes"


def replaced_by(
    engagement: Engagement, *, kind: str, asked: DocumentRequest | None, name: str, replaces: str | None
) -> Document | None:
    """The document whose next version a file of this name is, or None: named, of the same name, or the one sent back.

    Raises NotFound for a named one that is not among this request's files, WrongState when it was replaced already.
    """
    if kind != Document.Kind.CUSTOMER_DOCUMENT:
        return None
    rows = Document.objects.filter(engagement=engagement, kind=kind, request=asked).order_by("-version", "-pk")
    if replaces:
        return _named(rows, replaces)
    if same_name := rows.filter(file_name=name).first():
        return _newest(rows, same_name)
    if asked is None:
        return None
    current = list(rows.filter(withdrawn_at=None)[:2])
    is_sent_back = len(current) == 1 and (
        current[0].review == Document.Review.REVISION_NEEDED
        or current[0].expired_at is not None
        or current[0].scan == Document.Scan.QUARANTINED
    )
    return current[0] if is_sent_back else None


def _newest(rows: models.QuerySet[Document], found: Document) -> Document:
    """The last version of the same file: it may have got another name meanwhile."""
    return (rows.filter(lineage=found.lineage).first() if found.lineage else None) or found


def _named(rows: models.QuerySet[Document], replaces: str) -> Document:
    try:
        found = rows.filter(uuid=uuid.UUID(str(replaces))).first()
    except ValueError:
        found = None
    if found is None:
        raise errors.NotFound
    if found.withdrawn_at:
        raise errors.WrongState("This version was replaced or taken back already. Read the page again.")
    return found


def settle(asked: DocumentRequest | None, replaced: Document | None, *, at: datetime) -> None:
    """What an arrived file ends at its request: the version before it, and the proposal that nothing applies here."""
    if asked and replaced and replaced.withdrawn_at is None:
        Document.objects.filter(pk=replaced.pk).update(withdrawn_at=at)
    if asked and asked.not_applicable_is_proposed:
        DocumentRequest.objects.filter(pk=asked.pk).update(
            not_applicable_at=None, not_applicable_by="", not_applicable_reason="", not_applicable_is_proposed=False
        )
