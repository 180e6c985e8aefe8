"""What was said in a meeting, and what of it becomes a task."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate

from onboarding import errors
from onboarding.actions import follow_ups, requirements
from onboarding.actors import SPECIALISTS
from onboarding.models import ActionItem, Engagement, FollowUp, Transcript
from portal import access
from portal import transcripts as drawing
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, Given, engagement_page, on_row, serve

USUAL_DAYS = 7  # until a task is due


class ItemForm(forms.Form):
    item_id = fields.row_id()


class TakeForm(ItemForm):
    text = fields.line("What is to be done?", longest=500)
    side = fields.choice("Whose task is it?", FollowUp.Side.choices)
    person = fields.line("Who does it?", required=False)
    due_on = fields.day("Due", required=False)


def _take_as_said(given: Given) -> object:
    """At one press: what was said is the task, of whoever said it, for a week from now."""
    item = ActionItem.objects.filter(engagement=given.engagement, pk=given.values["item_id"]).first()
    if item is None:
        raise errors.NotFound
    return follow_ups.take(item.pk, **_prefilled(given.engagement, item), by=given.by, at=given.at)


ACTS = {
    "take_as_said": Act(button="Make it a task", done="It is a task now.", form=ItemForm, key="item_id",
                        kind="secondary", call=_take_as_said),
    "take": Act(button="Make this the task", done="It is a task now.", form=TakeForm, key="item_id", kind="secondary",
                call=on_row(follow_ups.take, "item_id")),
    "dismiss": Act(button="Not a task", done="Dismissed.", form=ItemForm, key="item_id", kind="quiet",
                   call=on_row(follow_ups.dismiss, "item_id")),
    "bring_back": Act(button="Bring it back", done="It is open again.", form=ItemForm, key="item_id", kind="quiet",
                      call=on_row(follow_ups.bring_back, "item_id")),
}  # fmt: skip


@engagement_page
def transcript(request: HttpRequest, engagement: Engagement, meeting_id: int) -> HttpResponse:
    """The transcript of one meeting, a page at a time, with what people promised in it."""
    rows = Transcript.objects.select_related("meeting", "document").filter(engagement=engagement)
    found = access.get(request, rows, meeting_id=meeting_id)

    def way(number: int) -> str:
        return reverse("specialist:requirement", args=[engagement.reference, number])

    def context(desk: Desk) -> dict[str, Any]:
        return {
            "meeting": found.meeting,
            "items": [_drawn(desk, one) for one in found.action_items.all()],
            **drawing.drawn(found, request.GET, way=way),
            "may_list": engagement.at_step in requirements.STEPS and access.viewer_of(request).has(*SPECIALISTS),
        }

    return serve(request, engagement, "specialist/transcript.html", ACTS, context, place="meetings")


def _drawn(desk: Desk, item: ActionItem) -> dict[str, Any]:
    about = {"item_id": item.pk}
    is_open = item.state == ActionItem.State.PROPOSED
    prefilled = _prefilled(desk.engagement, item)
    return {
        "item": item,
        "clock": drawing.clock(item.at_second) if item.at_second is not None else "",
        "prefilled": prefilled if is_open else None,
        "take_as_said": desk.form("take_as_said", initial=about) if is_open else None,
        "take": desk.form("take", initial=about | prefilled) if is_open else None,
        "dismiss": desk.form("dismiss", initial=about) if is_open else None,
        "bring_back": desk.form("bring_back", initial=about) if item.state == ActionItem.State.DISMISSED else None,
    }


def _prefilled(engagement: Engagement, item: ActionItem) -> dict[str, Any]:
    """Ours when the notetaker heard our specialist say it; the customer's otherwise."""
    ours = engagement.specialist.user.name.casefold() if engagement.specialist else ""
    side = FollowUp.Side.INTERWEAVE if ours and item.owner.casefold() == ours else FollowUp.Side.CUSTOMER
    due_on = localdate() + timedelta(days=USUAL_DAYS)
    return {"text": item.text[:500], "side": side, "person": item.owner, "due_on": due_on}
