"""Seeds the rehearsal: InterWeave's people and three companies at different steps, by the pages people use; once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from onboarding.actions.api_tokens import SCOPES
from onboarding.workflow.steps import Step
from portal.walkthrough import cast, walk
from portal.walkthrough.browser import TROUBLE
from portal.walkthrough.colleagues import invite_colleagues
from portal.walkthrough.story import Story

# Company, owner, the step it stands in, and whether everything of that step is done.
COMPANIES = (
    ("Beacon Instruments", "Maria Fernandez", Step.DATA_COLLECTION, False),
    ("Northfield Dairy Cooperative", "Tom Okoye", Step.INITIAL_SETUP, False),
    ("Acme Industrial Supplies", "Grace Chen", Step.GO_LIVE, True),
)
OWNER_SCOPES = sorted(SCOPES.keys() - {"engagements:move"})  # moving is for InterWeave's people


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", action="store_true", help="InterWeave's people only, no companies")

    def handle(self, *args: Any, **options: Any) -> None:
        cast.staff()
        if options["people"]:
            return
        try:
            self._seed()
        except TROUBLE as trouble:
            raise CommandError(f"The demo could not be seeded: {trouble}") from trouble
        self._tell()

    def _seed(self) -> None:
        there = {one["company"] for one in cast.known()["engagements"]}
        for name, owner, step, finish in COMPANIES:
            if name in there:
                continue
            self.stdout.write(f"seeding {name} up to step {step.numeral} …")
            self.stdout.flush()
            story = cast.new_story(name, owner, papers=settings.VAR_DIR / "papers", say=lambda words: None)
            walk.walk(story, until=step, finish_last=finish)
            people = invite_colleagues(story)
            self._remember(story, step, people)

    def _remember(self, story: Story, step: Step, people: list[Any]) -> None:
        told = cast.known()
        told["users"] += [cast.user(one) for one in (story.owner, *people)]
        told["tokens"].append(cast.token(story.token, "owner", story.company.name, OWNER_SCOPES))
        told["engagements"].append({"reference": story.reference, "company": story.company.name, "step": step.value})
        cast.write(told)

    def _tell(self) -> None:
        told = cast.known()
        self.stdout.write(f"\nInterWeave onboarding: {told['base_url']}\nWho can sign in (all of it in var/demo.json):")
        for one in told["users"]:
            where = one["company"] or "InterWeave"
            self.stdout.write(f"  {one['role']:12} {one['email']:44} {one['password']:22} {where}")
        self.stdout.write("Staff need a second factor; its secret is in var/demo.json (totp_secret).\n")
