"""Whose rows this code may touch: a context that the database backend hands to row-level security.

On PostgreSQL every transaction, and every single statement outside one, carries the context (onboarding/postgresql);
without one nothing of any company is visible. On SQLite only the first wall, `visible_to(viewer)`, stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connections

HEADER = "tenancy"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One company, one user's own memberships, the bearer of one token's digest, or InterWeave's staff (all rows)."""

    company_id: int | None = None
    user_id: int | None = None
    staff: bool = False
    token_digest: str = ""

    def as_settings(self) -> tuple[str, str, str, str]:
        """The values of app.company, app.user, app.staff and app.token_digest; empty means none."""
        company = "" if self.company_id is None else str(int(self.company_id))
        user = "" if self.user_id is None else str(int(self.user_id))
        return company, user, "on" if self.staff else "", self.token_digest

    def as_headers(self) -> dict[str, Any]:
        """The header of a task's message: ids only, never a digest."""
        return {HEADER: {"company_id": self.company_id, "user_id": self.user_id, "staff": self.staff}}


NOBODY = Tenancy()
_current: ContextVar[Tenancy | None] = ContextVar("tenancy", default=None)


def current() -> Tenancy | None:
    """The context of this thread, or None."""
    return _current.get()


@contextmanager
def acting(
    *, company_id: int | None = None, user_id: int | None = None, staff: bool = False, token_digest: str = ""
) -> Iterator[Tenancy]:
    """Touch the rows of one company (or user, token, all as staff) inside the block; afterwards as before.

    May be entered inside an open transaction: the database is told at once, and told the outer values at the end.
    """
    entered = Tenancy(company_id, user_id, staff, token_digest)
    before = _current.set(entered)
    try:
        _tell_open_transactions()
        yield entered
    finally:
        _current.reset(before)
        _tell_open_transactions()


def headers(*, company_id: int | None = None, user_id: int | None = None, staff: bool = False) -> dict[str, Any]:
    """Headers for `app.send_task(name, kwargs=…, headers=…)`: the task will run in this context.

    Raises ValueError for a context that would see nothing: the task could never find its row.
    """
    context = Tenancy(company_id, user_id, staff)
    if context == NOBODY:
        raise ValueError("A task needs a company, a user or staff to act for.")
    return context.as_headers()


def from_headers(carried: Mapping[str, Any] | None) -> Tenancy | None:
    """The context a message carries, or None."""
    told = (carried or {}).get(HEADER)
    return None if told is None else Tenancy(told.get("company_id"), told.get("user_id"), bool(told.get("staff")))


def _tell_open_transactions() -> None:
    for connection in connections.all(initialized_only=True):
        if tell := getattr(connection, "tell_tenancy", None):
            tell()
