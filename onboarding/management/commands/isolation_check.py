from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from onboarding import isolation, row_security


class Command(BaseCommand):
    help = "Reads PostgreSQL's catalogue for holes in the wall between companies; fails naming each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections))
        parser.add_argument(
            "--this-process", action="store_true", help="also fail when this process itself bypasses the wall"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        database = options["database"]
        try:
            gaps = isolation.gaps(database)
        except ValueError as no_wall:
            raise CommandError(str(no_wall)) from no_wall
        if options["this_process"] and (bypass := row_security.bypass(database)):
            gaps.append(bypass)
        if gaps:
            raise CommandError(f"{len(gaps)} gaps in the wall:\n" + "\n".join(f"- {gap}" for gap in gaps))
        self.stdout.write("The wall is whole: no gap found.")
