"""Withdrawals: a consent is ended at the vendor, not only forgotten here. The secret moves to a row of its own for that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import outbox, vault
from onboarding.actions import gates, work
from onboarding.actors import SYSTEM
from onboarding.models import Connection, Engagement, Withdrawal


def order(connection: Connection, engagement: Engagement, *, at: datetime) -> Withdrawal:
    """Have a worker end the consent. Call it before the connection's own secret is wiped, in the same transaction."""
    values = vault.open_sealed(engagement.company, f"connection:{connection.pk}", connection.secret)
    ordered = work.new(
        Withdrawal, at=at, company_id=engagement.company_id, engagement=engagement, connection=connection
    )
    ordered.secret = vault.seal(engagement.company, _row(ordered), values)
    ordered.save(update_fields=["secret"])
    return ordered


def read(withdrawal: Withdrawal) -> dict[str, Any]:
    """The credentials of the consent to be ended; empty when the system was connected anew, so that nothing is to end.

    A vendor ends a consent as a whole: the tokens of a new one would die with the old.
    """
    connection = Connection.objects.get(pk=withdrawal.connection_id)
    if connection.state != Connection.State.REVOKED or not withdrawal.secret:
        return {}
    return vault.open_sealed(withdrawal.company, _row(withdrawal), withdrawal.secret)


@transaction.atomic
def finish(withdrawal: Withdrawal, *, was_ended: bool, at: datetime) -> None:
    """It is over and the secret is wiped; `was_ended` is False when there was nothing to end any more."""
    engagement = gates.locked(withdrawal.engagement_id, SYSTEM)
    if work.finish(withdrawal, at=at, secret="") and was_ended:
        outbox.record("connection.consent_ended", engagement, by=SYSTEM, at=at, data=_facts(withdrawal))


@transaction.atomic
def give_up(withdrawal: Withdrawal, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """The vendor did not end it. For good: the secret is wiped and the customer told to end it there.

    A consent left open is worse than a call too many, so every failure is tried again whatever `retry` says. Returns
    True when it will be.
    """
    engagement = gates.locked(withdrawal.engagement_id, SYSTEM)
    if not work.holds(withdrawal):
        return False
    again = work.fail(withdrawal, at=at, problem=problem, retry=True)
    if not again:
        outbox.record("connection.consent_not_ended", engagement, by=SYSTEM, at=at, data=_facts(withdrawal))
    return again


def _row(withdrawal: Withdrawal) -> str:
    return f"withdrawal:{withdrawal.pk}"


def _facts(withdrawal: Withdrawal) -> dict[str, Any]:
    connection = withdrawal.connection
    return {"connection": connection.pk, "side": connection.side, "system": connection.system}
