"""Documents of an engagement: asked for, sent, reviewed, made by workers; and one document with its bytes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from onboarding import file_policy
from onboarding.actions import document_requests, documents
from onboarding.models import Document, DocumentRequest, Engagement
from portal import access, files
from portal.specialist import fields
from portal.specialist.desk import (
    Act,
    Desk,
    EngagementForm,
    Given,
    engagement_page,
    on_engagement,
    on_row,
    serve,
    staff_page,
)

KINDS = [(kind.value, kind.label) for kind in documents.UPLOAD_KINDS]


class RequestForm(forms.Form):
    title = fields.line("Which document?")
    description = fields.text("What should be in it?", required=False)
    due_on = fields.day("Due", required=False)


class UploadForm(EngagementForm):
    kind = fields.choice("It is a", KINDS)
    request_id = forms.TypedChoiceField(label="Answers the request", required=False, coerce=int, empty_value=None)
    file = forms.FileField(label="File", help_text=f"{file_policy.WORDS}. Up to 25 MB.")

    def prepare(self, engagement: Engagement) -> None:
        asked = engagement.document_requests.all()
        self.fields["request_id"].choices = [("", "None"), *((one.pk, one.title) for one in asked)]


class AcceptForm(forms.Form):
    document_uuid = fields.hidden()
    note = fields.line("Note", required=False, longest=1000)


class RevisionForm(forms.Form):
    document_uuid = fields.hidden()
    note = fields.line("What is missing?", longest=1000, hint="The customer reads this.")


class WithdrawForm(forms.Form):
    document_uuid = fields.hidden()


class NotApplicableForm(forms.Form):
    request_id = fields.row_id()
    reason = fields.line("Why does it not apply?", longest=500)


def _upload(given: Given) -> object:
    values = dict(given.values)
    return documents.upload(given.engagement.pk, upload=values.pop("file"), **values, by=given.by, at=given.at)


ACTS = {
    "request": Act(button="Ask for it", done="The customer finds the request among its documents.", form=RequestForm,
                   kind="secondary", call=on_engagement(document_requests.ask)),
    "upload": Act(button="Upload", done="Received.", form=UploadForm, kind="secondary", call=_upload),
    "accept": Act(button="Accept", done="Accepted.", form=AcceptForm, key="document_uuid",
                  call=on_row(documents.accept, "document_uuid")),
    "need_revision": Act(button="Ask for another version", done="The customer was told why.", form=RevisionForm,
                         kind="secondary", key="document_uuid", call=on_row(documents.need_revision, "document_uuid")),
    "withdraw": Act(button="Withdraw", done="Withdrawn.", form=WithdrawForm, kind="quiet", key="document_uuid",
                    call=on_row(documents.withdraw, "document_uuid")),
    "declare_not_applicable": Act(button="It does not apply", done="Noted, for both sides to see.",
                                  form=NotApplicableForm, kind="secondary", key="request_id",
                                  call=on_row(document_requests.declare_not_applicable, "request_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Requests with what came for each, free uploads, and what the portal made."""
    return serve(request, engagement, "specialist/documents.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    kept = desk.engagement.documents.filter(withdrawn_at=None)
    given = list(kept.filter(is_generated=False))
    return {
        "requests": [_asked(desk, one, given) for one in desk.engagement.document_requests.all()],
        "free": [_sent(desk, one) for one in given if one.request_id is None],
        "made": [files.drawn(one, url_name="specialist:document") for one in kept.filter(is_generated=True)],
        "request_act": desk.form("request"),
        "upload": desk.form("upload"),
    }


def _asked(desk: Desk, asked: DocumentRequest, given: list[Document]) -> dict[str, Any]:
    is_open = asked.not_applicable_at is None
    return {
        "request": asked,
        "documents": [_sent(desk, one) for one in given if one.request_id == asked.pk],
        "dismiss": desk.form("declare_not_applicable", initial={"request_id": asked.pk}) if is_open else None,
    }


def _sent(desk: Desk, document: Document) -> dict[str, Any]:
    about = {"document_uuid": str(document.uuid)}
    is_accepted = document.review == Document.Review.ACCEPTED
    return {
        "document": document,
        "file": [files.drawn(document, url_name="specialist:document")],
        "accept": None if is_accepted else desk.form("accept", initial=about),
        "revise": desk.form("need_revision", initial=about),
        "withdraw": None if is_accepted else desk.form("withdraw", initial=about),
    }


@staff_page
def document(request: HttpRequest, uuid: str) -> HttpResponse:
    """One document: its facts, its hash, a preview where a browser can show it."""
    found = access.get(request, Document.objects.select_related("engagement__company"), uuid=uuid)
    context = {"document": found, "engagement": found.engagement, "is_showable": found.content_type in files.SHOWABLE}
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
