"""The thread about one question: what both sides said, saying more, settling it."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding.actions import answer_comments, questionnaires
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement
from onboarding.queries import answer_comments as query
from onboarding.queries import questionnaires as queries
from portal import access, pages
from portal.customer.engagement import engagement_page, may
from portal.customer.submissions import opened


class CommentForm(forms.Form):
    text = forms.CharField(
        label="Your comment", max_length=answer_comments.LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )


@engagement_page
def question(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """One question, its present answer, and what was said about it."""
    found = opened(request, engagement, kind)
    asked, section = queries.schema_of(found).question(code), queries.schema_of(found).section_of(code)
    if asked is None or section is None:
        raise Http404
    form = CommentForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        by, text = access.viewer_of(request), form.cleaned_data["text"]
        if pages.attempt(
            request, lambda: answer_comments.write(found.pk, question=code, text=text, by=by, at=now()), form=form
        ):
            return pages.done(request, "Said. Your specialist gets a mail.", "customer:question", kind, code)
    context = {
        "engagement": engagement,
        "questionnaire": found,
        "question": asked,
        "section": section,
        "line": queries.line(found, code),
        "thread": query.thread(found, code),
        "may_change": may(request, engagement, CUSTOMER_WRITERS, at=questionnaires.STEPS),
    }
    return pages.show(request, "customer/question.html", context, form=form)


@require_POST
@engagement_page
def resolve(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """Settle the thread."""
    found, by = opened(request, engagement, kind), access.viewer_of(request)
    if pages.attempt(request, lambda: answer_comments.resolve(found.pk, question=code, by=by, at=now())):
        return pages.done(request, "Settled.", "customer:question", kind, code)
    return pages.turned_down(request, "customer:question", kind, code)
