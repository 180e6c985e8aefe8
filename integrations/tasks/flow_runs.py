from __future__ import annotations

import time
from functools import partial
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import registry
from integrations.engine.connector import Connector
from integrations.engine.errors import Failure
from integrations.engine.patience import patiently
from integrations.engine.transfer import Transfer
from integrations.storage import FlowLedger
from integrations.tasks.labour import Pulse, by_flow, ends_of, labour
from onboarding.actions import flow_runs
from onboarding.models import FlowRun

BATCH = 100
MOST_RECORDS = 5000  # a run; the next one, due at once, goes on
MOST_SECONDS = 200  # below the limit after which a worker ends a task


@shared_task(name="integrations.start_due_flows", ignore_result=True, tenant_free=True)
def start_due_flows(**_: Any) -> int:
    """Start every flow whose schedule says now. The scheduler sends it every half minute; twice is once."""
    return flow_runs.start_due(at=now())


@shared_task(name="integrations.run_flow", acks_late=True, ignore_result=True)
def run_flow(*, run_id: int, **_: Any) -> None:
    """Move what failed last time and what changed since, record by record, from the flow's cursor.

    Safe to run twice and to be killed: bindings are written as records are made, the cursor after each batch.
    """
    labour(FlowRun, run_id, uses=by_flow, do=_move, give_up=flow_runs.record_failure)


def _move(run: FlowRun) -> None:
    ends, ledger, pulse = ends_of(run.flow), FlowLedger(run), Pulse(run)
    until = time.monotonic() + MOST_SECONDS
    transfer = Transfer(
        registry.flow(run.flow.code, run.flow.mapping),
        source=ends.source,
        target=ends.target,
        ledger=ledger,
        scope=ends.scope,
        cancelled=lambda: pulse.is_lost() or time.monotonic() > until,
    )
    _move_failed(run, transfer, ledger, ends.source)
    moved = transfer.run(batch=BATCH, most=MOST_RECORDS)
    flow_runs.record_run(
        run,
        counts=ledger.totals(),
        failures=list(ledger.failures.values()),
        cursor=ledger.cursor() or "",
        has_more=moved.total() >= MOST_RECORDS or time.monotonic() > until,
        at=now(),
    )


def _move_failed(run: FlowRun, transfer: Transfer, ledger: FlowLedger, source: Connector) -> None:
    """What the run before could not move: it may be put right meanwhile without having changed since."""
    last = run.flow.runs.filter(pk__lt=run.pk).first()
    ledger.carry(last.failures if last else ())
    for source_id in list(ledger.failures):
        if transfer.cancelled():
            return
        try:
            record = patiently(partial(source.read, transfer.flow.source_object, source_id))
        except Failure as trouble:
            if trouble.code != "not_found":
                raise
            ledger.drop(source_id)
        else:
            transfer.move(record)
