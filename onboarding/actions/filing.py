"""Records that the portal writes itself, at once and without a worker: kept as a document, with their hash."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Max

from onboarding.actors import Actor
from onboarding.models import Document, Engagement


def keep(
    engagement: Engagement, *, kind: str, title: str, file_name: str, content_type: str, content: bytes, by: Actor,
    at: datetime,
) -> Document:  # fmt: skip
    """Store the content as the next version of its kind, with the engagement locked. What we wrote needs no scan."""
    last = Document.objects.filter(engagement=engagement, kind=kind).aggregate(last=Max("version"))["last"] or 0
    document = Document(
        company_id=engagement.company_id, engagement=engagement, kind=kind, title=title[:200], version=last + 1,
        file_name=file_name, content_type=content_type, size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        scan=Document.Scan.CLEAN, is_generated=True, created_at=at, created_by=by.name,
    )  # fmt: skip
    path = f"{document.company_id}/{document.engagement_id}/{document.uuid}"
    document.path = default_storage.save(path, ContentFile(content))
    document.save(force_insert=True)
    return document


def text_of(document: Document, *, most_bytes: int) -> str:
    """The words of a stored text file; empty when it is larger, or no UTF-8 text after all."""
    if document.size > most_bytes:
        return ""
    with default_storage.open(document.path) as file:
        content: bytes = file.read(most_bytes + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
