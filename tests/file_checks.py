"""Uploads wait for their check: done here without a child where a test is about something else."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import now

from integrations import tasks
from onboarding.actions import file_checks, work
from onboarding.models import Document, FileCheck


def found_clean(document: Document, *, at: datetime | None = None) -> Document:
    """As a worker found it: released, the document as it is now."""
    check = work.claim(FileCheck, FileCheck.objects.get(document=document).pk, at=at or now())
    assert check is not None
    released = file_checks.release(check, facts={"structure": "clean", "scanner": "not set up"}, at=at or now())
    assert released is not None
    document.refresh_from_db()
    return document


def left_undecided(document: Document, *, at: datetime) -> None:
    """As a worker leaves it that could not look into it."""
    check = work.claim(FileCheck, FileCheck.objects.get(document=document).pk, at=at)
    assert check is not None
    words = "It could not be checked."
    file_checks.quarantine(check, verdict=FileCheck.Verdict.UNDECIDED, words=words, facts={}, at=at)


def all_found_clean(*, at: datetime | None = None) -> None:
    """Every file that still waits for its check."""
    for check in FileCheck.objects.filter(state="queued").select_related("document"):
        found_clean(check.document, at=at)


def checked(document: Document) -> Document:
    """The check done for real, as a worker does it: in a child process."""
    tasks.check_file(check_id=FileCheck.objects.get(document=document).pk)
    document.refresh_from_db()
    return document
