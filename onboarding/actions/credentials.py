"""A connection's secret while a worker uses it: opened, and renewed by one worker at a time.

Vendors end a connection whose token two parties renew at once, and no row or database may stay locked while a vendor
is asked. So renewing is a lease on the row: taken by one conditional UPDATE, given back with the new secret by
another; a worker killed in between loses it when its time is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from onboarding import errors, vault
from onboarding.actions import rows
from onboarding.actors import Actor
from onboarding.models import Connection

LEASE = timedelta(seconds=60)  # longer than a vendor's token page may take


@dataclass(frozen=True)
class Lease:
    """The right to renew one connection's secret: what it was, and until when the right lasts."""

    connection_id: int
    values: Mapping[str, Any]
    sealed: str
    until: datetime


def read(connection_id: int, *, by: Actor) -> dict[str, Any]:
    """The secret as last saved. NotFound for another tenant's; WrongState when there is none (any more)."""
    return _opened(_row(connection_id, by))


def take_lease(connection_id: int, *, by: Actor, at: datetime) -> Lease | None:
    """The right to renew the secret now, with the secret as it is now; None while another worker holds it."""
    until = at + LEASE
    free = Q(renewing_until=None) | Q(renewing_until__lte=at)
    known = Connection.objects.visible_to(by).filter(pk=connection_id).exclude(secret="")
    taken = known.filter(free).update(renewing_until=until)
    row = _row(connection_id, by)
    return Lease(row.pk, _opened(row), row.secret, until) if taken else None


@transaction.atomic
def give_back(
    lease: Lease, *, values: Mapping[str, Any] | None, by: Actor, token_expires_at: datetime | None = None,
    consent_expires_at: datetime | None = None,
) -> bool:  # fmt: skip
    """End a lease, with the renewed secret or None when nothing was renewed.

    False (nothing written) when new credentials were given meanwhile, the connection was revoked, or another worker
    took over after the lease ran out: theirs is newer.
    """
    mine = Connection.objects.visible_to(by).filter(
        pk=lease.connection_id, renewing_until=lease.until, secret=lease.sealed
    )
    fields: dict[str, Any] = {"renewing_until": None}
    if values is not None:
        company = _row(lease.connection_id, by).company
        fields["secret"] = vault.seal(company, f"connection:{lease.connection_id}", dict(values))
        expiries = {"token_expires_at": token_expires_at, "consent_expires_at": consent_expires_at}
        fields |= {name: moment for name, moment in expiries.items() if moment is not None}
    return bool(mine.update(**fields))


def _row(connection_id: int, by: Actor) -> Connection:
    row = rows.visible(Connection, connection_id, by)
    if not row.secret:
        raise errors.WrongState("This system is not connected.")
    return row


def _opened(row: Connection) -> dict[str, Any]:
    return vault.open_sealed(row.company, f"connection:{row.pk}", row.secret)
