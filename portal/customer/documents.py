"""Documents: what we asked for, what you sent, what became of it, and everything the portal made for you."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from onboarding import file_policy
from onboarding.actions import document_requests, documents
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Document, DocumentRequest, Engagement
from portal import access, files, pages
from portal.customer.engagement import engagement_page, may


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; what each is worth, the action says."""

    is_optional = False  # a form of its own has nothing else to send

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data or []


class UploadForm(forms.Form):
    files = FilesField(
        label="Choose files",
        help_text=f"{file_policy.WORDS}. Up to 25 MB each.",
        widget=ManyFiles(attrs={"accept": ",".join(f".{ending}" for ending in file_policy.CONTENT_TYPES)}),
        required=False,
        allow_empty_file=True,  # the file policy says so, file by file
    )


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Requests with their files, free uploads, and the documents the portal made."""
    return _upload_page(request, engagement, None)


@engagement_page
def requested(request: HttpRequest, engagement: Engagement, request_id: int) -> HttpResponse:
    """One request: send files for it, or say why it does not apply."""
    asked = access.get(request, DocumentRequest.objects.filter(engagement=engagement), pk=request_id)
    return _upload_page(request, engagement, asked)


def _upload_page(request: HttpRequest, engagement: Engagement, asked: DocumentRequest | None) -> HttpResponse:
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        stopped = pages.refused_upload(request, form, "files")
        if form.is_valid() or (stopped and request.FILES):
            taken = _take(request, engagement, asked, form)
            if taken and not form.errors:
                words = f"Received: {', '.join(document.file_name for document in taken)}."
                to = ["customer:document_request", asked.pk] if asked else ["customer:documents"]
                return pages.done(request, words, *to)
            for document in taken:
                messages.success(request, f"Received: {document.file_name}.")
    if asked is None:
        return pages.show(request, "customer/documents.html", _context(request, engagement), form=form)
    may_change = may(request, engagement, CUSTOMER_WRITERS)
    context = {"asked": _drawn_request(asked, may_change=may_change), "may_change": may_change}
    return pages.show(request, "customer/document_request.html", {"engagement": engagement} | context, form=form)


def _take(
    request: HttpRequest, engagement: Engagement, asked: DocumentRequest | None, form: forms.Form
) -> list[Document]:
    """Each file by itself: a refused one says why at the field and keeps the others."""
    given = request.FILES.getlist("files")
    if not given:
        form.add_error("files", "Choose a file first.")
    at_files = _AtFiles(form)
    taken = [pages.attempt(request, partial(_upload, request, engagement, asked, one), form=at_files) for one in given]
    return [document for document in taken if document]


class _AtFiles:
    """Words about one refused file stand at the field `files`."""

    def __init__(self, form: forms.Form) -> None:
        self.form, self.fields = form, {"file": form.fields["files"]}

    def add_error(self, _: str | None, words: str) -> None:
        self.form.add_error("files", words)


def _upload(request: HttpRequest, engagement: Engagement, asked: DocumentRequest | None, one: Any) -> Document:
    return documents.upload(
        engagement.pk, kind=Document.Kind.CUSTOMER_DOCUMENT, upload=one, request_id=asked.pk if asked else None,
        by=access.viewer_of(request), at=now(),
    )  # fmt: skip


def _context(request: HttpRequest, engagement: Engagement) -> dict[str, Any]:
    asked = access.listed(request, DocumentRequest.objects.filter(engagement=engagement))
    own = access.listed(request, Document.objects.filter(engagement=engagement, withdrawn_at=None))
    free = own.filter(kind=Document.Kind.CUSTOMER_DOCUMENT, request=None)
    made = own.exclude(kind=Document.Kind.CUSTOMER_DOCUMENT).order_by("-created_at")
    may_change = may(request, engagement, CUSTOMER_WRITERS)
    return {
        "engagement": engagement,
        "requests": [_drawn_request(one, may_change=may_change) for one in asked.prefetch_related("documents")],
        "free": [_drawn(one, may_change=may_change) for one in free],
        "made": [_drawn(one, may_change=False) for one in made],
        "may_change": may_change,
    }


def _drawn_request(asked: DocumentRequest, *, may_change: bool) -> dict[str, Any]:
    every = list(asked.documents.all())
    sent = [one for one in every if one.withdrawn_at is None]
    state, tone = _state(asked, sent)
    return {
        "request": asked,
        "title": asked.title,
        "note": asked.description,
        "due_on": asked.due_on,
        "url": reverse("customer:document_request", args=[asked.pk]),
        "state": state,
        "tone": tone,
        "files": [_drawn(one, may_change=may_change) for one in sent],
        "former": [_drawn(one, may_change=False) for one in every if one.withdrawn_at],
    }


def _state(asked: DocumentRequest, sent: list[Document]) -> tuple[str, str]:
    """The word for a request, and its tone."""
    if asked.not_applicable_at:
        return "Not applicable", "none"
    if any(one.review == Document.Review.REVISION_NEEDED for one in sent):
        return "Revision needed", "bad"
    if sent and all(one.review == Document.Review.ACCEPTED for one in sent):
        return "Accepted", "none"
    return ("In review", "info") if sent else ("To do", "warn")


def _drawn(document: Document, *, may_change: bool) -> dict[str, Any]:
    may_withdraw = may_change and document.review != Document.Review.ACCEPTED and not document.is_generated
    removable = reverse("customer:document_withdraw", args=[document.uuid]) if may_withdraw else ""
    return files.drawn(document, url_name="customer:document", removable=removable)


@require_safe
@engagement_page
def document(request: HttpRequest, engagement: Engagement, uuid: str) -> HttpResponse:
    """One document: its facts, its hash, a preview where a browser can show it."""
    found = access.get(request, Document.objects.filter(engagement=engagement), uuid=uuid)
    context = {"engagement": engagement, "document": found, "is_showable": found.content_type in files.SHOWABLE}
    return pages.show(request, "customer/document.html", context)


@require_safe
@engagement_page
def file(request: HttpRequest, engagement: Engagement, uuid: str) -> FileResponse:
    """The file itself, as a download."""
    return files.send(access.get(request, Document.objects.filter(engagement=engagement), uuid=uuid))


@require_safe
@xframe_options_sameorigin
@engagement_page
def preview(request: HttpRequest, engagement: Engagement, uuid: str) -> FileResponse:
    """The file inside our page."""
    return files.send(access.get(request, Document.objects.filter(engagement=engagement), uuid=uuid), inline=True)


@require_POST
@engagement_page
def withdraw(request: HttpRequest, engagement: Engagement, uuid: str) -> HttpResponse:
    """Take an upload back."""
    by = access.viewer_of(request)
    if taken := pages.attempt(request, lambda: documents.withdraw(uuid, by=by, at=now())):
        return pages.done(request, f"Withdrawn: {taken.file_name}.", "customer:documents")
    return pages.turned_down(request, "customer:documents")


@require_POST
@engagement_page
def not_applicable(request: HttpRequest, engagement: Engagement, request_id: int) -> HttpResponse:
    """Say that a request does not apply, and why."""
    by, reason = access.viewer_of(request), request.POST.get("reason", "")
    if pages.attempt(
        request, lambda: document_requests.declare_not_applicable(request_id, reason=reason, by=by, at=now())
    ):  # fmt: skip
        return pages.done(request, "Noted. Your specialist sees your reason.", "customer:documents")
    return pages.turned_down(request, "customer:document_request", request_id)
