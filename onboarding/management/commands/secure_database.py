from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from onboarding import row_security


class Command(BaseCommand):
    help = "Puts up row-level security (PostgreSQL) or the append-only guards (SQLite). Run after every migration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections))

    def handle(self, *args: Any, **options: Any) -> None:
        found = row_security.secure(options["database"])
        if options["verbosity"] < 1:
            return
        if connections[options["database"]].vendor == "postgresql":
            self.stdout.write(f"{len(found)} tables stand behind row-level security.")
        else:
            guarded = ", ".join(wall.table for wall in found if wall.append_only)
            self.stdout.write(f"No row-level security on this database: only the first wall stands. Guarded: {guarded}")
