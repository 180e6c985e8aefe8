from __future__ import annotations

from typing import Any

from django.core.management.commands import flush

from onboarding import row_security


class Command(flush.Command):
    """Django's flush, run as the tables' owner: the web's role may not truncate, and nobody may delete events."""

    def handle(self, **options: Any) -> None:
        with row_security.as_owner(options["database"]):
            super().handle(**options)
