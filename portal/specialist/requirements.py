"""The list of requirements: suggested, added, prioritised; signed off by the customer, then changed by requests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.actions import change_requests, requirements, suggestions
from onboarding.library.flows import NAMES
from onboarding.models import Engagement, Requirement, Sentence
from onboarding.queries import requirements as queries
from onboarding.queries import suggestions as suggested
from onboarding.queries import threads
from portal import pages
from portal import threads as drawn
from portal.plain_text import whole_number
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, serve

PRIORITIES = [("", "Not given yet"), *Requirement.Priority.choices]
FLOW_CHOICES = [("", "None"), *NAMES.items()]
SHOWN_SUGGESTIONS = 12


class WordsForm(forms.Form):
    text = fields.text("Requirement", longest=2000,
                       hint="One thing the customer needs, in words both sides understand the same way.")  # fmt: skip
    kind = fields.choice("Kind", Requirement.Kind.choices)
    priority = fields.choice("Priority", PRIORITIES, required=False)
    flow = fields.choice("Flow", FLOW_CHOICES, required=False)


class AddForm(WordsForm):
    source = fields.line("Who said it, and what?", required=False, longest=500,
                         hint="Sentences of the transcript, answers and documents are named on the requirement's page.")  # fmt: skip
    sentence_id = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TakeForm(WordsForm):
    key = fields.hidden()


class KeyForm(forms.Form):
    key = fields.hidden()


class ReopenForm(forms.Form):
    reason = fields.line("Why is the list opened again?", longest=500)


class AskForm(forms.Form):
    """For one more requirement on a signed list."""

    text = fields.text("Requirement", longest=2000)
    requirement_kind = fields.choice("Kind", Requirement.Kind.choices)
    priority = fields.choice("Priority", PRIORITIES, required=False)
    flow = fields.choice("Flow", FLOW_CHOICES, required=False)
    reason = fields.text("Why is it needed?", rows=2, longest=2000)


STEPS = requirements.STEPS
ACTS = {
    "add": Act(button="Add the requirement", done="Added.", form=AddForm, steps=STEPS,
               call=on_engagement(requirements.add)),
    "take": Act(button="Add to the list", done="Added, with its source.", form=TakeForm, kind="secondary", key="key",
                steps=STEPS, call=on_engagement(suggestions.take)),
    "dismiss": Act(button="Not needed", done="Put aside. It can be shown again below.", form=KeyForm,
                   kind="quiet", key="key", steps=STEPS, call=on_engagement(suggestions.dismiss)),
    "restore": Act(button="Show it again", done="Shown again.", form=KeyForm, kind="quiet", key="key", steps=STEPS,
                   call=on_engagement(suggestions.restore)),
    "reopen": Act(button="Open the list again", done="Open. The customer hears why and signs it off anew.",
                  form=ReopenForm, kind="secondary", steps=STEPS, call=on_engagement(requirements.reopen)),
    "ask": Act(button="Ask for this addition", done="Asked for. Say next what it means for the plan.", form=AskForm,
               call=lambda given: change_requests.propose(
                   given.engagement.pk, kind="add", **given.values, by=given.by, at=given.at)),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The list as it stands, what is suggested, and whether the customer signed this very list."""
    return serve(request, engagement, "specialist/requirements.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    engagement, door = desk.engagement, drawn.Door(desk.engagement.reference)
    found = list(engagement.requirements.prefetch_related("sources"))
    signoff = queries.signoff_in_force(engagement)
    listed = [one for one in found if one.state != Requirement.State.DECLINED]
    counted = queries.by_priority(listed)
    names = dict(Requirement.Priority.choices) | {"": "No priority yet"}
    return {
        "requirements": [drawn.row(one, door) for one in listed],
        "declined": [drawn.row(one, door) for one in found if one.state == Requirement.State.DECLINED],
        "summary": [{"label": names[code], "value": count} for code, count in counted.items() if code or count],
        "signoff": signoff,
        "list_hash": queries.list_hash(engagement),
        "add": None if signoff else desk.form("add", initial={"kind": "flow"} | _cited(desk)),
        "reopen": desk.form("reopen") if signoff else None,
        "ask": desk.form("ask") if signoff else None,
        "changes": list(engagement.change_requests.order_by("-number")),
        **({} if signoff else _suggested(desk, door)),
    }


def _cited(desk: Desk) -> dict[str, Any]:
    """A sentence that somebody chose on the transcript's page (?sentence=…) becomes a requirement with that source."""
    number = whole_number(desk.request.GET.get("sentence", ""))
    here = Sentence.objects.filter(transcript__engagement=desk.engagement)
    sentence = here.filter(pk=number).first() if number else None
    return {"text": sentence.text, "sentence_id": sentence.pk, "kind": "constraint"} if sentence else {}


def _suggested(desk: Desk, door: drawn.Door) -> dict[str, Any]:
    found = suggested.open_for(desk.engagement)
    return {
        "suggestions": [
            drawn.suggestion(one, door)
            | {
                "take": desk.form("take", initial={name: getattr(one, name) for name in TakeForm.base_fields}),
                "dismiss": desk.form("dismiss", initial={"key": one.key}),
            }
            for one in found[:SHOWN_SUGGESTIONS]
        ],
        "more": max(len(found) - SHOWN_SUGGESTIONS, 0),
        "put_aside": [
            drawn.suggestion(one, door) | {"restore": desk.form("restore", initial={"key": one.key})}
            for one in suggested.dismissed_for(desk.engagement)
        ],
    }


@require_safe
@engagement_page
def overview(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every requirement from its source to its test, with the gaps, and what no requirement asks for."""
    found = drawn.matrix(threads.overview(engagement), drawn.Door(engagement.reference))
    return pages.show(request, "specialist/requirement_threads.html", {"engagement": engagement, **found})
