"""Training: signed off by the customer, after a session was held."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import trainings
from onboarding.models import Engagement, Event, Meeting, TrainingSignoff
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, owner, specialist

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step=Step.ACTIVATION_TESTING.value)


def held(engagement: Engagement) -> None:
    Meeting.objects.create(
        company=engagement.company, engagement=engagement, kind="training", starts_at=NOW, booked_by="Priya",
        booked_at=NOW, held_at=NOW, attendees=["Ada"],
    )  # fmt: skip


def test_training_is_signed_off_once(engagement: Engagement) -> None:
    held(engagement)
    by = owner(engagement.company)

    first = trainings.sign_off(engagement.pk, statement=" We are ready ", by=by, at=NOW)
    second = trainings.sign_off(engagement.pk, statement="Again", by=by, at=NOW)

    assert (first.pk, first.statement, second.statement) == (second.pk, "We are ready", "We are ready")
    assert Event.objects.get(kind="training.signed_off").data == {"sessions": 1}


def test_signing_off_is_refused(engagement: Engagement) -> None:
    with pytest.raises(errors.WrongState):
        trainings.sign_off(engagement.pk, statement="Ready", by=owner(engagement.company), at=NOW)
    held(engagement)
    with pytest.raises(errors.BadInput):
        trainings.sign_off(engagement.pk, statement=" ", by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.NotYours):
        trainings.sign_off(engagement.pk, statement="Ready", by=specialist(), at=NOW)

    assert (TrainingSignoff.objects.count(), Event.objects.count()) == (0, 0)
