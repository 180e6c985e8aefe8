from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any

from celery import shared_task
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.timezone import now

from integrations.clamav.client import Clamd, Scan
from integrations.clamav.client import Verdict as Scanned
from integrations.engine.errors import Failure, failure
from onboarding import stored
from onboarding.actions import file_checks, work
from onboarding.inspection import process
from onboarding.models import FileCheck

Verdict = FileCheck.Verdict
CHUNK = 1024 * 1024
NOT_SET_UP = "not set up"
FOUND = "It holds something harmful (“{signature}”). Look at your computer, and send a clean file."
TOO_LARGE = "It could not be checked: it is larger than our virus scanner takes."
UNREAD = "It could not be checked. {words}"


@shared_task(
    name="integrations.check_file", acks_late=True, ignore_result=True, time_limit=600, soft_time_limit=570
)  # fmt: skip
def check_file(*, check_id: int, **_: Any) -> None:
    """Look into one uploaded file and have it scanned; released when both find it clean, otherwise quarantined.

    Safe to run twice: the row is claimed. A scanner that gives no answer leaves the file "being checked" for later.
    """
    if (check := work.claim(FileCheck, check_id, at=now())) is None:
        return
    try:
        with _local(check) as source, _scratch() as anew:
            _decide(check, source, anew)
    except Failure as trouble:
        file_checks.put_off(check, problem=trouble.as_dict(), at=now())
    except Exception as bug:
        file_checks.put_off(check, problem=failure("unexpected").as_dict() | {"error": type(bug).__name__}, at=now())
        raise


@contextmanager
def _local(check: FileCheck) -> Iterator[IO[bytes]]:
    """The stored bytes as a real file: the store's own on this disk, else a copy that goes again."""
    with closing(stored.stream(check.document.path)) as file:
        if isinstance(default_storage, FileSystemStorage):
            yield file
            return
        with _scratch() as copy:
            shutil.copyfileobj(file, copy, CHUNK)
            copy.flush()
            yield copy


def _scratch() -> IO[bytes]:
    """A file without a name beside the store, where there is room; it goes with its handle."""
    folder = settings.PRIVATE_FILES_DIR / "checking"
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


def _decide(check: FileCheck, source: IO[bytes], anew: IO[bytes]) -> None:
    extension = check.document.file_name.rpartition(".")[2].lower()
    report = process.inspect(source, anew, extension=extension, size=check.received_size)
    facts: dict[str, Any] = {"structure": report.code or "clean", **report.facts}
    if report.verdict != "clean":
        verdict, words = Verdict.REFUSED, report.words
        if report.verdict == "undecided":
            verdict, words = Verdict.UNDECIDED, UNREAD.format(words=report.words)
        file_checks.quarantine(check, verdict=verdict, words=words, facts=facts, at=now())
        return
    scan = _scanned(check, source)
    if scan is None:
        facts["scanner"] = NOT_SET_UP
    else:
        facts |= {"scanner": scan.scanner, "signature": scan.signature}
    if scan is None or scan.verdict == Scanned.CLEAN:
        _release(check, report, anew, facts)
    elif scan.verdict == Scanned.FOUND:
        words = FOUND.format(signature=scan.signature[:100])
        file_checks.quarantine(check, verdict=Verdict.INFECTED, words=words, facts=facts, at=now())
    else:
        file_checks.quarantine(check, verdict=Verdict.UNDECIDED, words=TOO_LARGE, facts=facts, at=now())


def _scanned(check: FileCheck, source: IO[bytes]) -> Scan | None:
    """What the virus scanner says of the file as it came; None where none is set up."""
    if not settings.CLAMAV_URL:
        return None
    clamd = Clamd(settings.CLAMAV_URL, limit_bytes=settings.CLAMAV_LIMIT_BYTES)
    return clamd.scan(source, size=check.received_size)


def _release(check: FileCheck, report: process.Report, anew: IO[bytes], facts: dict[str, Any]) -> None:
    if not report.sha256:
        file_checks.release(check, facts=facts, at=now())
        return
    anew.seek(0)
    facts |= {"received_sha256": check.received_sha256, "released_sha256": report.sha256}
    file_checks.release(check, facts=facts, anew=anew, sha256=report.sha256, size=report.size, at=now())
