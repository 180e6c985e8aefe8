from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import registry
from integrations.engine.errors import Failure
from integrations.tasks.labour import labour
from onboarding.actions import withdrawals
from onboarding.models import Withdrawal

ENDED_ALREADY = "auth_revoked"


@shared_task(name="integrations.withdraw_consent", acks_late=True, ignore_result=True)
def withdraw_consent(*, withdrawal_id: int, **_: Any) -> None:
    """End a consent at the vendor after its connection was disconnected. Safe to run twice: ended is ended."""
    labour(
        Withdrawal, withdrawal_id, uses=lambda row: [row.connection], do=_withdraw, give_up=withdrawals.give_up
    )  # fmt: skip


def _withdraw(row: Withdrawal) -> None:
    credentials = withdrawals.read(row)
    if credentials:
        try:
            registry.withdrawn(credentials)
        except Failure as trouble:
            if trouble.code != ENDED_ALREADY:
                raise
    withdrawals.finish(row, was_ended=bool(credentials), at=now())
