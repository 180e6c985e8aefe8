"""Steps X to XII: pilot and training, go-live with its cutover, and continuous support."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import launches, pilots, support
from onboarding.models import Engagement, FeedbackItem, Launch, Pilot, TrainingSignoff
from onboarding.workflow import step_11_go_live
from onboarding.workflow.step_09_solution_configuration import flows_on
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, on_row, serve

PILOT_DAYS = 5
HYPERCARE_DAYS = 14


class PilotForm(forms.Form):
    starts_on = fields.day("From")
    ends_on = fields.day("To")
    participants = fields.names("Who takes part?")
    scenarios = fields.text("What do they try?", rows=5)


class FeedbackForm(forms.Form):
    text = fields.text("What was noticed?")
    severity = fields.radio("How much does it matter?", FeedbackItem.Severity.choices)


class ResolveForm(forms.Form):
    feedback_id = fields.row_id()
    resolution = fields.text("How was it resolved?", rows=2)


class DecideForm(forms.Form):
    is_go = forms.TypedChoiceField(label="InterWeave says", choices=[("yes", "Go"), ("no", "No-go")],
                                   coerce=lambda value: value == "yes", widget=forms.RadioSelect)  # fmt: skip
    comment = fields.text("Comment", required=False, hint="For a no-go, say what stands in the way.")


class CutOverForm(forms.Form):
    hypercare_until = fields.day("Hypercare until")
    hypercare_runs = forms.IntegerField(label="Clean runs in a row, per flow", min_value=1, max_value=50)


class ScheduleForm(forms.Form):
    due_on = fields.day("Next check-in on")


class HoldForm(forms.Form):
    check_in_id = fields.row_id()
    notes = fields.text("What was discussed?")
    recommendations = fields.text("What do we recommend?", required=False, hint="The customer gets this by mail.")
    next_on = fields.day("The one after on", required=False)


PILOT = {
    "open": Act(button="Open the pilot", done="Open. The customer's people get a mail.", form=PilotForm,
                steps=pilots.AT, call=on_engagement(pilots.open)),
    "add_feedback": Act(button="Add the feedback", done="Added.", form=FeedbackForm, kind="secondary",
                        steps=pilots.AT, call=on_engagement(pilots.add_feedback)),
    "resolve": Act(button="Resolved", done="Resolved.", form=ResolveForm, kind="secondary", key="feedback_id",
                   steps=pilots.AT, call=on_row(pilots.resolve, "feedback_id")),
}  # fmt: skip
LAUNCH = {
    "decide": Act(button="Record the decision", done="Recorded.", form=DecideForm, kind="secondary",
                  steps=launches.AT, call=on_engagement(launches.decide)),
    "cut_over": Act(button="Cut over", done="Live: the schedules run.", form=CutOverForm,
                    steps=launches.AT, call=on_engagement(launches.cut_over)),
}  # fmt: skip
SUPPORT = {
    "schedule": Act(button="Schedule the check-in", done="Scheduled.", form=ScheduleForm, kind="secondary",
                    steps=support.AT, call=on_engagement(support.schedule)),
    "hold": Act(button="It was held", done="Written down. The customer gets the recommendations.", form=HoldForm,
                key="check_in_id", steps=support.AT, call=on_row(support.hold, "check_in_id")),
}  # fmt: skip


@engagement_page
def pilot(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The pilot with everything that was noticed in it."""
    return serve(request, engagement, "specialist/pilot.html", PILOT, _pilot)


def _pilot(desk: Desk) -> dict[str, Any]:
    found = Pilot.objects.filter(engagement=desk.engagement).first()
    if found is None:
        today = now().date()
        return {"open": desk.form("open", initial={"starts_on": today, "ends_on": today + timedelta(PILOT_DAYS)})}
    is_open = found.closed_at is None
    return {
        "pilot": found,
        "feedback": [_item(desk, one, is_open=is_open) for one in found.feedback.all()],
        "add_feedback": desk.form("add_feedback") if is_open else None,
    }


def _item(desk: Desk, item: FeedbackItem, *, is_open: bool) -> dict[str, Any]:
    may_resolve = is_open and item.resolved_at is None
    return {"item": item, "act": desk.form("resolve", initial={"feedback_id": item.pk}) if may_resolve else None}


@engagement_page
def training(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Sessions, and the customer's word that its team is ready."""
    sessions = engagement.meetings.filter(kind="training", cancelled_at=None)
    signoff = TrainingSignoff.objects.filter(engagement=engagement).first()
    return serve(request, engagement, "specialist/training.html", {},
                 lambda desk: {"sessions": sessions, "signoff": signoff})  # fmt: skip


@engagement_page
def go_live(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The checklist, both sides' decision, the cutover, hypercare."""
    return serve(request, engagement, "specialist/go_live.html", LAUNCH, _launch)


def _launch(desk: Desk) -> dict[str, Any]:
    engagement = desk.engagement
    launch = Launch.objects.filter(engagement=engagement).first()
    is_before = launch is None or launch.cutover_at is None
    usual = {"hypercare_until": now().date() + timedelta(HYPERCARE_DAYS), "hypercare_runs": 3}
    return {
        "launch": launch,
        "checklist": step_11_go_live.checklist(engagement),
        "decisions": step_11_go_live.latest_decisions(engagement),
        "flows": [_watched(flow, launch) for flow in flows_on(engagement)] if not is_before else [],
        "incidents": engagement.incidents.select_related("flow"),
        "decide": desk.form("decide") if is_before else None,
        "cut_over": desk.form("cut_over", initial=usual) if is_before else None,
    }


def _watched(flow: Any, launch: Any) -> dict[str, Any]:
    return {"flow": flow, "clean_runs": step_11_go_live.clean_runs(flow, since=launch.cutover_at)}


@engagement_page
def support_page(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Check-ins to come and held."""
    return serve(request, engagement, "specialist/support.html", SUPPORT, _support)


def _support(desk: Desk) -> dict[str, Any]:
    known = list(desk.engagement.check_ins.all())
    return {
        "coming": [{"check_in": one, "act": desk.form("hold", initial={"check_in_id": one.pk})} for one in known
                   if one.held_at is None],
        "held": [one for one in reversed(known) if one.held_at],
        "schedule": desk.form("schedule"),
    }  # fmt: skip
