"""The pilot: opened once, feedback to its resolution, accepted by the customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import pilots
from onboarding.actors import Role
from onboarding.models import Engagement, Event, FeedbackItem, Pilot
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, member, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step=Step.ACTIVATION_TESTING.value)


def opened(engagement: Engagement, **more: Any) -> Pilot:
    arguments = {
        "starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=5), "participants": ["Ada", " ", "Ben "],
        "scenarios": "Create an account, see the customer.", "by": specialist(), "at": NOW,
    }  # fmt: skip
    return pilots.open(engagement.pk, **(arguments | more))


def noticed(engagement: Engagement, severity: str = "problem") -> FeedbackItem:
    by = member(engagement.company, Role.CONTRIBUTOR)
    return pilots.add_feedback(engagement.pk, text="The phone is missing", severity=severity, by=by, at=NOW)


def test_a_pilot_is_opened_once(engagement: Engagement) -> None:
    pilot = opened(engagement)

    assert pilot.participants == ["Ada", "Ben"]
    with pytest.raises(errors.WrongState):
        opened(engagement)
    assert Event.objects.filter(kind="pilot.opened").count() == 1


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"ends_on": NOW.date() - timedelta(days=1)}, ["ends_on"]),
        ({"participants": [" "], "scenarios": ""}, ["participants", "scenarios"]),
    ],
)
def test_opening_is_refused_by_field(engagement: Engagement, more: dict, fields: list[str]) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        opened(engagement, **more)

    assert list(refusal.value.fields) == fields
    assert not Pilot.objects.exists()


def test_a_pilot_is_accepted_when_problems_are_resolved_and_wishes_may_stay(engagement: Engagement) -> None:
    opened(engagement)
    problem = noticed(engagement)
    noticed(engagement, "wish")
    with pytest.raises(errors.WrongState, match="1 reported problem"):
        pilots.close(engagement.pk, conclusion="Fine", by=owner(engagement.company), at=NOW)

    resolved = pilots.resolve(problem.pk, resolution="Mapped it", by=specialist(), at=NOW)
    pilot = pilots.close(engagement.pk, conclusion=" Fine ", by=owner(engagement.company), at=NOW)

    assert (resolved.resolved_at, pilot.closed_at, pilot.conclusion) == (NOW, NOW, "Fine")
    with pytest.raises(errors.WrongState):
        noticed(engagement)


def test_feedback_needs_a_pilot_words_and_weight(engagement: Engagement) -> None:
    with pytest.raises(errors.WrongState):
        noticed(engagement)
    opened(engagement)
    with pytest.raises(errors.BadInput) as refusal:
        pilots.add_feedback(engagement.pk, text=" ", severity="huge", by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.NotYours):
        pilots.add_feedback(engagement.pk, text="x", severity="wish", by=viewer(engagement.company), at=NOW)

    assert sorted(refusal.value.fields) == ["severity", "text"]
    assert not FeedbackItem.objects.exists()


def test_resolving_is_the_specialists_with_words(engagement: Engagement) -> None:
    opened(engagement)
    item = noticed(engagement)

    with pytest.raises(errors.NotYours):
        pilots.resolve(item.pk, resolution="Done", by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.NotFound):
        pilots.resolve(item.pk, resolution="Done", by=stranger(), at=NOW)
    with pytest.raises(errors.BadInput):
        pilots.resolve(item.pk, resolution=" ", by=specialist(), at=NOW)

    item.refresh_from_db()
    assert item.resolved_at is None


def test_accepting_is_the_deciders_and_not_before_it_began(engagement: Engagement) -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    opened(engagement, starts_on=tomorrow)

    with pytest.raises(errors.WrongState):
        pilots.close(engagement.pk, conclusion="", by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.NotYours):
        pilots.close(engagement.pk, conclusion="", by=specialist(), at=NOW + timedelta(days=2))

    assert Pilot.objects.get().closed_at is None
