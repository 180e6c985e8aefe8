"""Standing questions: small reads asked at every turn, whose SQL is made once for the process.

Django makes a query's SQL anew each time. For the two dozen reads behind one step change that was most of their cost.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.models import QuerySet

# They stand in the SQL's parameters where a question's own values go; no id and no constant looks like one.
SLOTS = (-7_340_101, -7_340_102)


class Standing:
    """`rows(*values)` as a list, for one or two whole numbers: ids.

    `rows` is called once, with SLOTS for values; it must give the same query, and depend on nothing else.
    """

    def __init__(self, rows: Callable[..., QuerySet[Any]], *, values: int = 1) -> None:
        self._rows, self._slots = rows, SLOTS[:values]

    @cached_property
    def _made(self) -> tuple[Any, Any, str, tuple[Any, ...]]:
        rows: Any = self._rows(*self._slots)
        compiler = rows.query.get_compiler(using=rows.db)
        return rows, compiler, *compiler.as_sql()

    def __call__(self, *values: int, of: Any = None) -> list[Any]:
        """The rows now; `of`: the object they were asked through, which they will know as theirs."""
        rows, made, sql, params = self._made
        given = dict(zip(self._slots, values, strict=True))
        filled = tuple(given.get(one, one) if type(one) is int else one for one in params)
        query, compiler = copy(rows.query), copy(made)
        compiler.connection = connections[rows.db]  # a connection belongs to its thread
        compiler.as_sql = lambda: (sql, filled)
        query.get_compiler = lambda *_, **__: compiler
        asked: Any = type(rows)(model=rows.model, query=query, using=rows.db)
        asked._iterable_class = rows._iterable_class  # noqa: SLF001
        asked._known_related_objects = {field: {of.pk: of} for field in rows._known_related_objects if of}  # noqa: SLF001
        return list(asked)
