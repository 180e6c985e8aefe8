"""What every run does: taken up by one worker, its use of secrets told to the customer, given up when it cannot go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from onboarding import outbox
from onboarding.actions import connections, gates, rows, work
from onboarding.actors import SYSTEM
from onboarding.models import Connection
from onboarding.models.base import Work

W = TypeVar("W", bound=Work)


@transaction.atomic
def claim(model: type[W], pk: int, *, uses: Callable[[W], Iterable[Connection]], at: datetime) -> W | None:
    """Take a due run up, or None when it is not due, taken or gone.

    `uses` names the connections whose secrets the run will use: one event each a run, however often it
    is taken up.
    """
    row = model.objects.filter(pk=pk).first()  # type: ignore[attr-defined]
    if row is None:
        return None
    engagement = gates.locked(row.engagement_id, SYSTEM)  # before the run's own row, as every action does
    claimed = work.claim(model, pk, at=at)
    if claimed is not None and claimed.attempts == 1:
        for connection in uses(claimed):
            data = connections.facts(connection) | {"run": pk, "for": rows.noun(claimed)}
            outbox.record("connection.secret_used", engagement, by=SYSTEM, at=at, data=data)
    return claimed


@transaction.atomic
def record_failure(row: Work, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """Put the row back for later when trying again can help, else it failed. Returns True when it will be tried again.

    `problem` is the catalogue's entry as JSON: words, who can fix it, what to do; never a secret. Nothing happens when
    the claim was lost.
    """
    engagement = gates.locked(row.engagement_id, SYSTEM)  # type: ignore[attr-defined]
    if not work.holds(row):
        return False
    again = work.fail(row, at=at, problem=problem, retry=retry)
    if not again:
        data = {"run": row.pk, "for": rows.noun(row), "words": problem.get("words", "")}
        outbox.record("run.failed", engagement, by=SYSTEM, at=at, data=data)
    return again
