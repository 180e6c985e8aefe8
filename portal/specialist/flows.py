"""The flows of an engagement, and one flow: direction, mapping, readiness, tests, schedule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst as sentence
from django.views.decorators.http import require_safe

from onboarding.actions import flow_runs, flows, test_runs
from onboarding.models import Engagement, Flow, Launch
from onboarding.queries import flows as query
from onboarding.queries import solutions
from onboarding.workflow.steps import Step
from portal import access, threads, twins
from portal.plain_text import whole_number
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, EngagementForm, engagement_page, on_row, serve
from portal.specialist.mapping import MappingForm

STOP_POLLING = 286
RUNS_SHOWN = 10


class FlowForm(forms.Form):
    flow_id = fields.row_id()


class DirectionForm(EngagementForm):
    flow_id = fields.row_id()
    direction = fields.radio("Direction", ())

    def prepare(self, engagement: Engagement) -> None:
        """A flow runs as the library knows it, or not at all."""
        given = whole_number(str(self.data.get("flow_id") or self.initial.get("flow_id")))
        flow = engagement.flows.filter(pk=given or 0).first()
        known = (solutions.template_of(flow).direction, "none") if flow else ()
        self.fields["direction"].choices = [(one, sentence(Flow.Direction(one).label)) for one in known]


class StopForm(forms.Form):
    run_id = fields.row_id()


class StopScanForm(forms.Form):
    scan_id = fields.row_id()


class UnscheduleForm(FlowForm):
    reason = fields.line("Why does the schedule stop?", longest=500)


def _on_flow(action: Any) -> Any:
    return on_row(action, "flow_id")


ACTS = {
    "set_direction": Act(button="Save the direction", done="Saved.", form=DirectionForm, kind="secondary",
                         call=_on_flow(flows.set_direction)),
    "save_mapping": Act(button="Save the mapping", done="Saved as the next version. Check it against both systems.",
                        form=MappingForm, kind="secondary", call=_on_flow(flows.save_mapping)),
    "check_mapping": Act(button="Check the mapping", done="A worker reads both schemas.", form=FlowForm,
                         kind="secondary", call=_on_flow(flows.check_mapping)),
    "configure": Act(button="Call it configured", done="Configured.", form=FlowForm, call=_on_flow(flows.configure)),
    "start_scan": Act(button="Scan sample records", done="A worker scans; nothing is written.", form=FlowForm,
                      kind="secondary", steps=flows.SCANNING, call=_on_flow(flows.start_scan)),
    "cancel_scan": Act(button="Stop the scan", done="Stopped.", form=StopScanForm, kind="quiet",
                       call=on_row(flows.cancel_scan, "scan_id")),
    "start_test": Act(button="Test with real records", done="The test runs now.", form=FlowForm,
                      steps=test_runs.AT, call=_on_flow(test_runs.start)),
    "cancel_test": Act(button="Stop the test", done="Stopped after the present case.", form=StopForm, kind="quiet",
                       call=on_row(test_runs.cancel, "run_id")),
    "schedule": Act(button="Switch the schedule on", done="It runs on schedule.", form=FlowForm, kind="secondary",
                    call=_on_flow(flow_runs.schedule)),
    "unschedule": Act(button="Stop the schedule", done="The schedule stopped.", form=UnscheduleForm,
                      kind="danger secondary", call=_on_flow(flow_runs.unschedule)),
    "start_run": Act(button="Run it now", done="A run started.", form=FlowForm, kind="secondary",
                     call=_on_flow(flow_runs.start)),
    "cancel_run": Act(button="Stop the run", done="Stopped.", form=StopForm, kind="quiet", key="run_id",
                      call=on_row(flow_runs.cancel, "run_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every flow of the solution with its state."""
    return serve(request, engagement, "specialist/flows.html", {},
                 lambda desk: {"flows": engagement.flows.all()})  # fmt: skip


@engagement_page
def flow(request: HttpRequest, engagement: Engagement, flow_id: int) -> HttpResponse:
    """One flow with everything that is done to it."""
    found = access.get(request, Flow.objects.filter(engagement=engagement), pk=flow_id)
    return serve(request, engagement, "specialist/flow.html", ACTS, lambda desk: _context(desk, found), place="flows")


def _context(desk: Desk, found: Flow) -> dict[str, Any]:
    scan, test = query.latest_scan(found), query.latest_test(found)
    check = found.mapping_checks.first()
    poll_url = reverse("specialist:flow_test", args=[desk.engagement.reference, found.pk])
    return {
        "flow": found,
        "asked_for": threads.asking_for(found, threads.Door(desk.engagement.reference)),
        "editor": query.editor(found),
        "check": check,
        "scan": scan,
        "is_live": bool((check and check.is_open) or (scan and scan.is_open)),
        "test": test,
        "cases": twins.twins(test) if test else [],
        "poll_url": poll_url,
        "runs": [_run(desk, one) for one in found.runs.all()[:RUNS_SHOWN]],
        "incidents": found.incidents.all()[:RUNS_SHOWN],
    } | _acts(desk, found, scan, test)


def _acts(desk: Desk, found: Flow, scan: Any, test: Any) -> dict[str, Any]:
    about = {"flow_id": found.pk}
    is_live, step = found.scheduled_at is not None, desk.engagement.at_step
    is_configuring, is_later = step is Step.SOLUTION_CONFIGURATION, step.number > Step.SOLUTION_CONFIGURATION.number
    other = solutions.template_of(found).direction if found.direction == Flow.Direction.NONE else found.direction
    stop_scan = desk.form("cancel_scan", initial={"scan_id": scan.pk}) if scan and scan.is_open else None
    stop_test = desk.form("cancel_test", initial={"run_id": test.pk}) if test and test.is_open else None
    is_cut_over = Launch.objects.filter(engagement=desk.engagement, cutover_at__isnull=False).exists()
    configuring = ("set_direction", "save_mapping", "check_mapping", "configure") if is_configuring else ()
    forms_ = {name: desk.form(name, initial=about | {"direction": other}) for name in configuring}
    if found.configured_at:
        forms_.pop("configure", None)
    return forms_ | {
        "start_scan": None if stop_scan else desk.form("start_scan", initial=about),
        "cancel_scan": stop_scan,
        "start_test": desk.form("start_test", initial=about) if is_later and not stop_test else None,
        "cancel_test": stop_test,
        "schedule": desk.form("schedule", initial=about) if is_cut_over and not is_live else None,
        "unschedule": desk.form("unschedule", initial=about) if is_live else None,
        "start_run": desk.form("start_run", initial=about) if is_cut_over else None,
    }


def _run(desk: Desk, run: Any) -> dict[str, Any]:
    return {"run": run, "stop": desk.form("cancel_run", initial={"run_id": run.pk}) if run.is_open else None}


@require_safe
@engagement_page
def test_progress(request: HttpRequest, engagement: Engagement, flow_id: int) -> HttpResponse:
    """The newest test alone, for polling while it runs."""
    found = access.get(request, Flow.objects.filter(engagement=engagement), pk=flow_id)
    test = query.latest_test(found)
    context = {"flow": found, "test": test, "cases": twins.twins(test) if test else [], "poll_url": request.path}
    return render(request, "_test_run.html", context, status=200 if test and test.is_open else STOP_POLLING)
