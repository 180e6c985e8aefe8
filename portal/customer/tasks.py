"""Criteria as the customer's task list: whose turn, what state, how far, where to do it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from onboarding.actors import Actor
from onboarding.models import Engagement
from onboarding.workflow.criterion import Owner
from onboarding.workflow.steps import Step
from portal.customer.facts import Facts, facts
from portal.customer.places import url_of
from portal.customer.words import TOLD, roles_in_words

STATES = {Owner.CUSTOMER: "To do", Owner.SPECIALIST: "With InterWeave", Owner.WORKER: "Being checked"}
TONES = {Owner.CUSTOMER: "warn", Owner.SPECIALIST: "info", Owner.WORKER: "info"}
# Steps whose criteria are worked on at the same time; elsewhere one follows the other.
SIDE_BY_SIDE = frozenset({Step.DATA_COLLECTION, Step.CUSTOMER_APPROVAL, Step.CONNECTIVITY_SETUP})
# Where there is nothing for a customer to see or do.
NO_PAGE = frozenset({"company", "specialist"})


def tasks(engagement: Engagement) -> list[dict[str, Any]]:
    """The open step's criteria as rows of a task list, from the ready-made status document."""
    return [_task(engagement, finding) for finding in engagement.status["criteria"]]


def _task(engagement: Engagement, finding: dict[str, Any]) -> dict[str, Any]:
    owner, told = Owner(finding["owner"]), TOLD[finding["code"]]
    task: dict[str, Any] = {"title": _title(finding)}
    if finding["place"] not in NO_PAGE:
        task["url"] = url_of(finding["place"])
    if finding["waived"]:
        return task | {"state": "Not needed", "tone": "none"}
    if finding["met"]:
        return task | {"state": "Completed", "tone": "none"}
    known = facts(engagement, finding["code"])
    own = told.why or finding["hint"]
    note = " · ".join(known.parts) or (own if owner is Owner.CUSTOMER else now(engagement, told.now))
    task |= {"note": note, "due_on": known.due_on if owner is Owner.CUSTOMER else None}
    if engagement.state != "active":
        return task | {"state": "Paused" if engagement.held_at else "Closed", "tone": "plain"}
    return task | _state(owner, known)


def _state(owner: Owner, known: Facts) -> dict[str, str]:
    if known.state:
        return {"state": known.state, "tone": known.tone or TONES[owner]}
    return {"state": STATES[owner], "tone": TONES[owner]}


def _title(finding: dict[str, Any]) -> str:
    """A task of the customer's keeps its own words; one of ours says what will be true."""
    told = TOLD[finding["code"]]
    return (told.task if finding["owner"] == Owner.CUSTOMER else told.title) or finding["title"]


def now(engagement: Engagement, words: str) -> str:
    """A sentence about InterWeave's turn, with the specialist's name in it."""
    specialist = engagement.specialist
    return words.format(specialist=specialist.user.get_short_name() if specialist else "Your specialist")


def next_task(engagement: Engagement, viewer: Actor) -> dict[str, Any] | None:
    """The one next task: the first open criterion that waits for the customer, or None when we are at work.

    Whoever lacks the role for it is told who has it, and may look.
    """
    for finding in engagement.status.get("criteria", []):
        if not finding["met"] and finding["owner"] == Owner.CUSTOMER:
            told, known = TOLD[finding["code"]], facts(engagement, finding["code"])
            is_theirs = viewer.has(*told.roles)
            return {
                "title": _title(finding),
                "why": told.why or finding["hint"],
                "url": url_of(finding["place"]),
                "facts": known.parts,
                "due_on": known.due_on,
                "action": _action(told.action, known) if is_theirs else "See it",
                "whose": "" if is_theirs else roles_in_words(told.roles),
                "share_url": _share_url(finding["place"]) if is_theirs else "",
            }
    return None


def _share_url(place: str) -> str:
    """Where parts of a questionnaire are given to colleagues; other tasks are not shared out."""
    room, _, kind = place.partition("/")
    return reverse("customer:section_assignments", args=[kind]) if room == "questionnaires" else ""


def _action(words: str, known: Facts) -> str:
    """A questionnaire nobody touched is started, not continued."""
    return "Start" if words == "Continue" and known.is_untouched else words


def with_us(engagement: Engagement) -> list[str]:
    """What InterWeave does now in the open step, a sentence each; what waits for something else is left out."""
    unmet = [one for one in engagement.status.get("criteria", []) if not one["met"]]
    if engagement.state != "active":
        return []
    if not unmet:
        is_last = engagement.at_step is Step.CONTINUOUS_SUPPORT
        return [] if is_last else [now(engagement, "Everything is in place: {specialist} closes this step.")]
    ours = [now(engagement, TOLD[one["code"]].now) for one in unmet if one["owner"] != Owner.CUSTOMER]
    return ours if engagement.at_step in SIDE_BY_SIDE else ours[:1]
