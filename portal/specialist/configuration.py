"""Step IX around the flows: the solution selected, the registration as the customer made it, the blueprint."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import blueprints, solutions
from onboarding.library.flows import NAMES
from onboarding.library.solutions import SOLUTIONS
from onboarding.models import Engagement, Registration
from onboarding.queries import blueprints as blueprint_query
from onboarding.queries import questionnaires
from onboarding.queries import solutions as solution_query
from onboarding.workflow.steps import Step
from portal import files
from portal.specialist import fields, said
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, serve


class SelectForm(forms.Form):
    solution = fields.radio("Solution", [(entry.code, entry.name) for entry in SOLUTIONS])


CONFIGURING = frozenset({Step.SOLUTION_CONFIGURATION})
SELECT = {
    "select": Act(button="Select the solution", done="Selected. Its flows are ready to be configured.",
                  form=SelectForm, steps=CONFIGURING, call=on_engagement(solutions.select)),
}  # fmt: skip
MAKE = {
    "make": Act(button="Make the blueprint", done="Made. The customer is asked to confirm it.",
                steps=blueprints.AT, call=on_engagement(blueprints.make)),
}  # fmt: skip


@engagement_page
def solution(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Which solution of the library, and how the company is registered."""
    return serve(request, engagement, "specialist/solution.html", SELECT, _solution)


def _solution(desk: Desk) -> dict[str, Any]:
    return {
        "select": desk.form("select", initial={"solution": desk.engagement.solution or SOLUTIONS[0].code}),
        "registration": Registration.objects.filter(engagement=desk.engagement).first(),
        "flows": desk.engagement.flows.all(),
        "said": said.answers(desk.engagement, said.SOLUTION),
        "missing": _missing(desk.engagement),
    }


def _missing(engagement: Engagement) -> list[str]:
    """The flows the customer wants that the solution does not have, by name."""
    wanted = questionnaires.submitted(engagement).get("flows") or ()
    return [NAMES[code] for code in wanted if code in NAMES and code not in solution_query.of(engagement).flows]


@engagement_page
def blueprint(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The blueprint of the configuration as it is now, and the versions before."""
    return serve(request, engagement, "specialist/blueprint.html", MAKE, _blueprint)


def _blueprint(desk: Desk) -> dict[str, Any]:
    current = blueprint_query.current(desk.engagement)
    return {
        "blueprint": current,
        "files": [files.drawn(current.document, url_name="specialist:document")]
        if current and current.document
        else [],
        "earlier": desk.engagement.blueprints.exclude(superseded_at=None),
        "make": None if current and current.confirmed_at else desk.form("make"),
    }
