"""Calls vendors make to us: taken in once under their own id, heeded by a worker, kept with what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import outbox
from onboarding.actions import work
from onboarding.models import WebhookDelivery
from onboarding.models.base import Work


@transaction.atomic
def take_in(
    *, provider: str, event_id: str, event: str, object_id: str, occurred_at: datetime | None, at: datetime
) -> bool:
    """Keep a verified call and nudge its worker after commit; False when this very call came before."""
    row, is_new = WebhookDelivery.objects.get_or_create(
        provider=provider,
        event_id=event_id,
        defaults={
            "event": event[:100], "object_id": object_id[:255], "occurred_at": occurred_at, "received_at": at,
            "queued_at": at, "not_before": at,
        },
    )  # fmt: skip
    if is_new:
        outbox.enqueue(row)
    return is_new


def claim(delivery_id: int, *, at: datetime) -> WebhookDelivery | None:
    """Take a call up, or None when it is not due, taken or gone."""
    return work.claim(WebhookDelivery, delivery_id, at=at)


def settle(delivery: WebhookDelivery, *, outcome: str, at: datetime) -> None:
    """The call was heeded; `outcome` says in words what became of it."""
    work.finish(delivery, at=at, outcome=outcome[:300])


def put_off(delivery: WebhookDelivery, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """It could not be heeded now. Returns True when it will be tried again."""
    again = work.fail(delivery, at=at, problem=problem, retry=retry)
    if not again:
        WebhookDelivery.objects.filter(pk=delivery.pk, state=Work.State.FAILED).update(
            outcome=str(problem.get("words", ""))[:300]
        )
    return again
