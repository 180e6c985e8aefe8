"""Documents: what we asked for, what you sent, what became of it, and everything the portal made for you."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import document_requests, documents
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.library.document_requests import template
from onboarding.models import Document, DocumentRequest, Engagement
from onboarding.workflow.document_requests import MET
from portal import access, files, pages, request_words
from portal.customer.engagement import engagement_page, may

SETTLED = {one.value for one in MET}


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; what each is worth, the action says."""

    is_optional = False  # a form of its own has nothing else to send

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data or []


class UploadForm(forms.Form):
    """Several files at once; each is worth what it is. With a request: what it asks for, and when that expires."""

    files = FilesField(
        label="Choose files",
        widget=ManyFiles,
        required=False,
        allow_empty_file=True,  # the file policy says so, file by file
    )
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)
    expires_on = forms.DateField(
        label="Good until",
        required=False,
        help_text="The day the document expires on, if you know it.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, asked: DocumentRequest | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].help_text = request_words.takes(asked)
        self.fields["files"].widget.attrs["accept"] = request_words.accepts(asked)
        if asked is None:
            del self.fields["replaces"]
        if asked is None or not asked.asks_expiry:
            del self.fields["expires_on"]


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
    form = UploadForm(asked=asked, initial={"replaces": request.GET.get("replaces")})
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, asked=asked)
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
    return pages.show(
        request, "customer/document_request.html", _request_context(request, engagement, asked), form=form
    )


def _take(
    request: HttpRequest, engagement: Engagement, asked: DocumentRequest | None, form: forms.Form
) -> list[Document]:
    """Each file by itself: a refused one says why at the field and keeps the others. The first may take a place."""
    given = request.FILES.getlist("files")
    if not given:
        form.add_error("files", "Choose a file first.")
    values = {name: form.cleaned_data.get(name) for name in ("replaces", "expires_on")}
    at_files, taken = _AtFiles(form), []
    for one in given:
        if document := pages.attempt(request, partial(_upload, request, engagement, asked, one, values), form=at_files):
            taken.append(document)
            values = values | {"replaces": None}
    return taken


class _AtFiles:
    """Words about one refused file stand at the field `files`; those about the expiry at their own."""

    def __init__(self, form: forms.Form) -> None:
        self.form, self.fields = form, {"file": form.fields["files"]}

    def add_error(self, name: str | None, words: str) -> None:
        self.form.add_error(name if name in self.form.fields else "files", words)


def _upload(
    request: HttpRequest, engagement: Engagement, asked: DocumentRequest | None, one: Any, values: dict[str, Any]
) -> Document:
    return documents.upload(
        engagement.pk, kind=Document.Kind.CUSTOMER_DOCUMENT, upload=one, request_id=asked.pk if asked else None,
        **values, by=access.viewer_of(request), at=now(),
    )  # fmt: skip


def _context(request: HttpRequest, engagement: Engagement) -> dict[str, Any]:
    rows = access.listed(request, DocumentRequest.objects.filter(engagement=engagement, withdrawn_at=None))
    own = access.listed(request, Document.objects.filter(engagement=engagement, withdrawn_at=None))
    own = own.select_related("file_check")
    free = own.filter(kind=Document.Kind.CUSTOMER_DOCUMENT, request=None)
    made = own.exclude(kind=Document.Kind.CUSTOMER_DOCUMENT).order_by("-created_at")
    may_change = may(request, engagement, CUSTOMER_WRITERS)
    asked = [request_words.drawn(one, today=localdate()) for one in rows.prefetch_related("documents")]
    return {
        "engagement": engagement,
        "requests": [one | {"url": _page_of(one["request"]), "note": _note(one)} for one in asked],
        "done": sum(one["standing"] in SETTLED for one in asked),
        "free": [_drawn(one, may_change=may_change) for one in free],
        "made": [_drawn(one, may_change=False) for one in made],
        "is_any_sent": any(one["files"] for one in asked),
        "may_change": may_change,
        "pieces": request_words.piece_settings(None),
    }


def _note(drawn: dict[str, Any]) -> str:
    """How many files came; until one does, who has it."""
    if count := len(drawn["files"]):
        return f"{count} file{'' if count == 1 else 's'}"
    return f"Usually with {one}" if (one := drawn["request"].usually_with) else ""


def _request_context(request: HttpRequest, engagement: Engagement, asked: DocumentRequest) -> dict[str, Any]:
    may_change = may(request, engagement, CUSTOMER_WRITERS)
    drawn = request_words.drawn(asked, today=localdate())
    current, former = drawn["files"], drawn["former"]
    replaces = request.GET.get("replaces", "")
    return {
        "engagement": engagement,
        "asked": drawn
        | {
            "files": [_drawn(one, may_change=may_change, page=_page_of(asked)) for one in current],
            "former": [_drawn(one, may_change=False) for one in former],
            "anew": [one for one in current if request_words.may_be_replaced(one)],
        },
        "replaced": next((one for one in current if str(one.uuid) == replaces), None),
        "may_change": may_change,
        "may_send": may_change and asked.is_open,
        "pieces": request_words.piece_settings(asked),
    }


def _page_of(asked: DocumentRequest) -> str:
    return reverse("customer:document_request", args=[asked.pk])


def _drawn(document: Document, *, may_change: bool, page: str = "") -> dict[str, Any]:
    may_withdraw = may_change and document.review != Document.Review.ACCEPTED
    may_withdraw = may_withdraw and document.kind == Document.Kind.CUSTOMER_DOCUMENT and not document.is_generated
    removable = reverse("customer:document_withdraw", args=[document.uuid]) if may_withdraw else ""
    drawn = files.drawn(document, url_name="customer:document", removable=removable)
    if page and may_change and request_words.may_be_replaced(document):
        drawn["anew_url"] = f"{page}?replaces={document.uuid}#send"
    return drawn


@require_safe
@engagement_page
def example(request: HttpRequest, engagement: Engagement, request_id: int) -> HttpResponse:
    """The small example of a request's template, as a file."""
    asked = access.get(request, DocumentRequest.objects.filter(engagement=engagement), pk=request_id)
    known = template(asked.code)
    if known is None or not known.example_file:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="example-{known.code.replace("_", "-")}.csv"'}
    return HttpResponse(known.example_file, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@engagement_page
def document(request: HttpRequest, engagement: Engagement, uuid: str) -> HttpResponse:
    """One document: its facts, its hash, a preview where a browser can show it."""
    rows = Document.objects.filter(engagement=engagement).select_related("file_check")
    context = {"engagement": engagement} | files.shown(access.get(request, rows, uuid=uuid))
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
        return pages.done(
            request, "Noted. Your specialist reads your reason and agrees or asks again.", "customer:documents"
        )
    return pages.turned_down(request, "customer:document_request", request_id)
