"""Checks of uploaded files: ordered when a file is taken in; only an explicit clean releases it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, letters, transcripts, work
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, SYSTEM, Actor
from onboarding.models import Document, Engagement, FileCheck, Meeting
from onboarding.models.base import Work

Verdict = FileCheck.Verdict
# What is known to be bad is not kept: its hash, its name and what was found are.
CONDEMNED = frozenset({Verdict.REFUSED, Verdict.INFECTED})
NOT_CLEAN_YET = {
    Document.Scan.PENDING: "“{name}” is still being checked. Try again in a moment.",
    Document.Scan.QUARANTINED: "“{name}” was not released. Nobody can open it, so there is nothing to decide about it.",
}


def order(document: Document, *, at: datetime) -> FileCheck:
    """Have a worker check a file that was just taken in. Call it where the document is saved."""
    return work.new(
        FileCheck, at=at, company_id=document.company_id, engagement_id=document.engagement_id, document=document,
        received_sha256=document.sha256, received_size=document.size,
    )  # fmt: skip


def require_clean(document: Document) -> None:
    """WrongState, in words, unless the document's file was released."""
    if words := NOT_CLEAN_YET.get(Document.Scan(document.scan)):
        raise errors.WrongState(words.format(name=document.file_name))


def require_not_condemned(document: Document) -> None:
    """BadInput for bytes that were looked at before and not released: sending them again changes nothing."""
    check = FileCheck.objects.filter(document=document, verdict__in=CONDEMNED).first()
    if check and document.scan == Document.Scan.QUARANTINED:
        words = f"“{document.file_name}” was sent before and not released. {check.words}"
        raise errors.BadInput(words, fields={"file": words})


@transaction.atomic
def release(
    check: FileCheck, *, facts: dict[str, Any], at: datetime, anew: IO[bytes] | None = None, sha256: str = "",
    size: int = 0,
) -> Document | None:  # fmt: skip
    """The file is clean: it may be downloaded, reviewed and counted. None when another worker decided meanwhile.

    `anew` with its hash and size: the image that takes the place of the one that came; the original goes.
    """
    engagement = gates.locked(check.engagement_id, SYSTEM)
    if not work.finish(check, at=at, verdict=Verdict.CLEAN, words="", facts=facts):
        return None
    document = Document.objects.get(pk=check.document_id)
    document.scan = Document.Scan.CLEAN
    if anew is None:
        _released(document, engagement, at=at)
        return document
    with _stored_anew(document, anew) as former:
        document.sha256, document.size = sha256, size
        _released(document, engagement, at=at)
        transaction.on_commit(lambda: default_storage.delete(former), robust=True)
    return document


def _released(document: Document, engagement: Engagement, *, at: datetime) -> None:
    document.save(update_fields=["scan", "path", "sha256", "size"])
    for meeting in Meeting.objects.filter(engagement=engagement, record=document):  # filed while it was being checked
        transcripts.read_file(meeting, document, at=at)
    _record("document.checked", document, engagement, at=at, is_internal=True)


@contextmanager
def _stored_anew(document: Document, anew: IO[bytes]) -> Iterator[str]:
    """Store the new bytes beside the old ones and point the document there; gone again when the block fails."""
    former = document.path
    document.path = default_storage.save(f"{former}.released", File(anew))
    try:
        yield former
    except BaseException:
        default_storage.delete(document.path)
        raise


@transaction.atomic
def quarantine(
    check: FileCheck, *, verdict: str, words: str, facts: dict[str, Any], at: datetime
) -> Document | None:  # fmt: skip
    """The file is not clean: nobody gets its bytes, both sides are told. None when another worker decided meanwhile.

    Refused and infected files are not kept; one that could not be checked is, until somebody has it checked again.
    """
    engagement = gates.locked(check.engagement_id, SYSTEM)
    is_ours = work.finish(check, at=at, verdict=verdict, words=words, facts=facts)
    return _close_off(check, engagement, verdict=verdict, words=words, at=at) if is_ours else None


@transaction.atomic
def put_off(check: FileCheck, *, problem: dict[str, Any], at: datetime) -> bool:
    """The scanner gave no answer: tried again later, or quarantined after the last try. True when tried again.

    `problem` is the catalogue's entry. Until then the file stays "being checked".
    """
    engagement = gates.locked(check.engagement_id, SYSTEM)
    if not work.holds(check):
        return False
    words = f"It could not be checked. {problem['words']}"
    if work.fail(check, at=at, problem=problem, retry=True):
        return True
    FileCheck.objects.filter(pk=check.pk).update(verdict=Verdict.UNDECIDED, words=words)
    _close_off(check, engagement, verdict=Verdict.UNDECIDED, words=words, at=at)
    return False


@transaction.atomic
def settle_given_up(check_id: int, *, at: datetime) -> Document | None:
    """A check whose worker died with it time and again (the sweep gave it up): quarantined, said so, once."""
    if (check := FileCheck.objects.filter(pk=check_id).first()) is None:
        return None
    engagement = gates.locked(check.engagement_id, SYSTEM)
    words = "It could not be checked. Our worker stopped over it, more than once."
    given_up = FileCheck.objects.filter(pk=check_id, state=Work.State.FAILED, verdict=Verdict.NONE)
    if not given_up.update(verdict=Verdict.UNDECIDED, words=words):
        return None
    return _close_off(check, engagement, verdict=Verdict.UNDECIDED, words=words, at=at)


def given_up() -> list[int]:
    """Ids of checks the sweep gave up, whose documents still read as being checked."""
    rows = FileCheck.objects.filter(state=Work.State.FAILED, verdict=Verdict.NONE)
    return list(rows.values_list("pk", flat=True))


def _close_off(check: FileCheck, engagement: Engagement, *, verdict: str, words: str, at: datetime) -> Document:
    document = Document.objects.get(pk=check.document_id)
    path, document.scan = document.path, Document.Scan.QUARANTINED
    if verdict in CONDEMNED:
        document.path = ""
        transaction.on_commit(lambda: default_storage.delete(path), robust=True)
    document.save(update_fields=["scan", "path"])
    with outbox.one_update(engagement, at=at):
        _record("document.quarantined", document, engagement, at=at, words=words)
    if document.withdrawn_at is None:
        _tell(document, engagement, check, is_condemned=verdict in CONDEMNED, words=words, at=at)
    return document


def _tell(
    document: Document, engagement: Engagement, check: FileCheck, *, is_condemned: bool, words: str, at: datetime
) -> None:
    key = f"quarantine:{document.uuid}:{check.attempts}:{at:%Y%m%d%H%M%S}"
    place = f"/documents/requests/{document.request_id}/" if document.request_id else "/documents/"
    if is_condemned and document.kind == Document.Kind.CUSTOMER_DOCUMENT:
        letters.to_customer(
            engagement, kind="document.quarantined", subject=f"Send another file instead of “{document.file_name}”",
            text=f"We did not take “{document.file_name}”, which {document.created_by} sent. {words} "
            "Nobody can open the file, and we have not kept it.",
            key=key, at=at, path=place, button="Send another file", roles=CUSTOMER_WRITERS,
        )  # fmt: skip
    end = "The customer was asked for another." if is_condemned else "Have it checked again, or ask for another."
    letters.to_specialist(
        engagement, kind="document.quarantined", subject=f"“{document.file_name}” was quarantined",
        text=f"{document.created_by} sent “{document.file_name}”. {words} {end}",
        key=key, at=at, place="documents", button="Open the documents",
    )  # fmt: skip


@transaction.atomic
def again(document_uuid: str, *, by: Actor, at: datetime) -> FileCheck:
    """Have a file checked anew that could not be checked. Raises NotFound, NotYours, WrongState."""
    try:
        check = FileCheck.objects.visible_to(by).select_related("document").get(document__uuid=document_uuid)
    except (FileCheck.DoesNotExist, ValueError, ValidationError):
        raise errors.NotFound from None
    engagement = gates.locked(check.engagement_id, by)
    if not by.has(*SPECIALISTS):
        raise errors.NotYours("Specialists have a file checked again.")
    undecided = FileCheck.objects.filter(pk=check.pk, verdict=Verdict.UNDECIDED).exclude(document__path="")
    queued = {"state": Work.State.QUEUED, "queued_at": at, "not_before": at, "finished_at": None, "attempts": 0}
    if not undecided.update(**queued, problem=None, verdict=Verdict.NONE, words=""):
        raise errors.WrongState("Only a file that could not be checked is checked again.")
    check.document.scan = Document.Scan.PENDING
    check.document.save(update_fields=["scan"])
    _record("document.check_repeated", check.document, engagement, at=at, by=by, is_internal=True)
    check.refresh_from_db()
    outbox.enqueue(check)
    return check


def _record(
    kind: str, document: Document, engagement: Engagement, *, at: datetime, by: Actor = SYSTEM,
    is_internal: bool = False, **more: str,
) -> None:  # fmt: skip
    data = {"document": str(document.uuid), "file_name": document.file_name, "sha256": document.sha256, **more}
    outbox.record(kind, engagement, by=by, at=at, data=data, is_internal=is_internal)
