"""The API's hot reads: token, tenant and answer in one SQL statement, the stored status documents sent as they are.

On PostgreSQL a function enters the token's own context (postgresql/token_functions.sql), so row-level security holds;
SQLite has no second wall, and an equal statement asks there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

NOTED_FOR = timedelta(minutes=1)
STATES = {
    "active": "e.cancelled_at IS NULL AND e.held_at IS NULL",
    "on_hold": "e.cancelled_at IS NULL AND e.held_at IS NOT NULL",
    "cancelled": "e.cancelled_at IS NOT NULL",
}
BEARER = "t.id, t.company_id, t.scopes, coalesce(t.last_used_at > %s, 0)"
ALIVE = """
    t.digest = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s)
    AND EXISTS (SELECT 1 FROM onboarding_user u WHERE u.id = t.created_by_id AND u.is_active)
    AND (EXISTS (SELECT 1 FROM onboarding_specialist s WHERE s.user_id = t.created_by_id AND s.removed_at IS NULL)
      OR EXISTS (SELECT 1 FROM onboarding_member m WHERE m.user_id = t.created_by_id
                 AND m.company_id = t.company_id AND m.removed_at IS NULL))"""
OWN = "(t.company_id IS NULL OR e.company_id = t.company_id)"


class TokenRead(NamedTuple):
    """What a hot read learned of the token: its id, tenant (None: staff), scopes, and whether this use is noted."""

    token_id: int
    company_id: int | None
    scopes: frozenset[str]
    is_noted: bool


class StatusRead(NamedTuple):
    """One engagement's status document. `version` None: not there. `body` None with a version: still the known one."""

    token: TokenRead
    version: int | None
    body: str | None


class PageRead(NamedTuple):
    """A page of status documents as a JSON array. `next_below`: where the following page begins, None on the last."""

    token: TokenRead
    items: str
    next_below: int | None
    total: int | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which engagements: each filter None for any."""

    step: str | None = None
    state: str | None = None
    waiting_for: str | None = None
    specialist: str | None = None
    solution: str | None = None
    company: str | None = None
    updated_since: datetime | None = None
    below: int | None = None
    size: int = 25
    with_total: bool = False


@dataclass
class _Conditions:
    sql: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, sql: str, value: str | None) -> None:
        if value is not None:
            self.sql.append(sql)
            self.values.append(value)


def status_for_token(digest: str, reference: str, *, known_version: int | None, at: datetime) -> StatusRead | None:
    """The status document that this token's bearer may read, in one statement; None: no such token (any more).

    With `known_version` still the latest no document is read.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        row = _one(
            connection,
            "SELECT token_id, company_id, scopes, use_noted, version, body FROM status_for_token(%s, %s, %s)",
            [digest, reference, known_version],
        )
    else:
        row = _one(
            connection,
            f"SELECT {BEARER}, e.version, CASE WHEN e.version IS NOT %s THEN e.status END"  # noqa: S608
            " FROM onboarding_apitoken t LEFT JOIN onboarding_engagement e"
            f" ON e.reference = %s AND {OWN} WHERE {ALIVE}",
            [_moment(at - NOTED_FOR), known_version, reference, digest, _moment(at)],
        )
    return None if row is None else StatusRead(_token(row), row[4], row[5])


def page_for_token(digest: str, wanted: Wanted, *, at: datetime) -> PageRead | None:
    """A page of the engagements that this token's bearer may read, newest first, in one statement; None: no such token.

    `total` counts all pages, in the same statement, when asked for.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        return _page_by_function(connection, digest, wanted)
    given = _conditions(wanted)
    counted = "NULL"
    if wanted.with_total:
        counted = f"(SELECT count(*) FROM onboarding_engagement e WHERE {' AND '.join([OWN, *given.sql])})"  # noqa: S608
    below = ["e.id < %s"] if wanted.below is not None else []
    rows = _all(
        connection,
        f"SELECT {BEARER}, e.id, e.status, {counted}"  # noqa: S608
        " FROM onboarding_apitoken t LEFT JOIN onboarding_engagement e"
        f" ON {' AND '.join([OWN, *given.sql, *below])} WHERE {ALIVE} ORDER BY e.id DESC LIMIT %s",
        [_moment(at - NOTED_FOR), *(given.values if wanted.with_total else []), *given.values,
         *([wanted.below] if below else []), digest, _moment(at), wanted.size + 1],
    )  # fmt: skip
    if not rows:
        return None
    found = [row for row in rows if row[4] is not None]
    shown = found[: wanted.size]
    next_below = shown[-1][4] if len(found) > wanted.size else None
    return PageRead(_token(rows[0]), "[" + ",".join(row[5] for row in shown) + "]", next_below, rows[0][6])


def _page_by_function(connection: BaseDatabaseWrapper, digest: str, wanted: Wanted) -> PageRead | None:
    row = _one(
        connection,
        "SELECT token_id, company_id, scopes, use_noted, items, next_below, total"
        " FROM engagements_for_token(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [digest, wanted.step, wanted.below, wanted.size, wanted.state, wanted.waiting_for, wanted.specialist,
         wanted.solution, wanted.company, wanted.updated_since, wanted.with_total],
    )  # fmt: skip
    return None if row is None else PageRead(_token(row), row[4], row[5], row[6])


def _conditions(wanted: Wanted) -> _Conditions:
    given = _Conditions([STATES[wanted.state]] if wanted.state else [])
    given.add("e.step = %s", wanted.step)
    given.add("e.waiting_for = %s", wanted.waiting_for)
    given.add(
        "e.specialist_id = (SELECT s.id FROM onboarding_specialist s JOIN onboarding_user u ON u.id = s.user_id"
        " WHERE u.email = %s)",
        wanted.specialist,
    )
    given.add("e.solution = %s", wanted.solution)
    given.add("e.company_id IN (SELECT c.id FROM onboarding_company c WHERE c.name = %s)", wanted.company)
    since = wanted.updated_since
    given.add("e.updated_at >= %s", None if since is None else _moment(since))
    return given


def _token(row: tuple[Any, ...]) -> TokenRead:
    return TokenRead(row[0], row[1], _scopes(row[2]), bool(row[3]))


@lru_cache(maxsize=256)
def _scopes(stored: str) -> frozenset[str]:
    return frozenset(json.loads(stored))


def _moment(at: datetime) -> str:
    return str(connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(at))


def _one(connection: BaseDatabaseWrapper, sql: str, values: list[Any]) -> tuple[Any, ...] | None:
    rows = _all(connection, sql, values)
    return rows[0] if rows else None


def _all(connection: BaseDatabaseWrapper, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Read without asking first whether the connection still lives, which would cost as much as the read itself.

    A read may be made twice: when the server has gone away meanwhile, a new connection is asked.
    """
    if connection.in_atomic_block:
        return _read(connection, sql, values)
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _read(connection, sql, values)
    except (OperationalError, InterfaceError):
        connection.close()
        return _read(connection, sql, values)


def _read(connection: BaseDatabaseWrapper, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
