"""Documents: requested, uploaded, reviewed, and made by workers. Every version is kept with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from onboarding import errors, file_policy, outbox
from onboarding.actions import gates, messages, work
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.models import Document, DocumentRequest, Engagement, Rendering

UPLOADERS = CUSTOMER_WRITERS | SPECIALISTS
UPLOAD_KINDS = {
    Document.Kind.CUSTOMER_DOCUMENT: UPLOADERS,
    Document.Kind.MINUTES: SPECIALISTS,
    Document.Kind.TRANSCRIPT: SPECIALISTS,
}


class Upload(Protocol):
    """A file that was hashed while it streamed in: Django's UploadedFile with its SHA-256 in hex."""

    name: str
    size: int
    sha256: str
    file: Any


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Ask for what every solution needs (on entering step II); nothing is asked for twice."""
    if engagement.document_requests.exists():
        return
    DocumentRequest.objects.bulk_create(
        _new_request(engagement, title=title, description=description, due_on=None, by=by, at=at)
        for title, description in STANDARD_REQUESTS
    )


STANDARD_REQUESTS = (
    (
        "Chart of accounts",
        "An export from your financial application: account names, numbers and types. It tells us where money goes.",
    ),
    (
        "Sample of your customer list",
        "Twenty typical records from your CRM, with the awkward ones: long names, duplicates, missing addresses.",
    ),
)


@transaction.atomic
def request(
    engagement_id: int, *, title: str, description: str, due_on: date | None, by: Actor, at: datetime
) -> DocumentRequest:
    """Ask the customer for one more document."""
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, words="Only specialists ask for documents.")
    if not title.strip():
        raise errors.BadInput(fields={"title": "Say which document you need."})
    if due_on and due_on < at.date():
        raise errors.BadInput(fields={"due_on": "Enter a date that has not passed."})
    asked = _new_request(engagement, title=title.strip(), description=description, due_on=due_on, by=by, at=at)
    asked.save(force_insert=True)
    outbox.record("document.requested", engagement, by=by, at=at, data={"request": asked.pk, "title": asked.title})
    return asked


def _new_request(
    engagement: Engagement, *, title: str, description: str, due_on: date | None, by: Actor, at: datetime
) -> DocumentRequest:
    return DocumentRequest(
        company_id=engagement.company_id, engagement=engagement, title=title[:200], description=description,
        due_on=due_on, created_at=at, created_by=by.name,
    )  # fmt: skip


@transaction.atomic
def upload(
    engagement_id: int, *, kind: str, upload: Upload, by: Actor, at: datetime, request_id: int | None = None
) -> Document:
    """Take one file in: checked against the file policy, stored under a uuid, known by its hash.

    The hash was computed while the bytes streamed in. The same bytes for the same request are taken once. Refused
    files leave nothing behind. Raises NotFound, NotYours, BadInput.
    """
    if kind not in UPLOAD_KINDS:
        raise errors.BadInput(fields={"kind": "This kind of document is made by the portal, not uploaded."})
    engagement = gates.writable(engagement_id, by, roles=UPLOAD_KINDS[Document.Kind(kind)])
    asked = _request_of(engagement, request_id)
    name = file_policy.clean_name(upload.name)
    content_type = file_policy.content_type(upload.file, name)
    earlier = Document.objects.filter(
        engagement=engagement, kind=kind, request=asked, sha256=upload.sha256, withdrawn_at=None
    ).first()
    if earlier:
        return earlier
    document = _new_version(
        engagement, kind=kind, title=asked.title if asked else name, file_name=name, request=asked, by=by, at=at
    )
    document.content_type, document.size, document.sha256 = content_type, upload.size, upload.sha256
    document.path = _store(document, upload)
    document.save()
    if asked:
        _replace_refused(asked, document, at=at)
    outbox.record("document.uploaded", engagement, by=by, at=at, data=_facts(document))
    return document


def _replace_refused(asked: DocumentRequest, document: Document, *, at: datetime) -> None:
    """A new version takes the place of those a specialist sent back; they stay in the record."""
    sent_back = asked.documents.filter(review=Document.Review.REVISION_NEEDED, withdrawn_at=None)
    sent_back.exclude(pk=document.pk).update(withdrawn_at=at)


def _request_of(engagement: Engagement, request_id: int | None) -> DocumentRequest | None:
    if request_id is None:
        return None
    asked = DocumentRequest.objects.filter(engagement=engagement, pk=request_id).first()
    if asked is None:
        raise errors.NotFound
    return asked


def _new_version(
    engagement: Engagement, *, kind: str, title: str, file_name: str, request: DocumentRequest | None, by: Actor,
    at: datetime,
) -> Document:  # fmt: skip
    same = Document.objects.filter(engagement=engagement, kind=kind, request=request)
    if kind == Document.Kind.CUSTOMER_DOCUMENT and request is None:
        same = same.filter(file_name=file_name)
    version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
    return Document(
        company_id=engagement.company_id, engagement=engagement, kind=kind, title=title[:200], version=version,
        file_name=file_name, request=request, created_at=at, created_by=by.name, content_type="application/pdf",
    )  # fmt: skip


def _path(document: Document) -> str:
    return f"{document.company_id}/{document.engagement_id}/{document.uuid}"


def _store(document: Document, content: Any) -> str:
    """Move or write the bytes under the document's uuid; removed again should the transaction fail here."""
    return default_storage.save(_path(document), content if isinstance(content, File) else File(content.file))


def _facts(document: Document) -> dict[str, Any]:
    return {
        "document": str(document.uuid),
        "kind": document.kind,
        "file_name": document.file_name,
        "version": document.version,
        "sha256": document.sha256,
        "size": document.size,
    }


@transaction.atomic
def accept(document_uuid: str, *, by: Actor, at: datetime, note: str = "") -> Document:
    """A specialist accepts a document as it is."""
    return _review(document_uuid, Document.Review.ACCEPTED, note=note, by=by, at=at)


@transaction.atomic
def need_revision(document_uuid: str, *, note: str, by: Actor, at: datetime) -> Document:
    """A specialist asks for a better version and says why; the customer is told."""
    if not note.strip():
        raise errors.BadInput(fields={"note": "Say what is missing, so that the next version can be right."})
    document = _review(document_uuid, Document.Review.REVISION_NEEDED, note=note.strip(), by=by, at=at)
    messages.send_to_members(
        document.engagement,
        kind="document.revision_needed",
        subject=f"“{document.title}” needs another version",
        text=f"{by.name} writes: {note.strip()}",
        key=f"revision:{document.uuid}",
        at=at,
        roles=CUSTOMER_WRITERS,
        path="/documents/",
        button="Send another version",
    )
    return document


def _review(document_uuid: str, outcome: str, *, note: str, by: Actor, at: datetime) -> Document:
    document = visible(document_uuid, by)
    engagement = gates.writable(document.engagement_id, by, roles=SPECIALISTS, words="Only specialists review.")
    if document.is_generated:
        raise errors.WrongState("This document was made by the portal; there is nothing to review.")
    document.review, document.review_note = outcome, note
    document.reviewed_at, document.reviewed_by = at, by.name
    document.save(update_fields=["review", "review_note", "reviewed_at", "reviewed_by"])
    outbox.record(f"document.{outcome}", engagement, by=by, at=at, data=_facts(document) | {"note": note})
    return document


@transaction.atomic
def withdraw(document_uuid: str, *, by: Actor, at: datetime) -> Document:
    """Take an upload back that was not accepted yet; its version stays in the record."""
    document = visible(document_uuid, by)
    engagement = gates.writable(document.engagement_id, by, roles=UPLOADERS)
    if document.is_generated or document.review == Document.Review.ACCEPTED:
        raise errors.WrongState("An accepted document can't be withdrawn. Ask your specialist.")
    document.withdrawn_at = document.withdrawn_at or at
    document.save(update_fields=["withdrawn_at"])
    outbox.record("document.withdrawn", engagement, by=by, at=at, data=_facts(document))
    return document


@transaction.atomic
def declare_not_applicable(request_id: int, *, reason: str, by: Actor, at: datetime) -> DocumentRequest:
    """A request does not apply to this customer; says why. Both sides may declare it, both see it."""
    asked = DocumentRequest.objects.visible_to(by).filter(pk=request_id).first()
    if asked is None:
        raise errors.NotFound
    engagement = gates.writable(asked.engagement_id, by, roles=UPLOADERS)
    reason = gates.said(reason, words="Say why this document does not apply.")
    asked.not_applicable_at, asked.not_applicable_by = at, by.name
    asked.not_applicable_reason = reason
    asked.save(update_fields=["not_applicable_at", "not_applicable_by", "not_applicable_reason"])
    data = {"request": asked.pk, "title": asked.title, "reason": asked.not_applicable_reason}
    outbox.record("document.not_applicable", engagement, by=by, at=at, data=data)
    return asked


def visible(document_uuid: str, viewer: Actor) -> Document:
    """The document with this uuid, if the viewer may see it; NotFound otherwise."""
    try:
        return Document.objects.visible_to(viewer).select_related("engagement__company").get(uuid=document_uuid)
    except (Document.DoesNotExist, ValueError, ValidationError):  # ValidationError: no uuid at all
        raise errors.NotFound from None


def order(
    engagement: Engagement, *, kind: str, title: str, file_name: str, template: str, context: dict[str, Any],
    by: Actor, at: datetime,
) -> Document:  # fmt: skip
    """Order a PDF from a worker: the next version of its kind, from a context frozen now. Ready once rendered."""
    document = _new_version(engagement, kind=kind, title=title, file_name=file_name, request=None, by=by, at=at)
    document.is_generated = True
    document.save(force_insert=True)
    work.new(
        Rendering, at=at, company_id=engagement.company_id, engagement=engagement, document=document,
        template=template, context=context,
    )  # fmt: skip
    return document


@transaction.atomic
def complete_rendering(rendering: Rendering, *, pdf: bytes, by: Actor, at: datetime) -> Document | None:
    """Store what a worker rendered, once: None when another worker finished this row meanwhile."""
    engagement = gates.locked(rendering.engagement_id, by)
    if not work.finish(rendering, at=at):
        return None
    document = rendering.document
    document.sha256, document.size = hashlib.sha256(pdf).hexdigest(), len(pdf)
    document.path = _store(document, ContentFile(pdf))
    document.save(update_fields=["sha256", "size", "path"])
    with outbox.one_update(engagement, at=at):
        outbox.record("document.rendered", engagement, by=by, at=at, data=_facts(document))
    return document


def orphans(paths: Iterable[str]) -> list[str]:
    """Of these stored paths, those that no document knows: left behind by a transaction that failed at its end."""
    known = set(Document.objects.exclude(path="").values_list("path", flat=True))
    return [path for path in paths if path not in known]
