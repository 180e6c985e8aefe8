"""Go-live: the checklist, your go, and hypercare."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import launches
from onboarding.models import Engagement, GoDecision
from onboarding.workflow import step_11_go_live
from onboarding.workflow.step_09_solution_configuration import flows_on
from portal import access, evidence, pages
from portal.customer.engagement import engagement_page, may


class DecisionForm(forms.Form):
    comment = forms.CharField(
        label="Comment", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For a no-go, say what stands in the way.",
    )  # fmt: skip


@engagement_page
def go_live(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Where the launch stands; the owner or signatory decides here."""
    form = DecisionForm(pages.posted(request))
    decision = request.POST.get("decision")
    if request.method == "POST" and decision not in {"go", "no-go"}:
        form.add_error(None, "Decide with one of the two buttons: go or no-go.")
    if request.method == "POST" and form.is_valid():
        by, words = access.viewer_of(request), form.cleaned_data["comment"]
        is_go = decision == "go"
        if pages.attempt(
            request, lambda: launches.decide(engagement.pk, is_go=is_go, comment=words, by=by, at=now()), form=form
        ):
            return pages.done(request, "Your decision is recorded.", "customer:go_live")
    launch, lines = getattr(engagement, "launch", None), step_11_go_live.checklist(engagement)
    decisions = step_11_go_live.latest_decisions(engagement)
    own = decisions.get(GoDecision.Side.CUSTOMER)
    context = {
        "engagement": engagement,
        "launch": launch,
        "is_early": engagement.at_step.number < 11,
        "checklist": [line | {"value": evidence.in_words(line["value"])} for line in lines],
        "decisions": decisions,
        "said_go": own is not None and own.is_go,
        "flows": _watched(engagement, launch),
        "may_decide": may(request, engagement, launches.DECIDERS, at=launches.AT),
        "is_complete": all(line["met"] for line in lines),
    }
    return pages.show(request, "customer/go_live.html", context, form=form)


def _watched(engagement: Engagement, launch: object) -> list[dict]:
    since = getattr(launch, "cutover_at", None)
    if since is None:
        return []
    return [
        {"flow": flow, "clean_runs": step_11_go_live.clean_runs(flow, since=since),
         "incidents": flow.incidents.filter(closed_at=None).count()}
        for flow in flows_on(engagement)
    ]  # fmt: skip
