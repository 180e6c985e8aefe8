"""One company on its way, the people around it, and a clock that every act moves on."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from onboarding.actions import documents, engagements, sealings, work
from onboarding.actors import Actor, Role
from onboarding.models import Company, Engagement, Rendering, Sealing, User
from onboarding.queries.viewers import member_actor, staff_actor
from onboarding.workflow.steps import Step
from tests.factories import MemberFactory, SpecialistFactory, UserFactory
from tests.journey.results import PDF

CHANGES = (
    "complete_welcome_call", "complete_data_collection", "complete_requirements_review", "complete_verification",
    "activate", "complete_planning", "complete_setup", "complete_connectivity", "complete_configuration",
    "complete_testing", "complete_go_live",
)  # fmt: skip


@dataclass
class Cast:
    """Who acts, on which engagement, and when."""

    company: Company
    engagement: Engagement
    owner: Actor
    viewer: Actor
    specialist: Actor
    lead: Actor
    finance: Actor
    at: datetime

    def later(self, hours: float = 1) -> datetime:
        """The time of the next act; never later than now, as the faces act now."""
        self.at = min(self.at + timedelta(hours=hours), timezone.now() - timedelta(minutes=5))
        return self.at

    def user(self, actor: Actor) -> User:
        """Who signs in for this actor."""
        return User.objects.get(pk=actor.user_id)

    def fresh(self) -> Engagement:
        """The engagement as it is now."""
        self.engagement = Engagement.objects.select_related("company", "specialist__user").get(pk=self.engagement.pk)
        return self.engagement

    def printed(self) -> None:
        """Every ordered PDF, stored by the worker's own action: one small page."""
        for waiting in Rendering.objects.filter(engagement=self.engagement, state="queued"):
            row = work.claim(Rendering, waiting.pk, at=waiting.not_before)
            assert row is not None
            documents.complete_rendering(row, pdf=PDF, by=self.specialist, at=self.later(0.1))
        for waiting in Sealing.objects.filter(engagement=self.engagement, state="queued"):
            sealing = work.claim(Sealing, waiting.pk, at=waiting.not_before)
            assert sealing is not None
            made = sealings.Made(subject="Common Name: The house", serial="0abc", is_time_stamped=False)
            sealings.complete(sealing, sealed=PDF + waiting.agreement.number.encode(), made=made, at=self.later(0.1))

    def moved(self, step: Step) -> Engagement:
        """Close the step by its own change."""
        engagements.move(self.engagement.pk, CHANGES[step.number - 1], by=self.specialist, at=self.later(4))
        return self.fresh()


def upload(name: str = "accounts.csv", content: bytes = b"number,name\n4000,Sales\n") -> SimpleUploadedFile:
    """A file as the upload handler hands it over: with the hash it took while it streamed in."""
    file = SimpleUploadedFile(name, content)
    file.sha256 = hashlib.sha256(content).hexdigest()
    file.file = io.BytesIO(content)
    return file


def named(company: Company, name: str, *roles: Role) -> Actor:
    """A member with a name of their own and an address at the company."""
    address = f"{name.split(maxsplit=1)[0].lower()}.{company.pk}@{company.mail_domain}"
    user = UserFactory(name=name, email=address, phone="+1 617 555 0142", time_zone="America/New_York")
    return member_actor(MemberFactory(company=company, user=user, roles=[role.value for role in roles]))


def priya() -> Actor:
    """The Technical Specialist, with photo and phone."""
    user = UserFactory(name="Priya Patel", phone="+1 617 555 0100")
    found = staff_actor(SpecialistFactory(user=user, photo="priya.svg").user)
    assert found is not None
    return found
