"""Whether a PDF is one of ours, as we sealed or fetched it: for the page and for programs. Nothing of the file is kept.

Two judges have to agree: the stored hash of the whole file, and the seal within it. Either alone can be deceived.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from onboarding import errors, sealing_keys
from onboarding.inspection.process import Limits
from onboarding.models import Envelope, Seal
from onboarding.queries import seals
from onboarding.rendering import seal
from onboarding.rendering.seal import Examined, KeyUnfit

UNCHANGED, CHANGED, NOT_OURS, UNDECIDED = "unchanged", "changed", "not_ours", "undecided"
ELSEWHERE = "elsewhere"  # signed at another provider, whose seal is not ours to judge: the hash alone decides
VERDICTS = (UNCHANGED, ELSEWHERE, CHANGED, NOT_OURS, UNDECIDED)
RATE = "verify"  # of settings.ACCOUNT_RATE_LIMITS: an address has one allowance for the page and for programs
BEGINNING = b"%PDF-"
LIMITS = Limits(memory_bytes=768 * 1024 * 1024, cpu_seconds=15, wall_seconds=30)
AT_ONCE = 2  # a process: each reading is a process of its own
PATIENCE_SECONDS = 4
logger = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is told of a file that is ours. `stamped_by` empty: the time is the one our own clock showed."""

    agreement: str = ""
    provider: str = ""
    envelope: str = ""
    completed_at: datetime | None = None
    sealed_at: datetime | None = None
    stamped_by: str = ""
    certificate: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Finding:
    """The answer, what it rests on, and what the file says of its seal."""

    verdict: str
    told: Examined
    sha256: str
    name: str
    known: Seal | None = None
    envelope: Envelope | None = None

    @property
    def title(self) -> str:
        """The answer in a few words."""
        return {
            UNCHANGED: _("Ours, unchanged"),
            ELSEWHERE: _("Ours, signed elsewhere, unchanged"),
            CHANGED: _("Ours, but changed after it was sealed"),
            NOT_OURS: _("Not ours"),
        }.get(self.verdict, _("We can’t say yet"))

    @property
    def meaning(self) -> str:
        """What that means for whoever holds the file."""
        provider = self.envelope.get_provider_display() if self.envelope else ""
        return {
            UNCHANGED: _("This is the very file we sealed"),
            ELSEWHERE: _("This is the very file we fetched from %(provider)s") % {"provider": provider},
            CHANGED: _("Don’t rely on this file"),
            NOT_OURS: _("No seal of ours holds this file together"),
        }.get(self.verdict, _("The file could not be looked at to its end"))

    @property
    def words(self) -> list[str]:
        """What it rests on, and what to do about it, a sentence or two each."""
        return {
            UNCHANGED: [_("Its hash is the one we stored, its seal is whole, and nothing was added since.")],
            ELSEWHERE: [_("Its hash is the one we stored. The signatures and the certificate in it are the provider’s; we "
                          "put no seal of our own over them.")],
            CHANGED: [*self.reasons, _("Ask whoever sent it for the original, or InterWeave for a copy.")],
            NOT_OURS: [*self.reasons, _("A print, a scan or a copy saved anew by another program loses the seal. Ask for "
                                        "the original file.")],
        }.get(self.verdict, [_("This is our trouble, not a judgement about the file. Send it again in a minute; if this "
                               "comes again, write to us.")])  # fmt: skip

    @property
    def facts(self) -> Facts:
        """All that may be told: what the file says of itself; of files that are not ours nothing."""
        told, known, envelope = self.told, self.known, self.envelope
        if envelope is not None:
            return Facts(
                agreement=envelope.number, provider=envelope.get_provider_display(), envelope=envelope.external_id,
                completed_at=envelope.completed_at,
            )  # fmt: skip
        if self.verdict not in {UNCHANGED, CHANGED} or not told.subject:
            return Facts()
        number = known.number if known is not None and self.verdict == UNCHANGED else ""
        return Facts(
            agreement=number, sealed_at=told.sealed_at, stamped_by=told.stamped_by, certificate=told.subject,
            serial=told.serial,
        )  # fmt: skip

    @property
    def reasons(self) -> list[str]:
        """Why it is not what we sealed, in words."""
        told = self.told
        if self.verdict == CHANGED:
            return [words for words, holds in (
                (_("It can't be read as a whole PDF any more, but our certificate stands in it."), bool(told.problem)),
                (_("What stands in it is not what was sealed."), not told.problem and not told.is_intact),
                (_("Something was added after it was sealed."), told.is_intact and not told.covers_all),
                (_("Somebody signed it again after we sealed it."), told.is_intact and not told.is_only_one),
                (_("Its bytes are not those of any file we sealed."), told.is_genuine),
            ) if holds]  # fmt: skip
        if told.has_seal:
            return [_("It carries a signature, but not one of ours.")]
        return [_("It can't be read as a PDF: it may be damaged.") if told.problem else _("It carries no seal.")]


def is_pdf(file: Any) -> bool:
    """True for a file that begins as a PDF does."""
    file.seek(0)
    return bool(file.read(len(BEGINNING)) == BEGINNING)


def no_pdf_words() -> str:
    """What to do about a file that is none."""
    return _("This is not a PDF. Choose the PDF file itself, not a picture or a copy of it.")


def look_at(file: Any) -> Finding:
    """What an uploaded PDF is (portal.uploads hashed it). WrongState while others' files are being read."""
    if envelope := seals.signed_elsewhere(file.sha256):
        return Finding(ELSEWHERE, Examined(), file.sha256, file.name or "", envelope=envelope)
    with _a_place():
        told = _examined(file)
    known = seals.known(file.sha256)
    return Finding(_verdict(told, known), told, file.sha256, file.name or "", known)


def _examined(file: Any) -> Examined:
    try:
        ours = sealing_keys.ours()
    except KeyUnfit as unfit:
        logger.warning("files can't be verified: %s", unfit.words)
        return Examined(problem="undecided")
    file.seek(0)
    return seal.examine(file.file, size=file.size, ours=ours, limits=LIMITS)


@contextmanager
def _a_place() -> Any:
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise errors.WrongState(_("Many files are being looked at just now. Send yours again in a minute."))
    try:
        yield
    finally:
        _places.release()


def _verdict(told: Examined, known: Seal | None) -> str:
    if known is not None:
        return UNCHANGED if told.is_genuine else UNDECIDED
    if told.is_ours:
        return CHANGED
    return UNDECIDED if told.problem == "undecided" else NOT_OURS
