from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations.engine.connector import Connector
from integrations.engine.errors import Failure
from integrations.engine.fields import wish
from integrations.engine.patience import patiently
from integrations.tasks.labour import Pulse, connector_of, labour
from onboarding.actions import setup_tasks, work
from onboarding.library.setup import SetupTaskTemplate
from onboarding.models import SetupRun
from onboarding.queries import solutions

STATES = {"created": "made", "exists": "present", "differs": "manual", "not_possible": "manual"}


@shared_task(name="integrations.run_setup", acks_late=True, ignore_result=True)
def run_setup(*, run_id: int, **_: Any) -> None:
    """Make one workstream's custom fields where the system's API can, one by one; what is there is left alone.

    Safe to run twice and to be killed: a field made before is found and stays counted as made.
    """
    labour(SetupRun, run_id, uses=lambda run: [run.connection], do=_prepare)


def _prepare(run: SetupRun) -> None:
    connector, pulse = connector_of(run.connection), Pulse(run)
    results = {result["code"]: result for result in run.results}
    templates = [entry for entry in solutions.setup_templates(run.engagement) if entry.system == connector.system]
    for entry in templates:
        if pulse.is_lost():
            return
        if entry.field is None or results.get(entry.code, {}).get("state") == "made":
            continue
        results[entry.code] = _made(connector, entry)
        work.progress(run, results=list(results.values()), claimed_at=now())
    setup_tasks.record_results(run, results=list(results.values()), at=now())


def _made(connector: Connector, entry: SetupTaskTemplate) -> dict[str, str]:
    """One field's result. A failure that the next try can't mend is the field's own: a person makes it by hand."""
    wished = wish(entry.field, is_optional=bool(entry.optional_because))
    try:
        outcome = patiently(lambda: connector.ensure_field(wished))
    except Failure as trouble:
        if trouble.entry.retry_helps or trouble.code in {"not_connected", "auth_revoked", "credentials_refused"}:
            raise
        words = f"{trouble.entry.words} {trouble.entry.what_to_do}"
        return {"code": entry.code, "state": "failed", "words": words}
    return {"code": entry.code, "state": STATES[outcome.state], "words": outcome.words}
