from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from onboarding import row_security, tenancy


class Command(migrate.Command):
    """Django's migrate, run as the tables' owner even where DATABASE_ROLE names the web's role.

    As staff, since the owner stands behind the walls too: a migration that moves rows must see every company's.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        with row_security.as_owner(options["database"]), tenancy.acting(staff=True):
            super().handle(*args, **options)
