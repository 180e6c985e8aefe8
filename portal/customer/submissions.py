"""What was handed in: every submission with its hash, what changed between two, and a file instead of answers."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from onboarding.actions import filled_documents, questionnaires, receiving
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement, Questionnaire
from onboarding.queries import questionnaires as queries
from onboarding.rendering import word
from portal import access, comparing, pages
from portal.customer.engagement import engagement_page, may


class FileForm(forms.Form):
    file = forms.FileField(
        label="The document you filled in",
        help_text=f"Word (DOCX) or PDF, without macros and password. Up to {receiving.in_words(receiving.limit_of(None))}.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in filled_documents.ENDINGS)}),
        allow_empty_file=True,  # the file policy says so
    )


def opened(request: HttpRequest, engagement: Engagement, kind: str) -> Questionnaire:
    """The engagement's questionnaire of this kind; 404 before step II."""
    rows = Questionnaire.objects.filter(engagement=engagement).select_related("last_submission__document")
    return access.get(request, rows, kind=kind)


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """Every submission, and what changed from one to another."""
    found = opened(request, engagement, kind)
    shown = comparing.drawn(found, request.GET, document_url="customer:document")
    context = {"engagement": engagement, "questionnaire": found} | shown
    return pages.show(request, "customer/submissions.html", context)


@engagement_page
def as_file(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """Instead of answering here: download the blank document, fill it in, send it."""
    found = opened(request, engagement, kind)
    form = FileForm()
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        stopped = pages.refused_upload(request, form)
        if not stopped and form.is_valid() and pages.attempt(
            request,
            lambda: filled_documents.submit(
                found.pk, upload=form.cleaned_data["file"], by=access.viewer_of(request), at=now()
            ),
            form=form,
        ):  # fmt: skip
            return redirect("customer:questionnaire_submitted", kind)
    context = {
        "engagement": engagement,
        "questionnaire": found,
        "answered": queries.progress(found)["answered"],
        "is_open": found.state in questionnaires.ANSWERABLE,
        "may_change": may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS),
    }
    return pages.show(request, "customer/filled_document.html", context, form=form)


@require_safe
@engagement_page
def blank(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """The document as a Word file, with what is answered so far."""
    found = opened(request, engagement, kind)
    content = word.questionnaire(
        queries.schema_of(found), company=engagement.company.name, reference=engagement.reference,
        answers=queries.values(found),
    )  # fmt: skip
    name = f"{engagement.reference}-{found.kind.replace('_', '-')}.docx"
    response = HttpResponse(content, content_type=word.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
