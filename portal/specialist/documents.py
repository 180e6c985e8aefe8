"""Documents of an engagement: asked for, sent, reviewed, made by workers; and one document with its bytes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from onboarding.actions import documents, file_checks
from onboarding.actors import Role
from onboarding.models import Document, DocumentRequest, Engagement, FileCheck
from portal import access, files, request_words
from portal.specialist import document_requests, fields
from portal.specialist.desk import (
    Act,
    Desk,
    EngagementForm,
    Given,
    engagement_page,
    on_row,
    serve,
    staff_page,
)

KINDS = [(kind.value, kind.label) for kind in documents.UPLOAD_KINDS]


class UploadForm(EngagementForm):
    kind = fields.choice("It is a", KINDS)
    request_id = forms.TypedChoiceField(label="Answers the request", required=False, coerce=int, empty_value=None)
    file = forms.FileField(label="File", help_text=request_words.takes(None))

    def prepare(self, engagement: Engagement) -> None:
        asked = [one for one in engagement.document_requests.all() if one.is_open]
        self.fields["request_id"].choices = [("", "None"), *((one.pk, one.title) for one in asked)]


class AcceptForm(forms.Form):
    document_uuid = fields.hidden()
    expires_on = fields.day("Good until", required=False, hint="The day the document expires on.")
    note = fields.line("Note", required=False, longest=1000)


class RevisionForm(forms.Form):
    document_uuid = fields.hidden()
    note = fields.line("What is missing?", longest=1000, hint="The customer reads this.")


class WithdrawForm(forms.Form):
    document_uuid = fields.hidden()


class OneForm(forms.Form):
    document_uuid = fields.hidden()


def _upload(given: Given) -> object:
    values = dict(given.values)
    return documents.upload(given.engagement.pk, upload=values.pop("file"), **values, by=given.by, at=given.at)


ACTS = {
    **document_requests.ACTS,
    "upload": Act(button="Upload", done="Received.", form=UploadForm, kind="secondary", call=_upload),
    "accept": Act(button="Accept", done="Accepted.", form=AcceptForm, key="document_uuid",
                  call=on_row(documents.accept, "document_uuid")),
    "need_revision": Act(button="Ask for another version", done="The customer was told why.", form=RevisionForm,
                         kind="secondary", key="document_uuid", call=on_row(documents.need_revision, "document_uuid")),
    "withdraw": Act(button="Withdraw", done="Withdrawn.", form=WithdrawForm, kind="quiet", key="document_uuid",
                    call=on_row(documents.withdraw, "document_uuid")),
    "undo_review": Act(button="Take the review back", done="It waits to be reviewed again.", form=OneForm,
                       kind="quiet", key="document_uuid", call=on_row(documents.undo_review, "document_uuid")),
    "check_again": Act(button="Check it again", done="It is checked again.", form=OneForm, kind="secondary",
                       is_always=True, key="document_uuid", call=on_row(file_checks.again, "document_uuid")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Requests with what came for each, free uploads, and what the portal made."""
    return serve(request, engagement, "specialist/documents.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    kept = desk.engagement.documents.filter(withdrawn_at=None).select_related("file_check")
    asked = desk.engagement.document_requests.prefetch_related("documents__file_check")
    free = [one for one in kept.filter(is_generated=False, request=None) if not one.is_submission]
    return {
        "requests": [_asked(desk, one) for one in asked],
        "free": [_sent(desk, one) for one in free],
        "made": [
            files.drawn(one, url_name="specialist:document") for one in kept if one.is_generated or one.is_submission
        ],
        "request_act": desk.form("request"),
        "upload": desk.form("upload"),
    }


def _asked(desk: Desk, asked: DocumentRequest) -> dict[str, Any]:
    drawn = document_requests.drawn(desk, asked)
    former = [files.drawn(one, url_name="specialist:document") for one in drawn["former"]]
    return drawn | {"documents": [_sent(desk, one, asked) for one in drawn["files"]], "former": former}


def _sent(desk: Desk, document: Document, asked: DocumentRequest | None = None) -> dict[str, Any]:
    about = {"document_uuid": str(document.uuid)}
    is_accepted = document.review == Document.Review.ACCEPTED
    is_open = document.scan == Document.Scan.CLEAN
    may_accept = is_open and not is_accepted and document.expired_at is None
    check = files.check_of(document)
    is_undecided = check is not None and check.verdict == FileCheck.Verdict.UNDECIDED
    accept = desk.form("accept", initial=about | {"expires_on": document.expires_on}) if may_accept else None
    if accept and not (asked and asked.asks_expiry):
        accept.form.fields.pop("expires_on")
    return {
        "document": document,
        "file": [files.drawn(document, url_name="specialist:document")],
        "accept": accept,
        "revise": desk.form("need_revision", initial=about) if is_open else None,
        "again": desk.form("check_again", initial=about) if is_undecided else None,
        "undo": desk.form("undo_review", initial=about) if document.review else None,
        "withdraw": None if is_accepted else desk.form("withdraw", initial=about),
    }


@staff_page
def document(request: HttpRequest, uuid: str) -> HttpResponse:
    """One document: its facts, its hash, a preview where a browser can show it."""
    found = access.get(request, Document.objects.select_related("engagement__company", "file_check"), uuid=uuid)
    context = {"engagement": found.engagement, "may_see_facts": access.viewer_of(request).has(Role.LEAD)}
    context |= files.shown(found)
    return render(request, "specialist/document.html", context)


@require_safe
@staff_page
def file(request: HttpRequest, uuid: str) -> HttpResponseBase:
    """The file itself, as a download."""
    return files.send(access.get(request, Document.objects.all(), uuid=uuid))


@require_safe
@xframe_options_sameorigin
@staff_page
def preview(request: HttpRequest, uuid: str) -> HttpResponseBase:
    """The file inside our page."""
    return files.send(access.get(request, Document.objects.all(), uuid=uuid), inline=True)
