"""Every row of the house's tables in one hash: a refusal leaves it as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.apps import apps


def every_row() -> str:
    """One SHA-256 over every column of every row."""
    found = hashlib.sha256()
    for model in apps.get_app_config("onboarding").get_models():
        found.update(repr(list(model._base_manager.order_by("pk").values_list())).encode(errors="surrogatepass"))
    return found.hexdigest()


class Writes:
    """What was written to the house's tables and not taken back: a wrapper of every statement.

    `with connection.execute_wrapper(written := Writes()):`, then `written.kept`; cheaper than reading every row.
    """

    def __init__(self) -> None:
        self.log: list[str] = []

    @property
    def kept(self) -> list[str]:
        return [sql for sql in self.log if not sql.startswith("SAVEPOINT")]

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("ROLLBACK TO SAVEPOINT"):
            del self.log[self.log.index(sql.removeprefix("ROLLBACK TO ")) :]
            self.log.append(sql.removeprefix("ROLLBACK TO "))  # it stays open after going back to it
        elif sql.startswith("SAVEPOINT") or (sql.startswith(("INSERT", "UPDATE", "DELETE")) and "onboarding_" in sql):
            self.log.append(sql)
        return execute(sql, params, many, context)
