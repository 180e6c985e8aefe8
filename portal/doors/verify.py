"""Anybody may ask whether a PDF is one of ours, as we sealed or fetched it. Nothing is kept, nothing told beyond it."""

from __future__ import annotations

from typing import Any

from allauth.decorators import rate_limit
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from onboarding import errors
from portal import pages, sealed_files
from portal.sealed_files import Finding

TONES = {sealed_files.UNCHANGED: "good", sealed_files.ELSEWHERE: "good", sealed_files.CHANGED: "bad"}


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The PDF"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not sealed_files.is_pdf(file):
            raise forms.ValidationError(sealed_files.no_pdf_words())
        return file


@never_cache
@transaction.non_atomic_requests
@rate_limit(action=sealed_files.RATE)
def index(request: HttpRequest) -> HttpResponse:
    """The form; under it the answer about the file that was sent."""
    form = FileForm(pages.posted(request), request.FILES or None)
    if request.method == "POST" and not pages.refused_upload(request, form) and form.is_valid():
        try:
            finding = sealed_files.look_at(form.cleaned_data["file"])
        except errors.WrongState as busy:
            setattr(request, pages.REFUSAL, busy)
        else:
            context = {"finding": finding, "tone": TONES.get(finding.verdict, "warn"), "rows": _rows(finding)}
            return pages.show(request, "doors/verified.html", context)
    return pages.show(request, "doors/verify.html", form=form)


def _rows(finding: Finding) -> list[dict[str, Any]]:
    """What is told of the file, line by line."""
    facts = finding.facts
    rows: list[dict[str, Any]] = [{"label": _("Agreement"), "value": facts.agreement}] if facts.agreement else []
    if facts.provider:
        rows += [
            {"label": _("Signed at"), "value": facts.provider},
            {"label": _("Its envelope there"), "code": facts.envelope},
            {"label": _("Completed there"), "moment": facts.completed_at},
        ]
    if facts.certificate:
        rows += [
            {"label": _("Sealed"), "moment": facts.sealed_at},
            {
                "label": _("Time stamp"),
                "value": facts.stamped_by or _("None: the time is the one our own clock showed."),
            },
            {"label": _("Sealed with the certificate"), "value": facts.certificate},
            {"label": _("Its serial number"), "code": facts.serial},
        ]
    return [
        *rows,
        {"label": _("File"), "value": finding.name},
        {"label": _("SHA-256 of the file"), "code": finding.sha256},
    ]
