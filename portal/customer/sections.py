"""A section of a questionnaire: its questions on one page, saved together by the form or one by one as they change."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding import errors
from onboarding.actions import documents, questionnaires
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Document, Engagement, Questionnaire
from onboarding.queries import answer_comments, section_assignments
from onboarding.queries import questionnaires as queries
from portal import access, pages, uploads
from portal.customer import widgets
from portal.customer.answers import SectionForm
from portal.customer.engagement import engagement_page, may

OPEN = (Questionnaire.State.OPEN, Questionnaire.State.REVISION_NEEDED)


@engagement_page
def section(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """One section: its questions with the present answers."""
    found = access.get(request, Questionnaire.objects.filter(engagement=engagement), kind=kind)
    sheets = queries.sheet(found)
    here = next((number for number, sheet in enumerate(sheets) if sheet.code == code), None)
    if here is None:
        raise Http404
    form = _form(request, found, sheets[here])
    is_open = found.state in OPEN and may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS)
    if request.method == "POST" and _save(request, found, form):
        return _after(request, found, form)
    context = {
        "engagement": engagement,
        "questionnaire": found,
        "sheet": sheets[here],
        "place": here + 1,
        "of": len(sheets),
        "is_open": is_open,
        "state_words": found.get_state_display(),
        "given": section_assignments.by_section(found).get(code),
        "threads": answer_comments.threads(found),
    }
    return pages.show(request, "customer/questionnaire_section.html", context, form=form)


def _form(
    request: HttpRequest, found: Questionnaire, sheet: queries.Sheet, *, is_fresh: bool = False
) -> SectionForm:  # fmt: skip
    """The section's form, with the row that was asked for; `is_fresh`: as it is kept, not as it was typed."""
    asked = request.POST if request.method == "POST" else request.GET
    given = () if is_fresh or request.method != "POST" else (request.POST, request.FILES)
    sent = _sent(request, found, sheet)
    return SectionForm(*given, sheet=sheet, kind=found.kind, sent=sent, more=asked.get(widgets.MORE, ""))


def _sent(request: HttpRequest, found: Questionnaire, sheet: queries.Sheet) -> dict[str, Document]:
    """The engagement's files by uuid, where this section asks for files."""
    if all(line.question.type != "file" for line in sheet.lines):
        return {}
    rows = Document.objects.filter(
        engagement=found.engagement_id, kind=Document.Kind.CUSTOMER_DOCUMENT, withdrawn_at=None
    )
    return {str(one.uuid): one for one in access.listed(request, rows)}


def _save(request: HttpRequest, found: Questionnaire, form: SectionForm, *, saved: Collection[str] = ()) -> bool:
    """Save every answer that was sent; a refused one keeps what was typed and says why, the others are saved.

    A question that came with a colleague's answer meanwhile was not on the page that was sent: it stays as it is.
    """
    form.is_valid()
    lines = [line for line in form.sheet.lines if not line.is_accepted]
    if lines:
        sent = [line for line in lines if form.is_sent(line.question.code) and line.question.code not in saved]
        return all(_keep(request, found, form, line) for line in sent) and not form.errors
    # All are locked: one is sent as it is, and the action says who may not, or that the document is closed.
    return all(_keep(request, found, form, line, as_it_is=True) for line in form.sheet.lines[:1]) and not form.errors


def _keep(
    request: HttpRequest, found: Questionnaire, form: SectionForm, line: queries.Line, *, as_it_is: bool = False
) -> bool:
    """Save one answer; what is wrong with it stands at its field. False when nothing can be saved at all."""
    name = line.question.code
    try:
        value = line.value if as_it_is else form.given(name)
        if line.question.type == "file" and not as_it_is:
            value = [*value, *_take(request, found, form, name)]
        saved = questionnaires.save_answer(
            found.pk, question=name, value=value, version=form.version(name), by=access.viewer_of(request), at=now()
        )
        form.show_kept(name, saved)
    except errors.BadInput as refusal:
        form.add_error(name, refusal.fields.get(name, refusal.words))
    except errors.Stale as refusal:
        form.show_theirs(name, refusal)
    except errors.NotFound as refusal:
        raise Http404(refusal.words) from refusal
    except errors.Refused as refusal:
        setattr(request, pages.REFUSAL, refusal)
        return False
    return True


def _take(request: HttpRequest, found: Questionnaire, form: SectionForm, name: str) -> list[str]:
    """Take the new files of an answer in, each by itself: a refused one says why, the others stay."""
    taken: list[str] = []
    for file in request.FILES.getlist(name)[
        : form.questions[name].most + 1
    ]:  # one too many is said, more are not taken
        try:
            document = documents.upload(
                found.engagement_id, kind=Document.Kind.CUSTOMER_DOCUMENT, upload=file, by=access.viewer_of(request),
                at=now(),
            )  # fmt: skip
        except errors.BadInput as refusal:
            form.add_error(name, next(iter(refusal.fields.values()), refusal.words))
        else:
            form.sent[str(document.uuid)] = document
            taken.append(str(document.uuid))
    if words := getattr(request, uploads.REFUSED, ""):
        form.add_error(name, words)
    return taken


def _after(request: HttpRequest, found: Questionnaire, form: SectionForm) -> HttpResponse:
    """Where to go on: the same page for rows and files, later, further questions the answers led to, the next part."""
    code, kind = form.sheet.code, found.kind
    here = reverse("customer:questionnaire_section", args=[kind, code])
    if stays := _stays_at(request, form):
        query = f"?{widgets.MORE}={stays}" if request.POST.get(widgets.MORE) == stays else ""
        return redirect(f"{here}{query}#id_{stays}")
    if "later" in request.POST:
        return pages.done(request, "Saved. You can come back any time.", "customer:questionnaire", kind)
    sheets = queries.sheet(found)
    now_asked = next((sheet for sheet in sheets if sheet.code == code), None)
    open_lines = [line.question.code for line in now_asked.lines if not line.is_accepted] if now_asked else []
    sent = [name for name in open_lines if name not in form.fields and form.is_sent(name)]
    further = [name for name in open_lines if not form.is_sent(name)]
    if now_asked and sent:
        before, form = form, _form(request, found, now_asked)
        if _save(request, found, form, saved=before.fields):
            return _after(request, found, form)
    if not sent and not further:
        return redirect(_following(kind, sheets, code))
    messages.info(request, "Your answers lead to a further question on this page.")
    return redirect(f"{here}#id_{(sent or further)[0]}")


def _stays_at(request: HttpRequest, form: SectionForm) -> str:
    """The question whose row or file was added or taken away by a button; empty when another button was pressed."""
    pressed = (
        request.POST.get(widgets.MORE, ""),
        request.POST.get(widgets.LESS, "").rpartition("-")[0],
        request.POST.get(widgets.DROP, "").partition(":")[0],
    )
    return next((name for name in pressed if name in form.questions), "")


def _following(kind: str, sheets: list[queries.Sheet], code: str) -> str:
    codes = [sheet.code for sheet in sheets]
    after = codes[codes.index(code) + 1 :] if code in codes else []
    if after:
        return reverse("customer:questionnaire_section", args=[kind, after[0]])
    return reverse("customer:questionnaire_check", args=[kind])


@require_POST
@engagement_page
def answer(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """Autosave of one answer: the fragment says saved, what is wrong, or what a colleague wrote meanwhile.

    A row or a file that comes or goes changes the question itself: then all of it is drawn anew.
    """
    found = access.get(request, Questionnaire.objects.filter(engagement=engagement), kind=kind)
    line = queries.line(found, code)
    if line is None:
        raise Http404
    alone = queries.Sheet(code="", title="", intro="", lines=(line,))
    form = _form(request, found, alone)
    form.is_valid()
    is_kept = _keep(request, found, form, line)
    if _stays_at(request, form) or request.FILES:
        return _drawn_anew(request, found, form, code)
    return render(request, "customer/_answer_state.html", _state(request, found, form, code, is_kept=is_kept))


def _drawn_anew(request: HttpRequest, found: Questionnaire, form: SectionForm, code: str) -> HttpResponse:
    """The whole question: as it was typed where it was refused, as it is kept otherwise."""
    if not form.errors and (line := queries.line(found, code)):
        form = _form(request, found, queries.Sheet(code="", title="", intro="", lines=(line,)), is_fresh=True)
    refusal = getattr(request, pages.REFUSAL, None)
    context = {
        "row": form.rows()[0],
        "error": refusal.words if refusal else "",
        "is_shorter": widgets.MORE
        not in request.POST,  # the button that was pressed is gone: the question has the focus
    }
    return render(request, "customer/_answer.html", context)


def _state(
    request: HttpRequest, found: Questionnaire, form: SectionForm, code: str, *, is_kept: bool
) -> dict[str, Any]:
    """What the fragment under an answer says."""
    context: dict[str, Any] = {"name": code, "version": form.versions[code]}
    if code in form.theirs:
        return context | {"theirs": form.theirs[code]}
    if form.errors:
        return context | {"error": " ".join(form.errors[code])}
    return context | ({"saved_at": now()} if is_kept else {"error": getattr(request, pages.REFUSAL).words})
