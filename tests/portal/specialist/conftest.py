"""A member of staff at the browser, and an engagement that stands where a test wants it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding import outbox
from onboarding.actions import entering
from onboarding.actors import SYSTEM, Role
from onboarding.models import Engagement, Specialist
from onboarding.workflow.steps import STEPS, Step
from portal.accounts.factors import ENROLLED_KEY
from tests.factories import EngagementFactory, SpecialistFactory


def signed_in(role: Role) -> Client:
    """A browser of a member of staff with this role."""
    client, user = Client(), SpecialistFactory(role=role.value).user
    client.force_login(user)
    session = client.session
    session[ENROLLED_KEY] = user.pk  # as if a second factor had just been added
    session.save()
    return client


@pytest.fixture
def lead() -> Client:
    return signed_in(Role.LEAD)


@pytest.fixture
def specialist() -> Client:
    return signed_in(Role.SPECIALIST)


@pytest.fixture
def auditor() -> Client:
    return signed_in(Role.AUDITOR)


@pytest.fixture
def standing_at() -> Callable[[Step], Engagement]:
    """An engagement in a step, with everything the steps before and this one start."""

    def make(step: Step = Step.WELCOME_CALL) -> Engagement:
        engagement = EngagementFactory(step=step.value, specialist=Specialist.objects.first() or SpecialistFactory())
        for one in STEPS[: step.number]:
            entering.start(engagement, one, by=SYSTEM, at=now())
        outbox.refresh_status(engagement, at=now())
        return engagement

    return make
