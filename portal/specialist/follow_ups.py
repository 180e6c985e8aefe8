"""Tasks of both sides that came out of meetings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate

from onboarding.actions import follow_ups
from onboarding.models import Engagement, FollowUp
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, on_row, serve


class AddForm(forms.Form):
    text = fields.line("What is to be done?", longest=500)
    side = fields.choice("Whose task is it?", FollowUp.Side.choices)
    person = fields.line("Who does it?", required=False)
    due_on = fields.day("Due", required=False)


class TaskForm(forms.Form):
    follow_up_id = fields.row_id()


ACTS = {
    "add": Act(button="Write it down", done="Written down.", form=AddForm, call=on_engagement(follow_ups.add)),
    "finish": Act(button="Done", done="Done.", form=TaskForm, key="follow_up_id", kind="secondary small",
                  call=on_row(follow_ups.finish, "follow_up_id")),
    "reopen": Act(button="Open again", done="It is open again.", form=TaskForm, key="follow_up_id",
                  kind="quiet small", call=on_row(follow_ups.reopen, "follow_up_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What each side took on, and what is done."""
    return serve(request, engagement, "specialist/follow_ups.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    known = list(desk.engagement.follow_ups.all())
    waiting = [_drawn(desk, one) for one in known if one.done_at is None]
    return {
        "ours": [one for one in waiting if one["task"].side == FollowUp.Side.INTERWEAVE],
        "theirs": [one for one in waiting if one["task"].side == FollowUp.Side.CUSTOMER],
        "done": [_drawn(desk, one) for one in known if one.done_at],
        "today": localdate(),
        "add": desk.form("add", initial={"side": FollowUp.Side.INTERWEAVE}),
    }


def _drawn(desk: Desk, task: FollowUp) -> dict[str, Any]:
    about = {"follow_up_id": task.pk}
    return {"task": task, "act": desk.form("reopen" if task.done_at else "finish", initial=about)}
