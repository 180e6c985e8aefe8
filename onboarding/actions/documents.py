"""Documents: uploaded, reviewed, and made by workers. Every version is kept with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Q

from onboarding import errors, file_policy, outbox
from onboarding.actions import file_checks, gates, messages, receiving, work
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.models import Document, DocumentRequest, Engagement, Rendering

UPLOADERS = CUSTOMER_WRITERS | SPECIALISTS
UPLOAD_KINDS = {
    Document.Kind.CUSTOMER_DOCUMENT: UPLOADERS,
    Document.Kind.MINUTES: SPECIALISTS,
    Document.Kind.TRANSCRIPT: SPECIALISTS,
}
# Read again once the engagement is locked: somebody else may have decided while we waited for it.
JUDGED = ["review", "withdrawn_at", "expired_at", "expires_on", "scan"]


class Upload(Protocol):
    """A file that was hashed while it streamed in: Django's UploadedFile with its SHA-256 in hex."""

    name: str
    size: int
    sha256: str
    file: Any


@transaction.atomic
def upload(
    engagement_id: int, *, kind: str, upload: Upload, by: Actor, at: datetime, request_id: int | None = None,
    replaces: str | None = None, expires_on: date | None = None,
) -> Document:  # fmt: skip
    """Take one file in: checked against the file policy, stored under a uuid, known by its hash.

    The hash was computed while the bytes streamed in. The same bytes for the same request are taken once. `replaces`
    names the document whose next version this is; without it the name tells, or the one file that was sent back.
    Refused files leave nothing behind. Raises NotFound, NotYours, WrongState, BadInput, TooLarge.
    """
    if kind not in UPLOAD_KINDS:
        raise errors.BadInput(fields={"kind": "This kind of document is made by the portal, not uploaded."})
    engagement = gates.writable(engagement_id, by, roles=UPLOAD_KINDS[Document.Kind(kind)])
    asked = receiving.request_of(engagement, request_id)
    name = file_policy.clean_name(upload.name)
    receiving.require_fit(asked, name=name, size=upload.size, expires_on=expires_on, at=at)
    content_type = file_policy.content_type(upload.file, name)
    came_before = Q(sha256=upload.sha256) | Q(file_check__received_sha256=upload.sha256)
    earlier = Document.objects.filter(
        came_before, engagement=engagement, kind=kind, request=asked, withdrawn_at=None, expired_at=None
    ).first()
    if earlier:
        file_checks.require_not_condemned(earlier)
        return earlier
    replaced = receiving.replaced_by(engagement, kind=kind, asked=asked, name=name, replaces=replaces)
    document = _new_version(
        engagement, kind=kind, title=asked.title if asked else name, file_name=name, request=asked, replaced=replaced,
        by=by, at=at,
    )  # fmt: skip
    document.expires_on = expires_on
    _take_in(document, upload, content_type, at=at)
    receiving.settle(asked, replaced, at=at)
    outbox.record("document.uploaded", engagement, by=by, at=at, data=_facts(document))
    return document


def take(engagement: Engagement, *, kind: str, title: str, upload: Upload, by: Actor, at: datetime) -> Document:
    """Take in a file that stands for a document of the portal's own kinds, with the engagement locked: its next version.

    Raises BadInput and TooLarge as `upload` does; who may send it, and which types, is the caller's.
    """
    name = file_policy.clean_name(upload.name)
    receiving.require_fit(None, name=name, size=upload.size, expires_on=None, at=at)
    content_type = file_policy.content_type(upload.file, name)
    document = _new_version(engagement, kind=kind, title=title, file_name=name, request=None, by=by, at=at)
    _take_in(document, upload, content_type, at=at)
    outbox.record("document.uploaded", engagement, by=by, at=at, data=_facts(document))
    return document


def _take_in(document: Document, upload: Upload, content_type: str, *, at: datetime) -> None:
    document.content_type, document.size, document.sha256 = content_type, upload.size, upload.sha256
    document.scan = Document.Scan.PENDING
    document.path = _store(document, upload)
    document.save()
    file_checks.order(document, at=at)


def _new_version(
    engagement: Engagement, *, kind: str, title: str, file_name: str, request: DocumentRequest | None, by: Actor,
    at: datetime, replaced: Document | None = None,
) -> Document:  # fmt: skip
    document = Document(
        company_id=engagement.company_id, engagement=engagement, kind=kind, title=title[:200], file_name=file_name,
        request=request, created_at=at, created_by=by.name, content_type="application/pdf",
    )  # fmt: skip
    document.version = (replaced.version if replaced else _last_version(document)) + 1
    document.lineage = replaced.lineage or replaced.uuid if replaced else document.uuid
    return document


def _last_version(document: Document) -> int:
    """What a customer sends has its own line of versions; of the other kinds there is one line."""
    if document.kind == Document.Kind.CUSTOMER_DOCUMENT:
        return 0
    same = Document.objects.filter(engagement=document.engagement, kind=document.kind)
    return same.aggregate(last=Max("version"))["last"] or 0


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
def accept(
    document_uuid: str, *, by: Actor, at: datetime, note: str = "", expires_on: date | None = None
) -> Document:  # fmt: skip
    """A specialist accepts a document as it is; where its request asks for one, with the day it expires on."""
    document = _reviewable(document_uuid, by)
    if document.withdrawn_at or document.expired_at:
        raise errors.WrongState("This version was withdrawn, replaced or has expired. Review the one in force.")
    if expires_on is not None:
        receiving.require_ahead(expires_on, at=at)
    document.expires_on = expires_on or document.expires_on
    if document.request and document.request.asks_expiry and document.expires_on is None:
        raise errors.BadInput(fields={"expires_on": "Enter the day this document expires on; it is asked for here."})
    return _review(document, Document.Review.ACCEPTED, note=note, by=by, at=at)


@transaction.atomic
def undo_review(document_uuid: str, *, by: Actor, at: datetime) -> Document:
    """A specialist takes a review back: the document waits to be looked at again."""
    document = _reviewable(document_uuid, by)
    if not document.review:
        raise errors.WrongState("This document was not reviewed yet.")
    return _review(document, Document.Review.NONE, note="", by=by, at=at)


@transaction.atomic
def need_revision(document_uuid: str, *, note: str, by: Actor, at: datetime) -> Document:
    """A specialist asks for a better version and says why; the customer is told."""
    document = _reviewable(document_uuid, by)
    if document.withdrawn_at:
        raise errors.WrongState("This version was withdrawn or replaced. Review the one in force.")
    if not note.strip():
        raise errors.BadInput(fields={"note": "Say what is missing, so that the next version can be right."})
    _review(document, Document.Review.REVISION_NEEDED, note=note.strip(), by=by, at=at)
    messages.send_to_members(
        document.engagement,
        kind="document.revision_needed",
        subject=f"“{document.title}” needs another version",
        text=f"{by.name} writes: {note.strip()}",
        key=f"revision:{document.uuid}:{at.isoformat()}",
        at=at,
        roles=CUSTOMER_WRITERS,
        path=f"/documents/requests/{document.request_id}/" if document.request_id else "/documents/",
        button="Send another version",
    )
    return document


def _reviewable(document_uuid: str, by: Actor) -> Document:
    """A document somebody sent, its engagement locked for a specialist."""
    document = visible(document_uuid, by)
    document.engagement = gates.writable(
        document.engagement_id, by, roles=SPECIALISTS, words="Only specialists review."
    )
    document.refresh_from_db(fields=JUDGED)
    if document.is_generated:
        raise errors.WrongState("This document was made by the portal; there is nothing to review.")
    if document.is_submission:
        raise errors.WrongState("This file was handed in as a questionnaire: review it there.")
    file_checks.require_clean(document)
    return document


def _review(document: Document, outcome: str, *, note: str, by: Actor, at: datetime) -> Document:
    document.review, document.review_note = outcome, note
    document.reviewed_at, document.reviewed_by = at, by.name
    document.save(update_fields=["review", "review_note", "reviewed_at", "reviewed_by", "expires_on"])
    data = _facts(document) | {"note": note}
    outbox.record(f"document.{outcome or 'review_undone'}", document.engagement, by=by, at=at, data=data)
    return document


@transaction.atomic
def withdraw(document_uuid: str, *, by: Actor, at: datetime) -> Document:
    """Take an upload back that was not accepted yet, once; its version stays in the record.

    Who may send a kind may take it back: minutes and transcripts are InterWeave's.
    """
    document = visible(document_uuid, by)
    roles = UPLOADERS if document.is_submission else UPLOAD_KINDS.get(Document.Kind(document.kind), SPECIALISTS)
    engagement = gates.writable(document.engagement_id, by, roles=roles)
    document.refresh_from_db(fields=JUDGED)
    if document.is_submission:
        raise errors.WrongState("What was handed in stays. Ask your specialist to send the questionnaire back.")
    if document.is_generated or document.review == Document.Review.ACCEPTED:
        raise errors.WrongState("An accepted document can't be withdrawn. Ask your specialist.")
    if document.withdrawn_at:
        return document
    document.withdrawn_at = at
    document.save(update_fields=["withdrawn_at"])
    outbox.record("document.withdrawn", engagement, by=by, at=at, data=_facts(document))
    return document


def visible(document_uuid: str, viewer: Actor) -> Document:
    """The document with this uuid, if the viewer may see it; NotFound otherwise."""
    try:
        return (
            Document.objects.visible_to(viewer).select_related("engagement__company", "request").get(uuid=document_uuid)
        )
    except (Document.DoesNotExist, ValueError, ValidationError):  # ValidationError: no uuid at all
        raise errors.NotFound from None


def order(
    engagement: Engagement, *, kind: str, title: str, file_name: str, template: str, context: dict[str, Any],
    by: Actor, at: datetime,
) -> Document:  # fmt: skip
    """Order a PDF from a worker: the next version of its kind, from a context frozen now. Ready once rendered."""
    document = expect(engagement, kind=kind, title=title, file_name=file_name, by=by, at=at)
    work.new(
        Rendering, at=at, company_id=engagement.company_id, engagement=engagement, document=document,
        template=template, context=context,
    )  # fmt: skip
    return document


def expect(
    engagement: Engagement, *, kind: str, title: str, file_name: str, by: Actor, at: datetime
) -> Document:  # fmt: skip
    """The next version of one of the portal's own kinds, empty until a worker fills it."""
    document = _new_version(engagement, kind=kind, title=title, file_name=file_name, request=None, by=by, at=at)
    document.is_generated = True
    document.save(force_insert=True)
    return document


def fill(document: Document, content: bytes) -> Document:
    """Store what a worker made, at the one place that is this document's, whatever a killed worker left there.

    Call it with the engagement locked, once the worker's claim has proven good.
    """
    default_storage.delete(_path(document))
    document.sha256, document.size = hashlib.sha256(content).hexdigest(), len(content)
    document.path = _store(document, ContentFile(content))
    document.save(update_fields=["sha256", "size", "path"])
    return document


def drop(document: Document, *, at: datetime) -> None:
    """Nobody will fill it any more: it leaves the lists, and what a killed worker left of it goes."""
    default_storage.delete(_path(document))
    document.withdrawn_at = at
    document.save(update_fields=["withdrawn_at"])


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
    messages.attach_made(document, at=at)
    return document


def orphans(paths: Iterable[str]) -> list[str]:
    """Of these stored paths, those that no document knows: left behind by a transaction that failed at its end."""
    known = set(Document.objects.exclude(path="").values_list("path", flat=True))
    return [path for path in paths if path not in known]
