"""Rows that are work: claimed by one conditional UPDATE, retried from the row, put back by the sweep."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import F

from onboarding import outbox
from onboarding.actors import SYSTEM
from onboarding.models.base import Work
from onboarding.standing import Standing

W = TypeVar("W", bound=Work)
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


def new(model: type[W], *, at: datetime, not_before: datetime | None = None, **fields: Any) -> W:
    """Create a row of work, due now or from a moment on, and nudge its worker after commit."""
    row = model.objects.create(queued_at=at, not_before=not_before or at, **fields)  # type: ignore[attr-defined]
    outbox.enqueue(row)
    return row


def new_all(model: type[W], rows: Iterable[W], *, at: datetime, once_by: tuple[str, ...]) -> list[W]:
    """Create several rows of work by one statement, due now, and nudge their workers after commit.

    A row that is there already, by the unique fields `once_by`, stays as it is; the nudge finds it no longer due.
    """
    made = list(rows)
    for row in made:
        row.queued_at = row.not_before = at
    # "Changing" what is equal, instead of ignoring the conflict, is what gives each row its id.
    model.objects.bulk_create(made, update_conflicts=True, unique_fields=once_by, update_fields=once_by[:1])  # type: ignore[attr-defined]
    for row in made:
        outbox.enqueue(row)
    return made


def claim(model: type[W], pk: int, *, at: datetime) -> W | None:
    """Take a due row up, or None when it is not due, taken or gone: one UPDATE, so two workers never share a row."""
    rows = model.objects.filter(pk=pk, state=Work.State.QUEUED, not_before__lte=at)  # type: ignore[attr-defined]
    taken = rows.update(state=Work.State.RUNNING, claimed_at=at, attempts=F("attempts") + 1)
    return _by_id(model)(pk)[0] if taken else None


@cache
def _by_id(model: Any) -> Standing:
    return Standing(lambda pk: model.objects.select_related(*model.read_with).filter(pk=pk))


def holds(row: Work) -> bool:
    """True while this claim is still ours: not cancelled, not put back and taken by another worker."""
    mine = type(row).objects.filter(pk=row.pk, state=Work.State.RUNNING, attempts=row.attempts)  # type: ignore[attr-defined]
    return bool(mine.exists())


def progress(row: Work, **fields: Any) -> bool:
    """Store what happened so far, for whoever watches; False when the claim is lost (cancelled, put back)."""
    mine = type(row).objects.filter(pk=row.pk, state=Work.State.RUNNING, attempts=row.attempts)  # type: ignore[attr-defined]
    return bool(mine.update(**fields))


def finish(row: W, *, at: datetime, **fields: Any) -> bool:
    """Close a claimed row with its results; False (and nothing written) when the claim is lost."""
    return progress(row, state=Work.State.DONE, finished_at=at, problem=None, **fields)


def fail(row: W, *, at: datetime, problem: dict[str, Any], retry: bool, **fields: Any) -> bool:
    """A run failed: put the row back for later (doubling from ten seconds to an hour) or give it up.

    `problem` is the catalogue's entry: words, who can fix it, vendor's code and request id; never a secret.
    Returns True when it will be tried again.
    """
    again = retry and row.attempts < row.max_attempts
    if again:
        progress(row, state=Work.State.QUEUED, not_before=at + _wait(row), problem=problem, **fields)
    else:
        left = row.wiped() | fields
        progress(row, state=Work.State.FAILED, finished_at=at, problem=problem, **left)
    return again


def come_again(row: W, *, at: datetime, **fields: Any) -> bool:
    """Nothing failed, but not all is there yet: look again later, after the same waits as a failure's.

    False (and nothing written) when it came as often as it may.
    """
    if row.attempts >= row.max_attempts:
        return False
    return progress(row, state=Work.State.QUEUED, not_before=at + _wait(row), problem=None, **fields)


def _wait(row: Work) -> timedelta:
    """Doubling from ten seconds to an hour. (Past the ceiling nothing is doubled: a date can't hold that.)"""
    return min(FIRST_RETRY * 2 ** min(row.attempts - 1, 10), LONGEST_RETRY)


def hurry(model: type[W], pk: int, *, at: datetime) -> bool:
    """What waits is due now, with its worker nudged after commit; False when it does not wait."""
    waiting = model.objects.filter(pk=pk, state=Work.State.QUEUED)  # type: ignore[attr-defined]
    if not waiting.update(not_before=at):
        return False
    outbox.enqueue(model.objects.get(pk=pk))  # type: ignore[attr-defined]
    return True


def queue_again(model: type[W], pk: int, *, at: datetime, not_before: datetime | None = None) -> None:
    """Put a row that is over, or waits, back into the queue with all its attempts: due now, or from a moment on."""
    queued = {
        "state": Work.State.QUEUED,
        "queued_at": at,
        "not_before": not_before or at,
        "attempts": 0,
        "problem": None,
    }
    model.objects.filter(pk=pk).exclude(state=Work.State.RUNNING).update(**queued, finished_at=None)  # type: ignore[attr-defined]
    outbox.enqueue(model.objects.get(pk=pk))  # type: ignore[attr-defined]


def cancel(row: W, *, at: datetime) -> bool:
    """Stop a row that is waiting or running; the worker notices at its next step. False when it was over already."""
    open_rows = type(row).objects.filter(pk=row.pk, state__in=[Work.State.QUEUED, Work.State.RUNNING])  # type: ignore[attr-defined]
    return bool(open_rows.update(state=Work.State.CANCELLED, finished_at=at))


def kinds() -> list[type[Work]]:
    """Every kind of work there is, from the model registry."""
    return [model for model in apps.get_models() if issubclass(model, Work)]


def put_back_abandoned(*, at: datetime) -> int:
    """Rows whose worker died (running longer than their limit) wait again, or fail after their last attempt.

    A failure is an event staff see; returns how many rows were put back.
    """
    count = 0
    for model in kinds():
        since = at - timedelta(seconds=model.time_limit_seconds)
        abandoned = model.objects.filter(state=Work.State.RUNNING, claimed_at__lt=since)  # type: ignore[attr-defined]
        for row in abandoned.filter(attempts__gte=model.max_attempts):
            _give_up(row, at=at)
        count += abandoned.update(state=Work.State.QUEUED, not_before=at)
    return count


@transaction.atomic
def _give_up(row: Work, *, at: datetime) -> None:
    words = {"words": "The worker stopped in the middle and did not come back.", "who_can_fix": "us"}
    if progress(row, state=Work.State.FAILED, finished_at=at, problem=words, **row.wiped()) and (
        engagement := getattr(row, "engagement", None)
    ):
        data = {"work": type(row)._meta.verbose_name, "id": row.pk}
        outbox.record("work.abandoned", engagement, by=SYSTEM, at=at, data=data, is_internal=True)


def nudge_due(*, at: datetime, limit: int = 200) -> int:
    """Send every due row's task again: what a lost nudge or a broker's restart forgot. Returns how many."""
    count = 0
    for model in kinds():
        due = model.objects.filter(state=Work.State.QUEUED, not_before__lte=at).order_by("not_before")[:limit]  # type: ignore[attr-defined]
        for row in due:
            outbox.enqueue(row)
            count += 1
    return count
