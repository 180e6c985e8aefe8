"""Where each criterion is met, as pages of the customer."""

from __future__ import annotations

from django.urls import reverse

from onboarding.workflow.steps import Step

ROUTES = {
    "company": "home",
    "specialist": "home",
    "verification": "records",
    "solution": "flows",
    "go-live": "go_live",
}


def url_of(place: str) -> str:
    """The customer's page for a criterion's `place`."""
    room, _, rest = place.partition("/")
    if room == "questionnaires":
        return reverse("customer:questionnaire", args=[rest])
    return reverse(f"customer:{ROUTES.get(room, room)}")


def step_url(step: Step) -> str:
    """The page of one step."""
    return reverse("customer:step", args=[step.number])
