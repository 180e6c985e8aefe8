"""Seeds the rehearsal: InterWeave's people and five companies at different steps, by the pages people use; once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from onboarding.actions.api_tokens import SCOPES
from onboarding.workflow.steps import Step
from portal.walkthrough import cast, half_done, walk
from portal.walkthrough.browser import TROUBLE
from portal.walkthrough.colleagues import invite_colleagues
from portal.walkthrough.people import Account
from portal.walkthrough.story import Story


@dataclass(frozen=True)
class Scene:
    """One company: its owner, the step it stands in, whether everything of that step is done, where it signs."""

    company: str
    owner: str
    step: Step
    is_done: bool = False
    sign: str = "portal"

    @property
    def name(self) -> str:
        """The step, and where it is signed when that is not in the portal."""
        return self.step.value if self.sign == "portal" else f"{self.step.value}_{self.sign}"


SCENES = (
    Scene("Beacon Instruments", "Maria Fernandez", Step.DATA_COLLECTION),
    Scene("Northfield Dairy Cooperative", "Tom Okoye", Step.INITIAL_SETUP),
    Scene("Acme Industrial Supplies", "Grace Chen", Step.GO_LIVE, is_done=True),
    Scene("Lakeside Bottling", "Nora Brandt", Step.CUSTOMER_APPROVAL, sign="door"),
    Scene("Meridian Freight", "Omar Reyes", Step.CUSTOMER_APPROVAL, sign="docusign"),
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
        for scene in SCENES:
            if scene.company in there:
                continue
            self.stdout.write(f"seeding {scene.company} up to step {scene.step.numeral} …")
            self.stdout.flush()
            story = cast.new_story(
                scene.company, scene.owner, papers=settings.VAR_DIR / "papers", say=lambda words: None, sign=scene.sign
            )
            walk.walk(story, until=scene.step, finish_last=scene.is_done)
            # Who signs elsewhere does without colleagues: they take as long as two steps.
            people = invite_colleagues(story) if scene.sign == "portal" else []
            doors = half_done.at_doors(story) if scene.sign == "door" else []
            self._remember(story, scene, people, doors)

    def _remember(self, story: Story, scene: Scene, people: list[Account], doors: list[dict[str, Any]]) -> None:
        told = cast.known()
        told["users"] += [cast.user(one) for one in (story.owner, *people)]
        told["tokens"].append(cast.token(story.token, "owner", story.company.name, OWNER_SCOPES))
        where = {"reference": story.reference, "company": story.company.name}
        told["engagements"].append(where | {"step": scene.step.value, "scene": scene.name})
        told["doors"] = told.get("doors", []) + doors
        cast.write(told)

    def _tell(self) -> None:
        told = cast.known()
        self.stdout.write(f"\nInterWeave onboarding: {told['base_url']}\nWho can sign in (all of it in var/demo.json):")
        for one in told["users"]:
            where = one["company"] or "InterWeave"
            self.stdout.write(f"  {one['role']:12} {one['email']:44} {one['password']:22} {where}")
        self.stdout.write("Staff need a second factor; its secret is in var/demo.json (totp_secret).\n")
