from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import creation


class DatabaseCreation(creation.DatabaseCreation):
    """Test databases are made, migrated and dropped by the login role; tests then work as the assumed one."""

    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        with self.connection.as_owner():  # type: ignore[attr-defined]
            return super().create_test_db(*args, **kwargs)
