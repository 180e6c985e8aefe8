"""Requirements: what was understood, each with its source; signed off as one list."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding.actions import requirements
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.library import flows as flow_library
from onboarding.models import Engagement, Requirement
from onboarding.queries.requirements import list_hash
from onboarding.workflow.steps import Step
from portal import access, pages
from portal.customer.engagement import engagement_page, may

FLOW_NAMES = {template.code: template.name for template in flow_library.FLOWS}


class ProposeForm(forms.Form):
    text = forms.CharField(
        label="What does the integration have to do?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    kind = forms.ChoiceField(label="What kind is it?", choices=[("", "Choose a kind"), *Requirement.Kind.choices])
    flow = forms.ChoiceField(
        label="Which flow is it about?", choices=[("", "None in particular"), *FLOW_NAMES.items()], required=False
    )


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The list, the sign-off, and the form to propose what is missing."""
    form = ProposeForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        if pages.attempt(
            request,
            lambda: requirements.add(
                engagement.pk, **given, priority="", source=f"Proposed by {by.name}", by=by, at=now()
            ),
            form=form,
        ):
            return pages.done(request, "Added. Your specialist reads it and gives it a priority.",
                              "customer:requirements")  # fmt: skip
    rows = list(access.listed(request, Requirement.objects.filter(engagement=engagement)))
    context = {
        "engagement": engagement,
        "requirements": [_row(one) for one in rows if one.state != Requirement.State.DECLINED],
        "declined": [one for one in rows if one.state == Requirement.State.DECLINED],
        "sha256": list_hash(engagement),
        "signoff": engagement.requirements_signoffs.filter(superseded_at=None).last(),
        "may_sign_off": may(request, engagement, requirements.SIGNERS, at={Step.REQUIREMENTS_REVIEW}),
        "may_change": may(request, engagement, CUSTOMER_WRITERS, at=requirements.STEPS),
        "is_time": engagement.at_step is Step.REQUIREMENTS_REVIEW,
    }
    return pages.show(request, "customer/requirements.html", context, form=form)


def _row(one: Requirement) -> dict[str, object]:
    return {"row": one, "flow": FLOW_NAMES.get(one.flow, one.flow)}


@require_POST
@engagement_page
def sign_off(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Sign off the very list that was shown, known by its hash."""
    by, seen = access.viewer_of(request), request.POST.get("sha256", "")
    if pages.attempt(request, lambda: requirements.sign_off(engagement.pk, sha256=seen, by=by, at=now())):
        return pages.done(request, "Requirements signed off.", "customer:requirements")
    return pages.turned_down(request, "customer:requirements")
