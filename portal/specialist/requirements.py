"""The list of requirements: added from what was said, prioritised, declined; the customer signs it off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import requirements
from onboarding.library.flows import FLOWS
from onboarding.models import Engagement, Requirement
from onboarding.queries import requirements as query
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, on_row, serve

PRIORITIES = [("", "Not given yet"), *Requirement.Priority.choices]
FLOW_CHOICES = [("", "None"), *((flow.code, flow.name) for flow in FLOWS)]


class AddForm(forms.Form):
    text = fields.text("Requirement", hint="One thing the customer needs, in words both sides understand the same way.")
    kind = fields.choice("Kind", Requirement.Kind.choices)
    priority = fields.choice("Priority", PRIORITIES, required=False)
    flow = fields.choice("Flow", FLOW_CHOICES, required=False)
    source = fields.line("Where does it come from?", required=False, longest=500,
                         hint="The sentence of the transcript or the answer.")  # fmt: skip


class ChangeForm(AddForm):
    requirement_id = fields.row_id()


class DeclineForm(forms.Form):
    requirement_id = fields.row_id()
    reason = fields.line("Why is it left out?", required=False, longest=500)


ACTS = {
    "add": Act(button="Add the requirement", done="Added.", form=AddForm, steps=requirements.STEPS,
               call=on_engagement(requirements.add)),
    "change": Act(button="Save", done="Changed.", form=ChangeForm, kind="secondary", key="requirement_id",
                  steps=requirements.STEPS, call=on_row(requirements.change, "requirement_id")),
    "decline": Act(button="Leave it out", done="Left out of the list.", form=DeclineForm, kind="danger secondary",
                   key="requirement_id", steps=requirements.STEPS, call=on_row(requirements.decline, "requirement_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The list as it stands, and whether the customer signed this very list."""
    return serve(request, engagement, "specialist/requirements.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    found = list(desk.engagement.requirements.all())
    signoff = desk.engagement.requirements_signoffs.filter(superseded_at=None).last()
    return {
        "requirements": [_drawn(desk, one) for one in found],
        "add": desk.form("add", initial={"kind": "flow"}),
        "signoff": signoff,
        "list_hash": query.list_hash(desk.engagement),
    }


def _drawn(desk: Desk, one: Requirement) -> dict[str, Any]:
    about = {"requirement_id": one.pk}
    kept = {name: getattr(one, name) for name in ("text", "kind", "priority", "flow", "source")}
    is_listed = one.state != Requirement.State.DECLINED
    return {
        "requirement": one,
        "flow": dict(FLOW_CHOICES).get(one.flow, one.flow),
        "change": desk.form("change", initial=about | kept) if is_listed else None,
        "decline": desk.form("decline", initial=about) if is_listed else None,
    }
