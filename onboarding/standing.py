"""Standing questions: small reads asked at every turn, whose SQL is made once for the process.

Django makes a query's SQL, and the plan for turning its rows into objects, anew each time. For the two dozen reads
behind one step change that was most of their cost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

# They stand in the SQL's parameters where a question's own values go; no id and no constant looks like one.
SLOTS = (-7_340_101, -7_340_102)


class Standing:
    """`rows(*values)` as a list, for one or two whole numbers: ids. Objects, or with `values_list` lists.

    `rows` is called once, with SLOTS for values; it must give the same query, and depend on nothing else.
    """

    def __init__(self, rows: Callable[..., QuerySet[Any]], *, values: int = 1) -> None:
        self._rows, self._slots = rows, SLOTS[:values]

    @cached_property
    def _made(self) -> _Made:
        return _Made(self._rows(*self._slots))

    def __call__(self, *values: int, of: Any = None) -> list[Any]:
        """The rows now; `of`: the object they were asked through, which they will know as theirs."""
        made, given = self._made, dict(zip(self._slots, values, strict=True))
        with connections[made.using].cursor() as cursor:
            cursor.execute(made.sql, [given.get(one, one) if type(one) is int else one for one in made.params])
            found = cursor.fetchall()
        return made.objects(found, of)


class _Made:
    """A query's SQL, and how its rows become objects."""

    def __init__(self, rows: Any) -> None:
        self.using = rows.db
        self.compiler = compiler = rows.query.get_compiler(using=self.using)
        self.sql, self.params = compiler.as_sql()
        self.converters = compiler.get_converters([column for column, _, _ in compiler.select])
        self.is_plain = rows._iterable_class is not ModelIterable  # noqa: SLF001 - Django's own word for values_list
        if not self.is_plain:
            self._learn(rows)

    def _learn(self, rows: Any) -> None:
        info, select = self.compiler.klass_info, self.compiler.select
        first, last = info["select_fields"][0], info["select_fields"][-1]
        self.model, self.own = info["model"], slice(first, last + 1)
        self.names = [column.target.attname for column, _, _ in select[self.own]]
        self.populators = get_related_populators(info, select, self.using)  # type: ignore[call-arg] # newer stubs
        self.parents = list(rows._known_related_objects)  # noqa: SLF001 - set where rows are asked through an object

    def objects(self, found: list[Any], of: Any) -> list[Any]:
        rows = list(self.compiler.apply_converters(found, self.converters) if self.converters else found)
        if self.is_plain:
            return rows
        made = []
        for row in rows:
            one = self.model.from_db(self.using, self.names, row[self.own])
            for populator in self.populators:
                populator.populate(row, one)
            if of is not None:
                for parent in self.parents:
                    parent.set_cached_value(one, of)
            made.append(one)
        return made
