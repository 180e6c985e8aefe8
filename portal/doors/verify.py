"""Anybody may ask whether a PDF is one of ours, as we sealed or fetched it. Nothing is kept, and nothing told beyond it.

Two judges have to agree: the stored hash of the whole file, and the seal within it. Either alone can be deceived.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.decorators import rate_limit
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from onboarding import errors, sealing_keys
from onboarding.inspection.process import Limits
from onboarding.models import Envelope, Seal
from onboarding.queries import seals
from onboarding.rendering import seal
from onboarding.rendering.seal import Examined, KeyUnfit
from portal import pages

UNCHANGED, CHANGED, NOT_OURS, UNDECIDED = "unchanged", "changed", "not_ours", "undecided"
ELSEWHERE = "elsewhere"  # signed at another provider, whose seal is not ours to judge: the hash alone decides
LIMITS = Limits(memory_bytes=768 * 1024 * 1024, cpu_seconds=15, wall_seconds=30)
AT_ONCE = 2  # a process: each reading is a process of its own
PATIENCE_SECONDS = 4
logger = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The PDF"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.read(5) != b"%PDF-":
            raise forms.ValidationError(
                _("This is not a PDF. Choose the PDF file itself, not a picture or a copy of it.")
            )
        return file


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


@never_cache
@transaction.non_atomic_requests
@rate_limit(action="verify")
def index(request: HttpRequest) -> HttpResponse:
    """The form; under it the answer about the file that was sent."""
    form = FileForm(pages.posted(request), request.FILES or None)
    if request.method == "POST" and not pages.refused_upload(request, form) and form.is_valid():
        try:
            finding = _looked_at(form.cleaned_data["file"])
        except errors.WrongState as busy:
            setattr(request, pages.REFUSAL, busy)
        else:
            return pages.show(request, "doors/verified.html", {"finding": finding, "rows": _rows(finding)})
    return pages.show(request, "doors/verify.html", form=form)


def _looked_at(file: Any) -> Finding:
    """WrongState while others' files are being read."""
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


def _rows(finding: Finding) -> list[dict[str, Any]]:
    """What the file says of its seal; of files that are not ours nothing but the file itself."""
    told, known = finding.told, finding.known
    rows: list[dict[str, Any]] = []
    if finding.verdict == UNCHANGED and known is not None:
        rows.append({"label": _("Agreement"), "value": known.number})
    if (envelope := finding.envelope) is not None:
        rows += [
            {"label": _("Agreement"), "value": envelope.number},
            {"label": _("Signed at"), "value": envelope.get_provider_display()},
            {"label": _("Its envelope there"), "code": envelope.external_id},
            {"label": _("Completed there"), "moment": envelope.completed_at},
        ]
    if finding.verdict in {UNCHANGED, CHANGED} and told.subject:
        rows += [
            {"label": _("Sealed"), "moment": told.sealed_at},
            {
                "label": _("Time stamp"),
                "value": told.stamped_by or _("None: the time is the one our own clock showed."),
            },
            {"label": _("Sealed with the certificate"), "value": told.subject},
            {"label": _("Its serial number"), "code": told.serial},
        ]
    return [
        *rows,
        {"label": _("File"), "value": finding.name},
        {"label": _("SHA-256 of the file"), "code": finding.sha256},
    ]
