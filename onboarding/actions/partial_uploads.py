"""Files that arrive in pieces: begun, moved on, turned into a document, given up. The pieces lie in `incoming`.

The row says how much counts, the file how much is there: the smaller of the two is the truth, so a process may die
between the write and the row. Callers hold `incoming.writing` around `at_offset` … `complete`.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction

from onboarding import errors, file_policy, incoming
from onboarding.actions import documents, gates, receiving
from onboarding.actors import Actor
from onboarding.models import Document, PartialUpload

KEPT = timedelta(days=2)  # after its last piece
TOLD = timedelta(days=7)  # how long a row still says what became of it
MOST_OPEN = 10


@transaction.atomic
def begin(
    engagement_id: int, *, name: str, length: int, by: Actor, at: datetime,
    kind: str = Document.Kind.CUSTOMER_DOCUMENT, request_id: int | None = None, replaces: str | None = None,
    expires_on: date | None = None,
) -> PartialUpload:  # fmt: skip
    """Announce a file of `length` bytes. What could never be taken is refused now, before a byte came.

    Raises NotFound, NotYours, WrongState (closed request, too many under way), BadInput, TooLarge.
    """
    if kind not in documents.UPLOAD_KINDS:
        raise errors.BadInput(fields={"kind": "This kind of document is made by the portal, not uploaded."})
    engagement = gates.writable(engagement_id, by, roles=documents.UPLOAD_KINDS[Document.Kind(kind)])
    asked = receiving.request_of(engagement, request_id)
    name = file_policy.clean_name(name)
    receiving.require_known_type(name)
    if length < 1:
        words = f"“{name}” is empty. Choose the file again."
        raise errors.BadInput(words, fields={"file": words})
    receiving.require_fit(asked, name=name, size=length, expires_on=expires_on, at=at)
    replaced = (
        receiving.replaced_by(engagement, kind=kind, asked=asked, name=name, replaces=replaces) if replaces else None
    )
    if by.user_id is None:
        raise errors.NotYours("A file arrives in pieces for a person, or a program of a person's.")
    if PartialUpload.objects.filter(user_id=by.user_id, state="open", kept_until__gt=at).count() >= MOST_OPEN:
        raise errors.WrongState(f"{MOST_OPEN} uploads of yours are under way. Finish or cancel one first.")
    return PartialUpload.objects.create(
        company_id=engagement.company_id, engagement=engagement, user_id=by.user_id, kind=kind, request=asked,
        replaces=replaced, file_name=name, length=length, expires_on=expires_on, created_at=at, kept_until=at + KEPT,
    )  # fmt: skip


def visible(upload_uuid: uuid.UUID, viewer: Actor, *, at: datetime) -> PartialUpload:
    """An upload the viewer may see. Raises NotFound, and Gone for one that was given up or refused."""
    rows = PartialUpload.objects.visible_to(viewer).select_related("document", "replaces")
    upload = rows.filter(uuid=upload_uuid).first()
    if upload is None:
        raise errors.NotFound
    if upload.state == PartialUpload.State.REFUSED:
        raise errors.Gone(upload.refusal)
    is_over = upload.state == PartialUpload.State.OPEN and upload.kept_until <= at
    if is_over or upload.state == PartialUpload.State.EXPIRED:
        raise errors.Gone("This upload was given up, as nothing came for two days. Send the file again.")
    return upload


def own(upload_uuid: uuid.UUID, viewer: Actor, *, at: datetime) -> PartialUpload:
    """The same, for who goes on with it: NotYours for one that a colleague began."""
    upload = visible(upload_uuid, viewer, at=at)
    if upload.user_id != viewer.user_id:
        raise errors.NotYours("Somebody else began this upload. Send the file yourself.")
    return upload


def offset_of(upload: PartialUpload) -> int:
    """How many bytes of it count."""
    if upload.state == PartialUpload.State.DONE:
        return upload.length
    return min(upload.offset, incoming.size_of(upload.uuid))


@transaction.atomic
def advance(upload: PartialUpload, *, to: int, at: datetime) -> None:
    """So many bytes count now; Gone when the upload was ended meanwhile."""
    mine = PartialUpload.objects.filter(pk=upload.pk, state=PartialUpload.State.OPEN)
    if not mine.update(offset=to, kept_until=at + KEPT):
        raise errors.Gone("This upload was cancelled.")
    upload.offset = to


@transaction.atomic
def complete(upload: PartialUpload, *, file: documents.Upload, by: Actor, at: datetime) -> Document:
    """All bytes are here: the file goes the way of every upload, in the transaction that says so; done once.

    Raises what `documents.upload` raises; the row is then as it was.
    """
    row = PartialUpload.objects.select_for_update().filter(pk=upload.pk).first()
    if row is None or row.state != PartialUpload.State.OPEN:
        raise errors.Gone("This upload is over.")
    replaces = str(upload.replaces.uuid) if upload.replaces else None
    document = documents.upload(
        upload.engagement_id, kind=upload.kind, upload=file, request_id=upload.request_id, replaces=replaces,
        expires_on=upload.expires_on, by=by, at=at,
    )  # fmt: skip
    upload.state, upload.offset, upload.document = PartialUpload.State.DONE, upload.length, document
    upload.kept_until = at + KEPT
    upload.save(update_fields=["state", "offset", "document", "kept_until"])
    transaction.on_commit(lambda: incoming.drop(upload.uuid))
    return document


@transaction.atomic
def refuse(upload: PartialUpload, *, words: str, at: datetime) -> None:
    """The whole file is not one we take: say why to whoever asks, keep nothing of it."""
    mine = PartialUpload.objects.filter(pk=upload.pk, state=PartialUpload.State.OPEN)
    mine.update(state=PartialUpload.State.REFUSED, refusal=words, kept_until=at + KEPT)  # none: cancelled meanwhile
    transaction.on_commit(lambda: incoming.drop(upload.uuid))


@transaction.atomic
def end(upload_uuid: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Cancel an upload: its bytes and its row go. A finished one stays, as its document does."""
    upload = own(upload_uuid, by, at=at)
    row = PartialUpload.objects.select_for_update().filter(pk=upload.pk).first()  # its last piece may be arriving
    if row is None:
        raise errors.NotFound
    if row.state == PartialUpload.State.DONE:
        raise errors.WrongState("This upload is finished. Withdraw its document instead.")
    row.delete()
    transaction.on_commit(lambda: incoming.drop(upload.uuid))


@transaction.atomic
def give_up(*, at: datetime) -> int:
    """Drop the bytes of uploads that nobody went on with, forget rows nobody asks about; returns how many expired."""
    open_rows = PartialUpload.objects.select_for_update().filter(state=PartialUpload.State.OPEN)
    late = list(open_rows.filter(kept_until__lte=at)[:500])
    PartialUpload.objects.filter(pk__in=[one.pk for one in late]).update(state=PartialUpload.State.EXPIRED)
    PartialUpload.objects.exclude(state=PartialUpload.State.OPEN).filter(kept_until__lte=at - TOLD).delete()
    known = set(PartialUpload.objects.filter(state=PartialUpload.State.OPEN).values_list("uuid", flat=True))
    known |= {one.uuid for one in late}  # theirs go only once it is written down
    for one in late:
        transaction.on_commit(partial(incoming.drop, one.uuid))
    incoming.remove_strays(known, before=at - KEPT)
    return len(late)
