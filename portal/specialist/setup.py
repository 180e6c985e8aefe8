"""Step VII: both workstreams, task by task, by hand or by the portal through the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import setup_tasks
from onboarding.models import Engagement, SetupRun, SetupTask
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, on_row, serve


class DoneForm(forms.Form):
    task_id = fields.row_id()
    note = fields.line("What was done, and where?", longest=500, hint="Or why it does not apply.")


class ReopenForm(forms.Form):
    task_id = fields.row_id()
    reason = fields.line("Why is it open again?", longest=500)


class RunForm(forms.Form):
    workstream = fields.hidden()


class StopForm(forms.Form):
    run_id = fields.row_id()


ACTS = {
    "mark_done": Act(button="Mark as done", done="Done.", form=DoneForm, kind="secondary", key="task_id",
                     steps=setup_tasks.SINCE_SETUP, call=on_row(setup_tasks.mark_done, "task_id")),
    "reopen": Act(button="Open it again", done="The task is open again.", form=ReopenForm, kind="secondary",
                  key="task_id", steps=setup_tasks.SINCE_SETUP, call=on_row(setup_tasks.reopen, "task_id")),
    "start_run": Act(button="Create what the API can", done="A worker prepares the system now.", form=RunForm,
                     kind="secondary", key="workstream", steps=setup_tasks.SINCE_SETUP, call=on_engagement(setup_tasks.start_run)),
    "cancel_run": Act(button="Stop", done="Stopped. What was made already stays.", form=StopForm, kind="quiet",
                      key="run_id", call=on_row(setup_tasks.cancel_run, "run_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every task with its state and proof; runs as they happen."""
    return serve(request, engagement, "specialist/setup.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    tasks = list(desk.engagement.setup_tasks.all())
    runs = list(desk.engagement.setup_runs.select_related("connection").order_by("pk"))
    streams = [_stream(desk, code, title, tasks, runs) for code, title in SetupTask.Workstream.choices]
    return {"streams": [stream for stream in streams if stream["tasks"]],
            "is_live": any(stream["run"] and stream["run"].is_open for stream in streams)}  # fmt: skip


def _stream(desk: Desk, code: str, title: str, tasks: list[SetupTask], runs: list[SetupRun]) -> dict[str, Any]:
    mine = [task for task in tasks if task.workstream == code]
    run = next((one for one in reversed(runs) if one.connection.side == code), None)
    words = {one["code"]: one for one in run.results} if run else {}
    is_running = run is not None and run.is_open
    may_run = not is_running and any(task.spec.get("can_be_automated") for task in mine)
    return {
        "title": title,
        "tasks": [_drawn(desk, task, words.get(task.code)) for task in mine],
        "done": sum(task.done_at is not None for task in mine),
        "run": run,
        "start": desk.form("start_run", initial={"workstream": code}) if may_run else None,
        "stop": desk.form("cancel_run", initial={"run_id": run.pk}) if run and is_running else None,
    }


def _drawn(desk: Desk, task: SetupTask, result: dict[str, Any] | None) -> dict[str, Any]:
    about = {"task_id": task.pk}
    is_done = task.done_at is not None
    return {
        "task": task,
        "result": result,
        "mark": None if is_done else desk.form("mark_done", initial=about),
        "reopen": desk.form("reopen", initial=about) if is_done else None,
    }
