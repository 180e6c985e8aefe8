"""Dates that people enter are compared with their own day, wherever the sun stands at Greenwich."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from onboarding import errors
from onboarding.actions import document_requests, follow_ups, receiving, requirement_sources, requirements
from onboarding.actors import Actor
from onboarding.models import Engagement
from onboarding.workflow.steps import Step
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, specialist

pytestmark = pytest.mark.django_db
Act = Callable[[Engagement, date, Actor, datetime], object]
TODAY, DAY = timedelta(), timedelta(days=1)


def task(engagement: Engagement, day: date, by: Actor, at: datetime) -> object:
    return follow_ups.add(engagement.pk, text="Send the list", side="customer", person="", due_on=day, by=by, at=at)


def request(engagement: Engagement, day: date, by: Actor, at: datetime) -> object:
    return document_requests.ask(engagement.pk, title="A price list", due_on=day, by=by, at=at)


def source(engagement: Engagement, day: date, by: Actor, at: datetime) -> object:
    requirement = engagement.requirements.get()
    return requirement_sources.say(requirement.pk, quote="Not at night", said_on=day, by=by, at=at)


def expiry(engagement: Engagement, day: date, by: Actor, at: datetime) -> object:
    return receiving.require_ahead(day, at=at)


@pytest.mark.parametrize(
    ("zone", "at", "today"),
    [
        ("Australia/Sydney", NOW, date(2026, 11, 24)),  # at Greenwich the 23rd
        ("America/New_York", NOW + timedelta(hours=12), date(2026, 11, 23)),  # at Greenwich the 24th
    ],
)
@pytest.mark.parametrize(
    ("act", "fine", "wrong"),
    [(task, TODAY, -DAY), (request, TODAY, -DAY), (source, TODAY, DAY), (expiry, DAY, TODAY)],
    ids=["a task", "a document", "what was said", "an expiry"],
)
def test_a_day_is_the_persons_own(
    zone: str, at: datetime, today: date, act: Act, fine: timedelta, wrong: timedelta
) -> None:
    by, engagement = specialist(), EngagementFactory(step=Step.REQUIREMENTS_REVIEW.value)
    requirements.add(engagement.pk, text="No run at night", kind="constraint", priority="", flow="", by=by, at=NOW)

    with timezone.override(zone):
        before = every_row()
        with pytest.raises(errors.BadInput):
            act(engagement, today + wrong, by, at)
        after = every_row()
        act(engagement, today + fine, by, at)

    assert after == before
