"""One new company through all twelve steps, over HTTP, against the sandbox."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.walkthrough import cast, walk
from portal.walkthrough.browser import TROUBLE
from portal.walkthrough.story import Story


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object last")
        parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "var" / "walkthrough")
        parser.add_argument("--company", default="Harbour & Sons Trading")
        parser.add_argument("--owner", default="Ann Sullivan")

    def handle(self, *args: Any, **options: Any) -> None:
        began, folder = time.monotonic(), options["to"]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        story = cast.new_story(
            options["company"], options["owner"], papers=settings.VAR_DIR / "papers", say=self.stdout.write
        )
        try:
            walk.walk(story)
            report = _report(story, folder)
        except TROUBLE as trouble:
            raise CommandError(f"The walkthrough failed: {trouble}") from trouble
        report["seconds"] = round(time.monotonic() - began, 1)
        self.stdout.write(f" XII  reached in {report['seconds']} s; {len(report['documents'])} documents in {folder}")
        if options["json"]:
            self.stdout.write(json.dumps(report))


def _report(story: Story, folder: Path) -> dict[str, Any]:
    """Every PDF, status.json, timeline.json with every event; and the summary."""
    status, events = story.status(), walk.timeline(story)
    (folder / "status.json").write_text(json.dumps(status, indent=2))
    (folder / "timeline.json").write_text(json.dumps(events, indent=2))
    return {
        "engagement": story.reference,
        "current_step": status["step"]["code"],
        "steps": [
            {"number": one["number"], "code": one["code"], "closed_at": one["closed_at"], "evidence": one["criteria"]}
            for one in walk.steps(story)
        ],
        "documents": walk.keep(story, folder),
    }
