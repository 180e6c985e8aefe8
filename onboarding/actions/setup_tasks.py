"""Set-up tasks of step VII: opened from the library, done by hand or through the API, proven by the live schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import connections, gates, rows, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor, Role
from onboarding.library import advice
from onboarding.library.setup import SetupTaskTemplate
from onboarding.models import Engagement, SetupRun, SetupTask
from onboarding.models.base import Work
from onboarding.queries import questionnaires, solutions
from onboarding.workflow.step_08_connectivity_setup import connection_of
from onboarding.workflow.steps import STEPS

WRITERS = frozenset({Role.OWNER, Role.TECHNICAL}) | SPECIALISTS
SINCE_SETUP = frozenset(STEPS[6:])  # VII to XII
WORDS = "The owner or a technical member of the company prepares its systems."


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Make the tasks of both workstreams from the library (on entering step VII); none is made twice.

    What the customer answered in step II stands among the instructions.
    """
    known = set(engagement.setup_tasks.values_list("code", flat=True))
    fresh = [entry for entry in solutions.setup_templates(engagement) if entry.code not in known]
    if not fresh:
        return
    answers = questionnaires.submitted(engagement)
    SetupTask.objects.bulk_create([_task(engagement, entry, answers) for entry in fresh])
    outbox.record("setup.opened", engagement, by=by, at=at, data={"tasks": [entry.code for entry in fresh]})


def _task(engagement: Engagement, entry: SetupTaskTemplate, answers: Mapping[str, Any]) -> SetupTask:
    field = entry.field.as_dict() if entry.field else None
    return SetupTask(
        company_id=engagement.company_id,
        engagement=engagement,
        workstream=entry.workstream,
        code=entry.code,
        title=entry.title,
        system=entry.system,
        spec={"object": entry.object, "field": field, "why": entry.why, "can_be_automated": entry.can_be_automated},
        instructions=[*entry.instructions, *advice.at(entry.code, answers)],
        optional_because=entry.optional_because,
    )


@transaction.atomic
def mark_done(task_id: int, *, note: str, by: Actor, at: datetime) -> SetupTask:
    """Say that a task is done, what was done and where (or why it does not apply). Step VIII proves it."""
    task, engagement = _open(task_id, by)
    if not note.strip():
        raise errors.BadInput(fields={"note": "Say what was done and where, or why it does not apply."})
    task.done_at, task.done_by, task.done_note = at, by.name, note.strip()[:500]
    task.save(update_fields=["done_at", "done_by", "done_note"])
    outbox.record("setup_task.done", engagement, by=by, at=at, data={"task": task.code, "note": task.done_note})
    return task


@transaction.atomic
def reopen(task_id: int, *, reason: str, by: Actor, at: datetime) -> SetupTask:
    """A task that was called done is open again, with the reason."""
    task, engagement = _open(task_id, by)
    if task.done_at is None:
        raise errors.WrongState("This task is open already.")
    reason = gates.said(reason, words="Say why the task is open again.")
    task.done_at, task.done_by, task.done_note, task.proven_at, task.proof = None, "", "", None, ""
    task.save(update_fields=["done_at", "done_by", "done_note", "proven_at", "proof"])
    data = {"task": task.code, "reason": reason}
    outbox.record("setup_task.reopened", engagement, by=by, at=at, data=data)
    return task


def _open(task_id: int, by: Actor) -> tuple[SetupTask, Engagement]:
    found = rows.visible(SetupTask, task_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=WRITERS, steps=SINCE_SETUP, words=WORDS)
    return SetupTask.objects.get(pk=found.pk), engagement


@transaction.atomic
def start_run(engagement_id: int, *, workstream: str, by: Actor, at: datetime) -> SetupRun:
    """Let a worker make one workstream's fields through the API, where the API can.

    Needs credentials on that side; a run that is still open is returned, not doubled.
    """
    engagement = gates.writable(engagement_id, by, roles=WRITERS, steps=SINCE_SETUP, words=WORDS)
    if workstream not in SetupTask.Workstream.values:
        raise errors.BadInput(fields={"workstream": "Choose the CRM or the financial application."})
    connection = connection_of(engagement, workstream)
    if connection is None or not connection.secret:
        raise errors.WrongState("Connect this system first; then the portal can prepare it for you.")
    if earlier := connection.setup_runs.filter(state__in=[Work.State.QUEUED, Work.State.RUNNING]).first():
        return earlier
    run = work.new(
        SetupRun, at=at, company_id=engagement.company_id, engagement=engagement, connection=connection,
        started_by=by.name,
    )  # fmt: skip
    outbox.record("setup.run_started", engagement, by=by, at=at, data={"run": run.pk, "workstream": workstream})
    return run


@transaction.atomic
def cancel_run(run_id: int, *, by: Actor, at: datetime) -> SetupRun:
    """Stop a run; what it made already stays."""
    found = rows.visible(SetupRun, run_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=WRITERS, words=WORDS)
    if not work.cancel(found, at=at):
        raise errors.WrongState("This run is over already.")
    outbox.record("setup.run_cancelled", engagement, by=by, at=at, data={"run": found.pk})
    return SetupRun.objects.get(pk=found.pk)


@transaction.atomic
def record_results(run: SetupRun, *, results: list[dict[str, Any]], at: datetime) -> bool:
    """Close a run with what became of each task: {code, state made|present|manual|failed, words}.

    A task that was made or found is done, by the portal; a check of the connection is ordered to prove it.
    False (nothing written) when the claim was lost.
    """
    engagement = gates.locked(run.engagement_id, SYSTEM)
    if not work.finish(run, at=at, results=results):
        return False
    for result in results:
        if result["state"] in {"made", "present"}:
            SetupTask.objects.filter(engagement=engagement, code=result["code"], done_at=None).update(
                done_at=at, done_by=SYSTEM.name, done_note=result["words"][:500]
            )
    states = {result["code"]: result["state"] for result in results}
    connections.order_check(run.connection, engagement, reason="fields prepared", by=SYSTEM, at=at)
    outbox.record("setup.run_finished", engagement, by=SYSTEM, at=at, data={"run": run.pk, "results": states})
    return True


@transaction.atomic
def prove(engagement_id: int, *, found: Mapping[str, str | None], at: datetime) -> None:
    """Take over what the live schemas showed, by task code: words that prove the field, or None when it is missing."""
    engagement = gates.locked(engagement_id, SYSTEM)
    proven, lost = [], []
    for task in engagement.setup_tasks.filter(code__in=list(found)):
        proof = found[task.code]
        if proof and task.proof != proof[:300]:
            proven.append(task.code)
        elif proof is None and task.proven_at is not None:
            lost.append(task.code)
        task.proven_at, task.proof = (at, proof[:300]) if proof else (None, "")
        task.save(update_fields=["proven_at", "proof"])
    if proven or lost:
        outbox.record("setup.proven", engagement, by=SYSTEM, at=at, data={"proven": proven, "lost": lost})
