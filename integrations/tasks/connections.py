from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from integrations import registry
from integrations.engine import ladder
from integrations.engine.connector import Connector, FieldWish
from integrations.engine.errors import Failure
from integrations.engine.fields import difference, wish
from integrations.storage import ConnectionTokens
from integrations.tasks.labour import Pulse, flow_codes, labour
from onboarding.actions import connections, setup_tasks, work
from onboarding.library.setup import SetupTaskTemplate
from onboarding.models import CheckRun
from onboarding.queries import solutions


@shared_task(name="integrations.run_check", acks_late=True, ignore_result=True)
def run_check(*, check_id: int, **_: Any) -> None:  # **_ lets an older worker run a newer message
    """Climb one connection's ladder, each rung's result stored as it is known, and prove the fields of step VII.

    Safe to run twice and to be killed: the climb starts again and takes the test record it left.
    """
    labour(CheckRun, check_id, uses=lambda run: [run.connection], do=_climb)


def _climb(run: CheckRun) -> None:
    target, pulse = _target(run), Pulse(run)
    rungs = {rung.code: rung.as_dict() for rung in ladder.plan()}
    work.progress(run, rungs=list(rungs.values()))

    def on_rung(rung: ladder.Rung) -> None:
        rungs[rung.code] = rung.as_dict()
        work.progress(run, rungs=list(rungs.values()), claimed_at=now())

    climbed = ladder.climb(target, on_rung=on_rung, cancelled=pulse.is_lost)
    _prove(run, target.connector, climbed)
    connections.record_check(
        run,
        rungs=[rung.as_dict() for rung in climbed],
        is_passed=ladder.passed(climbed),
        identity=_identity(climbed),
        at=now(),
    )


def _target(run: CheckRun) -> ladder.Target:
    connection = run.connection
    # Every stand-in says that it is a sandbox, whatever it stands in for.
    expects_sandbox = None if settings.REHEARSAL else connection.environment == connection.Environment.SANDBOX
    return registry.target(
        connection.system,
        tokens=ConnectionTokens(connection),
        run=f"{run.engagement.reference}-{run.pk}",
        flows=flow_codes(run.engagement),
        expected_identity=connection.identity.get("id"),
        expects_sandbox=expects_sandbox,
    )


def _identity(climbed: Iterable[ladder.Rung]) -> dict[str, Any] | None:
    found = next((rung for rung in climbed if rung.code == "identity"), None)
    return dict(found.details) if found and found.state == ladder.PASSED else None


def _prove(run: CheckRun, connector: Connector, climbed: Iterable[ladder.Rung]) -> None:
    """What the live schema shows of each set-up task's field, told to the heart; nothing when it could not be read."""
    if not any(rung.code == "fields" and rung.state != ladder.SKIPPED for rung in climbed) or not work.holds(run):
        return
    entries = [entry for entry in solutions.setup_templates(run.engagement) if entry.system == connector.system]
    asked = [(entry, wish(entry.field)) for entry in entries if entry.field]
    try:
        found = {entry.code: _proof(connector, entry, wished) for entry, wished in asked}
    except Failure:
        return  # the rung above says what was wrong
    setup_tasks.prove(run.engagement_id, found=found, at=now())


def _proof(connector: Connector, entry: SetupTaskTemplate, wished: FieldWish) -> str | None:
    field = connector.describe(wished.object).field(wished.name)
    if field is None:
        return f"Left out: {entry.optional_because}" if entry.optional_because else None
    if difference(wished, field):
        return None
    length = f", {field.length} characters" if wished.length and field.length else ""
    return f"{wished.object}.{field.name}: {field.type}{length}"
