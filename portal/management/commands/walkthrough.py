"""One new company through all twelve steps, over HTTP, against the sandbox."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.walkthrough import cast, paying, signing, walk
from portal.walkthrough.browser import TROUBLE
from portal.walkthrough.proofs import proving
from portal.walkthrough.story import Story


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object last")
        parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "var" / "walkthrough")
        parser.add_argument("--company", default="Harbour & Sons Trading")
        parser.add_argument("--owner", default="Ann Sullivan")
        parser.add_argument(
            "--sign", choices=list(signing.WAYS), default="portal",
            help="where the agreement is signed: in the portal, at a door without an account, or at DocuSign",
        )  # fmt: skip
        parser.add_argument(
            "--pay", choices=list(paying.WAYS), default="card",
            help="how the rest of the invoice is paid, a part having come by bank transfer: by card, by another "
            "transfer, or by card at a door of a payer without an account",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        began, folder = time.monotonic(), options["to"]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        story = cast.new_story(
            options["company"], options["owner"], papers=settings.VAR_DIR / "papers", say=self.stdout.write,
            sign=options["sign"], pay=options["pay"],
        )  # fmt: skip
        try:
            walk.walk(story)
            report = _report(story, folder)
            report["sealed_files"] = proofs = proving.prove(story)
        except TROUBLE as trouble:
            raise CommandError(f"The walkthrough failed: {trouble}") from trouble
        report["seconds"] = round(time.monotonic() - began, 1)
        self.stdout.write(f" XII  reached in {report['seconds']} s; {len(report['documents'])} documents in {folder}")
        self.stdout.write(f"      {proving.in_words(proofs)}")
        if options["json"]:
            self.stdout.write(json.dumps(report))
        if not proving.holds(proofs):
            raise CommandError("The proof of the sealed files failed; what disagrees is marked NO above.")


def _report(story: Story, folder: Path) -> dict[str, Any]:
    """Every PDF, status.json, timeline.json with every event; and the summary."""
    status, events = story.status(), walk.timeline(story)
    (folder / "status.json").write_text(json.dumps(status, indent=2))
    (folder / "timeline.json").write_text(json.dumps(events, indent=2))
    return {
        "engagement": story.reference,
        "signed": story.sign,
        "paid": story.pay,
        "current_step": status["step"]["code"],
        "steps": [
            {"number": one["number"], "code": one["code"], "closed_at": one["closed_at"], "evidence": one["criteria"]}
            for one in walk.steps(story)
        ],
        "documents": walk.keep(story, folder),
    }
