"""Questionnaires: the document's front page, its answers checked at the end, submitted. Sections: sections.py."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from onboarding import errors
from onboarding.actions import questionnaires
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement, Questionnaire
from onboarding.queries import answer_comments, section_assignments, submissions
from onboarding.queries import questionnaires as queries
from portal import access, pages
from portal.customer.engagement import engagement_page, may
from portal.customer.section_assignments import progress_words, whose

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
    sheets, schema, threads = queries.sheet(found), queries.schema_of(found), answer_comments.threads(found)
    given, last = section_assignments.by_section(found), found.last_submission
    sections = [
        {
            "title": sheet.title,
            "url": reverse("customer:questionnaire_section", args=[found.kind, sheet.code]),
            "state": _state(sheet),
            "tone": _tone(sheet),
            "note": " · ".join(filter(None, [whose(given.get(sheet.code), request), _said(sheet, threads)])),
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
        "is_begun": any(sheet.is_begun for sheet in sheets),
        "total": total,
        "first": next((s["url"] for s in sections if s["tone"] != "none"), sections[0]["url"]),
        "is_open": found.state in OPEN,
        "may_change": may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS),
        "facts": submissions.facts_in_words(last) if last and last.is_file else [],
    }


def _said(sheet: queries.Sheet, threads: dict[str, answer_comments.Thread]) -> str:
    """How many threads of a section wait for the customer's side, in words."""
    waiting = [line for line in sheet.lines if (t := threads.get(line.question.code)) and t.waits_for_customer]
    return f"{len(waiting)} comment{'' if len(waiting) == 1 else 's'} to answer" if waiting else ""


def _tone(sheet: queries.Sheet) -> str:
    if sheet.needs_revision:
        return "bad"
    if sheet.answered == len(sheet.lines):
        return "none"
    return "info" if sheet.answered else "plain"


def _state(sheet: queries.Sheet) -> str:
    if sheet.needs_revision:
        return "Revision needed"
    if sheet.answered == len(sheet.lines):
        return "Completed"
    return progress_words(sheet)


@engagement_page
def check(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """“Check your answers”, then submit."""
    found = _found(request, engagement, kind)
    if request.method == "POST" and pages.attempt(
        request,
        lambda: questionnaires.submit(
            found.pk, seen_sha256=request.POST.get("seen_sha256", ""), by=access.viewer_of(request), at=now()
        ),
    ):
        return redirect("customer:questionnaire_submitted", kind)
    refusal = getattr(request, pages.REFUSAL, None)
    missing = refusal.fields if isinstance(refusal, errors.BadInput) else {}
    may_change = found.state in OPEN and may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS)
    sections = queries.sheet(found)
    sheets = [
        {
            "title": sheet.title,
            "rows": [
                {
                    "label": line.question.label,
                    "value": line.words,
                    "rows": line.shown if line.question.type == "table" else (),
                    "url": _question_url(kind, sheet.code, line.question.code)
                    if may_change and not line.is_accepted
                    else "",
                    "note": missing.get(line.question.code, "") or _note(line),
                    "is_wrong": line.question.code in missing,
                }
                for line in sheet.lines
            ],
        }
        for sheet in sections
    ]
    context = {
        "engagement": engagement,
        "questionnaire": found,
        "sheets": sheets,
        "seen_sha256": submissions.present_sha256(found, sections),
        "errors": [
            {"text": words, "url": _question_url(kind, _section_of(found, code), code)}
            for code, words in missing.items()
        ],
        "may_change": may_change,
    }
    return pages.show(request, "customer/questionnaire_check.html", context)


def _note(line: queries.Line) -> str:
    """Where an answer comes from that nobody gave, what became of one that is locked, and which may stay away."""
    if line.is_accepted:
        return "Accepted"
    if not line.is_answered and not line.question.required:
        return "Optional"
    return "From your registration" if line.is_prefilled else ""


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
