"""The plan: made backwards from the go-live date, an owner for every milestone, the scope confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import plans
from onboarding.models import Engagement, Milestone, Plan
from onboarding.queries import change_requests, questionnaires, requirements
from onboarding.workflow.step_06_plan_timeline import current_plan
from portal import files
from portal.specialist import fields, said
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, on_row, serve


class MakeForm(forms.Form):
    go_live_on = fields.day("Go-live date", hint="Milestones are made backwards from it over working days.")


class AssignForm(forms.Form):
    milestone_id = fields.row_id()
    owner_side = fields.choice("Side", Milestone.Side.choices)
    owner_name = fields.line("Person", longest=150)


ACTS = {
    "make": Act(button="Make the plan", done="Planned. Check the owners, then confirm the scope.", form=MakeForm,
                steps=plans.PLANNING, call=on_engagement(plans.make)),
    "assign": Act(button="Save the owner", done="Assigned.", form=AssignForm, kind="secondary", key="milestone_id",
                  steps=plans.PLANNING, call=on_row(plans.assign, "milestone_id")),
    "confirm_scope": Act(button="Confirm the scope", done="Confirmed. The customer is asked to agree the plan.",
                         steps=plans.PLANNING, call=on_engagement(plans.confirm_scope)),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The present version of the plan, and what it needs until the customer agrees."""
    return serve(request, engagement, "specialist/plan.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    found = current_plan(desk.engagement)
    milestones = list(found.milestones.all()) if found else []
    return {
        "plan": found,
        "files": [files.drawn(found.document, url_name="specialist:document")] if found and found.document else [],
        "milestones": [_drawn(desk, one) for one in milestones],
        "make": desk.form(
            "make",
            initial={"go_live_on": desk.engagement.go_live_target or _wished(desk)},
            kind="secondary" if found else "",
        ),
        "confirm": desk.form("confirm_scope") if found and not _is_scoped(desk, found) else None,
        "effect": change_requests.effect_on(found, desk.engagement) if found else None,
        "earlier": desk.engagement.plans.exclude(superseded_at=None),
        "said": said.answers(desk.engagement, said.PLAN),
    }


def _is_scoped(desk: Desk, found: Plan) -> bool:
    """True while the scope rests on the list as it is signed off now."""
    signoff = requirements.signoff_in_force(desk.engagement)
    return found.scope_confirmed_at is not None and (signoff is None or signoff.sha256 == found.scope_sha256)


def _drawn(desk: Desk, milestone: Milestone) -> dict[str, Any]:
    about = {name: getattr(milestone, name) for name in ("owner_side", "owner_name")}
    late = (milestone.due_on - milestone.baseline_on).days
    return {
        "milestone": milestone,
        "late": max(late, 0),
        "act": desk.form("assign", initial=about | {"milestone_id": milestone.pk}),
    }


def _wished(desk: Desk) -> str:
    """The go-live date the customer wished for in its questionnaires, when it named one."""
    wish = questionnaires.submitted(desk.engagement).get("go_live_wish", "")
    return wish if isinstance(wish, str) else ""
