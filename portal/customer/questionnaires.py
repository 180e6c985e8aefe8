"""Questionnaires: one section a page, saved answer by answer, checked at the end, submitted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding import errors
from onboarding.actions import questionnaires
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement, Questionnaire
from onboarding.queries import questionnaires as queries
from portal import access, pages
from portal.customer.answers import SectionForm
from portal.customer.engagement import engagement_page, may

OPEN = (Questionnaire.State.OPEN, Questionnaire.State.REVISION_NEEDED)


def _found(request: HttpRequest, engagement: Engagement, kind: str) -> Questionnaire:
    return access.get(request, _rows(engagement), kind=kind)


def _rows(engagement: Engagement) -> QuerySet[Questionnaire]:
    return Questionnaire.objects.filter(engagement=engagement).select_related("last_submission__document")


@require_safe
@engagement_page
def questionnaire(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """The document's front page: its sections with what is answered, its review, its submissions."""
    if kind not in Questionnaire.Kind.values:
        raise Http404
    found = access.listed(request, _rows(engagement).filter(kind=kind)).first()
    if found is None:
        context = {"engagement": engagement, "title": Questionnaire.Kind(kind).label}
        return render(request, "customer/questionnaire_early.html", context)
    return pages.show(request, "customer/questionnaire.html", _front(request, engagement, found))


def _front(request: HttpRequest, engagement: Engagement, found: Questionnaire) -> dict[str, Any]:
    sheets, schema = queries.sheet(found), queries.schema_of(found)
    sections = [
        {
            "title": sheet.title,
            "url": reverse("customer:questionnaire_section", args=[found.kind, sheet.code]),
            "state": _state(sheet),
            "tone": "bad" if sheet.needs_revision else "none" if sheet.answered == len(sheet.lines) else "warn",
        }
        for sheet in sheets
    ]
    answered, total = sum(sheet.answered for sheet in sheets), sum(len(sheet.lines) for sheet in sheets)
    return {
        "engagement": engagement,
        "questionnaire": found,
        "schema": schema,
        "sections": sections,
        "answered": answered,
        "total": total,
        "first": next((s["url"] for s in sections if s["tone"] != "none"), sections[0]["url"]),
        "is_open": found.state in OPEN,
        "may_change": may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS),
    }


def _state(sheet: queries.Sheet) -> str:
    if sheet.needs_revision:
        return "Revision needed"
    if sheet.answered == len(sheet.lines):
        return "Completed"
    return f"{sheet.answered} of {len(sheet.lines)} answers"


@engagement_page
def section(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """One section: its questions with the present answers."""
    found = _found(request, engagement, kind)
    sheets = queries.sheet(found)
    here = next((number for number, sheet in enumerate(sheets) if sheet.code == code), None)
    if here is None:
        raise Http404
    form = SectionForm(pages.posted(request), sheet=sheets[here], kind=kind)
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
    }
    return pages.show(request, "customer/questionnaire_section.html", context, form=form)


def _save(request: HttpRequest, found: Questionnaire, form: SectionForm) -> bool:
    """Save every answer of the section; a refused one keeps what was typed and says why, the others are saved."""
    form.is_valid()
    for line in form.sheet.lines:
        name = line.question.code
        try:
            questionnaires.save_answer(
                found.pk, question=name, value=form.given(name), version=form.version(name),
                by=access.viewer_of(request), at=now(),
            )  # fmt: skip
        except errors.BadInput as refusal:
            form.add_error(name, refusal.fields.get(name, refusal.words))
        except errors.Stale as refusal:
            form.show_theirs(name, refusal)
        except errors.Refused as refusal:
            setattr(request, pages.REFUSAL, refusal)
            return False
    return not form.errors


def _after(request: HttpRequest, found: Questionnaire, form: SectionForm) -> HttpResponse:
    """On to the next section; but an answer may have led to further questions in this one: then those first."""
    code, kind = form.sheet.code, found.kind
    if "later" in request.POST:
        return pages.done(request, "Saved. You can come back any time.", "customer:questionnaire", kind)
    sheets = queries.sheet(found)
    now_asked = next((sheet for sheet in sheets if sheet.code == code), None)
    further = [] if now_asked is None else [
        line.question.code for line in now_asked.lines if line.question.code not in form.fields
    ]  # fmt: skip
    if not further:
        return redirect(_following(kind, sheets, code))
    if now_asked and all(name in request.POST for name in further):
        form = SectionForm(request.POST, sheet=now_asked, kind=kind)
        if _save(request, found, form):
            return _after(request, found, form)
    messages.info(request, "Your answers lead to a further question on this page.")
    return redirect(f"{reverse('customer:questionnaire_section', args=[kind, code])}#id_{further[0]}")


def _following(kind: str, sheets: list[queries.Sheet], code: str) -> str:
    codes = [sheet.code for sheet in sheets]
    after = codes[codes.index(code) + 1 :] if code in codes else []
    if after:
        return reverse("customer:questionnaire_section", args=[kind, after[0]])
    return reverse("customer:questionnaire_check", args=[kind])


@require_POST
@engagement_page
def answer(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """Autosave of one answer: the fragment says saved, what is wrong, or what a colleague wrote meanwhile."""
    found = _found(request, engagement, kind)
    line = next((l for sheet in queries.sheet(found) for l in sheet.lines if l.question.code == code), None)  # noqa: E741
    if line is None:
        raise Http404
    form = SectionForm(request.POST, sheet=queries.Sheet(code="", title="", intro="", lines=(line,)), kind=kind)
    form.is_valid()
    context: dict[str, Any] = {"name": code, "version": form.version(code)}
    try:
        saved = questionnaires.save_answer(
            found.pk, question=code, value=form.given(code), version=form.version(code),
            by=access.viewer_of(request), at=now(),
        )  # fmt: skip
        context |= {"version": saved.version, "saved_at": saved.at}
    except errors.BadInput as refusal:
        context["error"] = refusal.fields.get(code, refusal.words)
    except errors.Stale as refusal:
        context |= {"version": refusal.data["version"], "theirs": refusal.data["value"], "by": refusal.data["by"]}
    except errors.Refused as refusal:
        context["error"] = refusal.words
    return render(request, "customer/_answer_state.html", context)


@engagement_page
def check(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """“Check your answers”, then submit."""
    found = _found(request, engagement, kind)
    if request.method == "POST" and pages.attempt(
        request, lambda: questionnaires.submit(found.pk, by=access.viewer_of(request), at=now())
    ):
        return redirect("customer:questionnaire_submitted", kind)
    refusal = getattr(request, pages.REFUSAL, None)
    missing = refusal.fields if isinstance(refusal, errors.BadInput) else {}
    may_change = found.state in OPEN and may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS)
    sheets = [
        {
            "title": sheet.title,
            "rows": [
                {
                    "label": line.question.label,
                    "value": ", ".join(line.shown) if isinstance(line.shown, list) else line.shown,
                    "url": _question_url(kind, sheet.code, line.question.code) if may_change else "",
                    "note": missing.get(line.question.code, ""),
                }
                for line in sheet.lines
            ],
        }
        for sheet in queries.sheet(found)
    ]
    context = {
        "engagement": engagement,
        "questionnaire": found,
        "sheets": sheets,
        "errors": [
            {"text": words, "url": _question_url(kind, _section_of(found, code), code)}
            for code, words in missing.items()
        ],
        "may_change": may_change,
    }
    return pages.show(request, "customer/questionnaire_check.html", context)


def _question_url(kind: str, section: str, code: str) -> str:
    return f"{reverse('customer:questionnaire_section', args=[kind, section])}#id_{code}"


def _section_of(found: Questionnaire, code: str) -> str:
    return next(s.code for s in queries.schema_of(found).sections if any(q.code == code for q in s.questions))


@require_safe
@engagement_page
def submitted(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """Confirmation: what happens next and when."""
    found = _found(request, engagement, kind)
    return pages.show(
        request, "customer/questionnaire_submitted.html", {"engagement": engagement, "questionnaire": found}
    )
