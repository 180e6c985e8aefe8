"""Step VII: two workstreams of things to prepare, by hand or by the portal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import setup_tasks
from onboarding.models import Engagement, SetupRun, SetupTask
from onboarding.workflow.step_08_connectivity_setup import connection_of
from portal import access, pages
from portal.customer.engagement import engagement_page, may

STOP_POLLING = 286


class DoneForm(forms.Form):
    note = forms.CharField(
        label="What was done, and where?",
        max_length=500,
        help_text="For example “Created on Account, visible for the integration user”, or why it does not apply.",
    )


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Both workstreams with every task, its state and its proof."""
    return pages.show(request, "customer/setup.html", {"engagement": engagement} | _workstreams(request, engagement))


def _workstreams(request: HttpRequest, engagement: Engagement) -> dict[str, Any]:
    tasks = list(access.listed(request, SetupTask.objects.filter(engagement=engagement)))
    runs = list(access.listed(request, SetupRun.objects.filter(engagement=engagement)).select_related("connection"))
    streams = [_workstream(code, title, tasks, runs) for code, title in SetupTask.Workstream.choices]
    for stream in streams:
        connection = connection_of(engagement, stream["code"])
        stream["is_connected"] = bool(connection and connection.secret)
    shown = [stream for stream in streams if stream["tasks"]]
    return {"streams": shown, "may_change": _may_change(request, engagement)}


def _may_change(request: HttpRequest, engagement: Engagement) -> bool:
    return may(request, engagement, setup_tasks.WRITERS, at=setup_tasks.SINCE_SETUP)


def _workstream(code: str, title: str, tasks: list[SetupTask], runs: list[SetupRun]) -> dict[str, Any]:
    mine = [task for task in tasks if task.workstream == code]
    newest = max((run for run in runs if run.connection.side == code), key=lambda run: run.pk, default=None)
    words = {result["code"]: result for result in newest.results} if newest else {}
    return {
        "code": code,
        "title": title,
        "tasks": [{"task": task, "result": words.get(task.code)} for task in mine],
        "done": sum(task.done_at is not None for task in mine),
        "run": newest,
        "can_be_automated": any(task.spec.get("can_be_automated") for task in mine),
    }


@engagement_page
def task(request: HttpRequest, engagement: Engagement, task_id: int) -> HttpResponse:
    """One task: why, how, and the form that says what was done."""
    found = access.get(request, SetupTask.objects.filter(engagement=engagement), pk=task_id)
    form = DoneForm(pages.posted(request), initial={"note": found.done_note})
    if request.method == "POST" and form.is_valid():
        by, note = access.viewer_of(request), form.cleaned_data["note"]
        call = lambda: setup_tasks.mark_done(found.pk, note=note, by=by, at=now())  # noqa: E731
        if pages.attempt(request, call, form=form):
            return pages.done(request, f"Done: {found.title}.", "customer:setup")
    context = {"engagement": engagement, "task": found, "may_change": _may_change(request, engagement)}
    return pages.show(request, "customer/setup_task.html", context, form=form)


@require_POST
@engagement_page
def reopen(request: HttpRequest, engagement: Engagement, task_id: int) -> HttpResponse:
    """Take “done” back."""
    by, reason = access.viewer_of(request), request.POST.get("reason", "")
    if pages.attempt(request, lambda: setup_tasks.reopen(task_id, reason=reason, by=by, at=now())):
        return pages.done(request, "The task is open again.", "customer:setup_task", task_id)
    return pages.turned_down(request, "customer:setup_task", task_id)


@require_POST
@engagement_page
def run(request: HttpRequest, engagement: Engagement, workstream: str) -> HttpResponse:
    """Let the portal prepare one system through its API."""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: setup_tasks.start_run(engagement.pk, workstream=workstream, by=by, at=now())):
        return pages.done(request, "We are preparing it now. You can watch it here or come back.", "customer:setup")
    return pages.turned_down(request, "customer:setup")


@require_safe
@engagement_page
def progress(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The workstreams alone, for polling while a run is under way."""
    context = _workstreams(request, engagement)
    is_running = any(stream["run"] and stream["run"].is_open for stream in context["streams"])
    status = 200 if is_running else STOP_POLLING
    return render(request, "customer/_setup.html", {"engagement": engagement} | context, status=status)
