"""The pilot: what your people noticed, what became of it, and your word that it is done."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding.actions import pilots
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement, FeedbackItem
from portal import access, pages
from portal.customer.engagement import engagement_page, may


class FeedbackForm(forms.Form):
    text = forms.CharField(label="What did you notice?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    severity = forms.ChoiceField(
        label="How much does it matter?", choices=FeedbackItem.Severity.choices, widget=forms.RadioSelect
    )


@engagement_page
def pilot(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The pilot with its feedback, and the form to add to it."""
    found = getattr(engagement, "pilot", None)
    form = FeedbackForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        if pages.attempt(request, lambda: pilots.add_feedback(engagement.pk, **given, by=by, at=now()), form=form):
            return pages.done(request, "Thank you. Your specialist has it now.", "customer:pilot")
    feedback = list(found.feedback.all()) if found else []
    context = {
        "engagement": engagement,
        "pilot": found,
        "feedback": feedback,
        "blockers": _blockers(feedback),
        "may_report": may(request, engagement, CUSTOMER_WRITERS, at=pilots.AT),
        "may_accept": may(request, engagement, pilots.ACCEPTERS, at=pilots.AT) and not _blockers(feedback),
    }
    return pages.show(request, "customer/pilot.html", context, form=form)


def _blockers(feedback: list[FeedbackItem]) -> int:
    """How many reported problems stand in the way of accepting; wishes do not."""
    return sum(one.resolved_at is None and one.severity != FeedbackItem.Severity.WISH for one in feedback)


@require_POST
@engagement_page
def accept(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Accept the pilot."""
    by, words = access.viewer_of(request), request.POST.get("conclusion", "")
    if pages.attempt(request, lambda: pilots.close(engagement.pk, conclusion=words, by=by, at=now())):
        return pages.done(request, "Pilot accepted.", "customer:pilot")
    return pages.turned_down(request, "customer:pilot")
