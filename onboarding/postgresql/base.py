from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2.extensions
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from onboarding import tenancy
from onboarding.postgresql.creation import DatabaseCreation

TELL = (
    "SELECT set_config('app.company', %s, true), set_config('app.user', %s, true),"
    " set_config('app.staff', %s, true), set_config('app.token_digest', %s, true)"
)
# Outside a transaction only these are told the context; VACUUM and its like refuse company in one message.
READS_OR_WRITES = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class TenantCursor(psycopg2.extensions.cursor):
    """Outside a transaction the context travels with each statement, in the same message.

    The server runs one message as one transaction, so the values end with it: nothing is left for the next user of
    the connection, also behind a pooler, and it costs no round trip.
    """

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's own name
        context = tenancy.current()
        if context and self.connection.autocommit and self.name is None and _reads_or_writes(query):
            query = self.mogrify(TELL, context.as_settings()).decode() + ";" + query
        super().execute(query, vars)


def _reads_or_writes(query: Any) -> bool:
    return isinstance(query, str) and query.lstrip(" (\n\t")[:6].upper().startswith(READS_OR_WRITES)


class DatabaseWrapper(base.DatabaseWrapper):
    """Every BEGIN is followed by one statement that tells the database whose rows may be touched."""

    creation_class = DatabaseCreation

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners = 0

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": TenantCursor}

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if autocommit:
            return
        try:
            self.tell_tenancy()
        except Exception:
            self.close()  # else the connection would stay in a transaction that Django does not know of
            raise

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.tell_tenancy()  # the server went back to what it was told before the savepoint

    def tell_tenancy(self) -> None:
        """Tell the open transaction, if there is one, whose rows may be touched. Not counted among the queries.

        A failed transaction takes no statement; whoever rolls it back returns to the values before it.
        """
        if self.connection is None or self.connection.closed or self.connection.autocommit:
            return
        if self.connection.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_INERROR:
            return
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(TELL, (tenancy.current() or tenancy.NOBODY).as_settings())

    def chunked_cursor(self) -> Any:
        """Outside a transaction a named cursor could not carry the context: read through a plain one."""
        if self.get_autocommit() and tenancy.current():
            return self.cursor()
        return super().chunked_cursor()

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """Work as the role that signed in, which owns the tables, instead of the role that was assumed."""
        self._owners += 1
        try:
            self._change_role()
            yield
        finally:
            self._owners -= 1
            self._change_role()

    def _configure_role(self, connection: Any) -> bool:
        if self._owners or self.alias == NO_DB_ALIAS:  # databases are created by the login role
            return False
        return super()._configure_role(connection)  # type: ignore[misc]

    def _change_role(self) -> None:
        """Outside a transaction by connecting anew: the role to assume may not exist before the first migration."""
        if not self.in_atomic_block:
            self.close()
        elif self.connection.info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_INERROR:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            self._configure_role(self.connection)
        # A failed transaction takes no statement: rolling it back brings the earlier role back by itself.
