"""What happened goes into one row, in the transaction that did it; the workers are nudged after it commits.

`record` appends the event, rebuilds the status document and keeps the two clocks. `enqueue` hands a row of work to the
workers: a lost nudge is harmless, since the sweep finds the row.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet

from onboarding import tenancy
from onboarding.actors import Actor
from onboarding.models import Engagement, Event
from onboarding.models.base import Work
from onboarding.standing import Standing
from onboarding.workflow import chain, status
from onboarding.workflow.criterion import Finding, Owner
from onboarding.workflow.steps import Step

KEPT = ("status", "version", "updated_at", "waiting_for", "waiting_since", "customer_waited", "interweave_waited")
logger = logging.getLogger(__name__)
_in_hand: ContextVar[int | None] = ContextVar("in_hand", default=None)


def record(
    kind: str, engagement: Engagement, *, by: Actor, at: datetime, data: dict[str, Any] | None = None,
    is_internal: bool = False,
) -> Event:  # fmt: skip
    """Append one event (`noun.verb_in_past_tense`) and bring the status document up to it, in this transaction.

    Locks the engagement's row: events of one engagement form one chain, numbered without gaps.
    """
    if _in_hand.get() == engagement.pk:
        return _append(kind, engagement, by=by, at=at, data=data, is_internal=is_internal)
    [fresh] = _locked(engagement.pk)
    event = _append(kind, engagement, by=by, at=at, data=data, is_internal=is_internal)
    _keep_status(fresh, at=at)
    for name in KEPT:
        setattr(engagement, name, getattr(fresh, name))
    return event


@contextmanager
def one_update(
    engagement: Engagement, *, at: datetime, changing: Sequence[str] = (),
    known: Mapping[Step, list[Finding]] | None = None,
) -> Iterator[None]:  # fmt: skip
    """Whatever is recorded of the engagement in this block makes one status document, stored by one UPDATE at its end.

    The engagement is locked and read whole (`gates.locked`); `changing` names its fields that are saved along.
    `known`: findings of this transaction that still hold, so that the status document need not look again.
    """
    token = _in_hand.set(engagement.pk)
    try:
        yield
    finally:
        _in_hand.reset(token)
    _keep_status(engagement, at=at, known=known, changing=changing)


def _append(
    kind: str, engagement: Engagement, *, by: Actor, at: datetime, data: dict[str, Any] | None, is_internal: bool
) -> Event:
    number, previous_hash = next(iter(_last_event(engagement.pk)), (0, chain.GENESIS))
    event = Event(
        company_id=engagement.company_id,
        engagement=engagement,
        number=number + 1,
        kind=kind,
        at=at.replace(microsecond=0),
        by=by.as_json(),
        data=data or {},
        step=engagement.step,
        is_internal=is_internal,
        previous_hash=previous_hash,
    )
    event.hash = chain.digest(event)
    event.save(force_insert=True)
    return event


@Standing
def _last_event(engagement_id: int) -> QuerySet[Event, Any]:
    return Event.objects.filter(engagement_id=engagement_id).order_by("-number").values_list("number", "hash")[:1]


def refresh_status(engagement: Engagement, *, at: datetime) -> None:
    """Rebuild the engagement's status document from the rows as they are now, and keep the two clocks."""
    fresh = _as_stored().get(pk=engagement.pk)
    _keep_status(fresh, at=at)
    for name in KEPT:
        setattr(engagement, name, getattr(fresh, name))


def _as_stored() -> QuerySet[Engagement]:
    return Engagement.objects.select_related("company", "specialist__user").defer("status")


@Standing
def _locked(engagement_id: int) -> QuerySet[Engagement]:
    return _as_stored().select_for_update(no_key=True, of=("self",)).filter(pk=engagement_id)


def _keep_status(
    engagement: Engagement, *, at: datetime, known: Mapping[Step, list[Finding]] | None = None,
    changing: Sequence[str] = (),
) -> None:  # fmt: skip
    document = status.build(engagement, at=at, known=known)
    _keep_clocks(engagement, document["waiting_for"], at)
    document["waiting_since"] = status.iso(engagement.waiting_since)
    document["waited_seconds"] = {
        "customer": int(engagement.customer_waited.total_seconds()),
        "interweave": int(engagement.interweave_waited.total_seconds()),
    }
    engagement.version += 1
    engagement.updated_at = at.replace(microsecond=0)
    document["version"] = engagement.version
    engagement.status = document
    engagement.save(update_fields=[*KEPT, *changing])


def _keep_clocks(engagement: Engagement, waiting_for: str, at: datetime) -> None:
    """Whose turn changed: what went by belongs to the side that was waited for."""
    if waiting_for == engagement.waiting_for:
        return
    if engagement.waiting_for and engagement.waiting_since:
        clock = f"{Owner(engagement.waiting_for).side}_waited"
        setattr(engagement, clock, getattr(engagement, clock) + (at - engagement.waiting_since))
    engagement.waiting_for = waiting_for
    engagement.waiting_since = at if waiting_for else None


def enqueue(work: Work) -> None:
    """Nudge the worker that takes this row up, once the transaction has committed."""
    name, kwargs = work.task, {work.argument: work.pk}
    company_id = getattr(work, "company_id", None)
    headers = tenancy.headers(company_id=company_id, staff=company_id is None)  # a vendor's call: nobody's yet

    def nudge() -> None:
        send(name, kwargs, headers)

    # A def, not a functools.partial: with robust=True Django 5.2 crashes when a partial fails.
    transaction.on_commit(nudge, robust=True)


def send(name: str, kwargs: dict[str, Any], headers: dict[str, Any]) -> None:
    """Put one message on the broker; a broker that is down is only logged, as the sweep will send it again."""
    try:
        current_app.send_task(name, kwargs=kwargs, headers=headers)
    except Exception:  # noqa: BLE001 - whatever the broker's client raises, the step has moved
        logger.warning("nudge lost: %s", name)
