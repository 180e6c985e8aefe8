"""What another request does between our first read and our lock: on any database, without a race."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def meanwhile(table: str, act: Callable[[], Any]) -> Iterator[None]:
    """Do `act` once: after the block's first SELECT from `table` was read, before its next statement."""
    seen: list[bool] = []

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if seen == [True]:
            seen.append(False)
            act()
        found = execute(sql, params, many, context)
        if not seen and sql.startswith("SELECT") and f'FROM "{table}"' in sql:
            seen.append(True)
        return found

    with connection.execute_wrapper(run):
        yield
