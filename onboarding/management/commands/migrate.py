from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from onboarding import row_security


class Command(migrate.Command):
    """Django's migrate, run as the tables' owner even where DATABASE_ROLE names the web's role."""

    def handle(self, *args: Any, **options: Any) -> None:
        with row_security.as_owner(options["database"]):
            super().handle(*args, **options)
