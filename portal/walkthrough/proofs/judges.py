"""Who judges a file: other people's programs where they are installed, pyHanko's own validation, our verify page."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from onboarding import sealing_keys
from portal.walkthrough.browser import PATIENCE_SECONDS, Browser, Failed

IDS = ("pdfaid:part>3<", "pdfaid:conformance>A<", "pdfuaid:part>1<")  # PDF/A-3a that is PDF/UA-1 too
TOO_MANY = 429
LOOK_AGAIN_SECONDS = 5.0
ONE_SIGNATURE = "Signature #2"


@dataclass(frozen=True)
class Verdict:
    """What one judge says; `accepts` is None where it could not be asked, which is no yes."""

    judge: str
    accepts: bool | None
    words: str

    def told(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def ran(program: str, *options: str, content: bytes) -> str | None:
    """What a program says of a file, errors too; None where it is not installed."""
    path = shutil.which(program)
    if path is None:
        return None
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file.pdf"
        file.write_bytes(content)
        done = subprocess.run([path, *options, file], capture_output=True, check=False, timeout=60)  # noqa: S603 - ours
    return (done.stdout + done.stderr).decode(errors="replace")


def _absent(program: str) -> Verdict:
    return Verdict(program, None, f"not checked: {program} is not installed")


def pdfsig(content: bytes) -> Verdict:
    """Poppler's: one signature, valid, over the whole file. Whom it trusts is not asked: it knows browsers' roots."""
    told = ran("pdfsig", "-nocert", content=content)
    if told is None:
        return _absent("pdfsig")
    wanted = ("Signature is Valid.", "Total document signed")
    missing = [words for words in wanted if words not in told or ONE_SIGNATURE in told]
    return Verdict("pdfsig", not missing, "valid, total document signed" if not missing else f"lacks: {missing[0]}")


def pyhanko(content: bytes) -> Verdict:
    """PyHanko's: one signature by our own certificate, its time stamp by a trusted root, over all of the file."""
    try:
        (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
        trusted = ValidationContext(
            trust_roots=[*sealing_keys.ours(), *sealing_keys.roots()], allow_fetching=False
        )  # fmt: skip
        # It wants a loop of its own; a browser's may run in this thread.
        with _without_its_log(), ThreadPoolExecutor(max_workers=1) as own:
            status = own.submit(validate_pdf_signature, signature, trusted, ts_validation_context=trusted).result()
    except Exception as refusal:  # noqa: BLE001 - the library raises whatever a changed file makes it raise
        return Verdict("pyHanko", False, f"{type(refusal).__name__}: {refusal}"[:120])
    return Verdict("pyHanko", status.bottom_line and _is_whole(status), _in_words(status))


def _is_whole(status: PdfSignatureStatus) -> bool:
    return status.coverage is not None and status.coverage.name == "ENTIRE_FILE"


def _in_words(status: PdfSignatureStatus) -> str:
    if not status.bottom_line:
        return "not valid"
    if not _is_whole(status):
        return "valid, but something stands behind it"
    stamp = status.timestamp_validity
    return f"valid and trusted over the entire file, {'time-stamped' if stamp and stamp.trusted else 'no time stamp'}"


@contextmanager
def _without_its_log() -> Iterator[None]:
    """It writes a traceback for each change it finds; here that is what is wanted."""
    logger = logging.getLogger("pyhanko")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def qpdf(content: bytes) -> Verdict:
    """The file's syntax and streams."""
    told = ran("qpdf", "--check", content=content)
    if told is None:
        return _absent("qpdf")
    is_clean = "No syntax or stream encoding errors found" in told and "WARNING" not in told
    return Verdict("qpdf", is_clean, "no errors found" if is_clean else told.strip().splitlines()[-1][:120])


def exempi(content: bytes) -> Verdict:
    """The ids of PDF/A-3a and PDF/UA-1, as another reader of XMP finds them."""
    told = ran("exempi", "-x", content=content)
    if told is None:
        return _absent("exempi")
    missing = [one.rstrip("<") for one in IDS if one not in told]
    return Verdict("exempi", not missing, "PDF/A-3a, PDF/UA-1" if not missing else f"no {missing[0]} in its metadata")


class VerifyPage:
    """Our public page, as a stranger's browser asks it: its heading is the verdict."""

    name = "verify page"

    def __init__(self, browser: Browser, papers: Path) -> None:
        self.browser, self.file = browser, papers / "to-verify.pdf"
        self.form = browser.open("/verify/")

    def __call__(self, content: bytes, *, wanted: str) -> Verdict:
        """`wanted`: the heading of a file that is as it was sealed."""
        self.file.write_bytes(content)
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.browser.page = self.form  # back to the form, for the next file
            try:
                words = self.browser.answer(files=[("file", self.file)]).find(r"<h1[^>]*>([^<]+)</h1>").strip()
                return Verdict(self.name, words == wanted, words)
            except Failed:
                if self.browser.page.status != TOO_MANY or time.monotonic() > give_up:
                    raise
                time.sleep(LOOK_AGAIN_SECONDS)
