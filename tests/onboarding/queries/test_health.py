"""Each published threshold, one day before it and on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from onboarding.models import Engagement
from onboarding.queries import health
from onboarding.queries.health import AMBER, GREEN, RED, Health
from onboarding.workflow.steps import Step
from tests.factories import NOW


def engagement(**fields):
    entered = fields.pop("entered_at", NOW)
    status = {"step": {"entered_at": entered.isoformat()}} | fields.pop("status", {})
    return Engagement(opened_at=NOW, status=status, **fields)


@pytest.mark.parametrize(
    ("owner", "days", "found"),
    [
        ("customer", 6, Health(GREEN)),
        ("customer", 7, Health(AMBER, "customer silent for 7 days")),
        ("customer", 13, Health(AMBER, "customer silent for 13 days")),
        ("customer", 14, Health(RED, "customer silent for 14 days")),
        ("specialist", 1, Health(GREEN)),
        ("specialist", 2, Health(AMBER, "waits for us for 2 days")),
        ("specialist", 5, Health(RED, "waits for us for 5 days")),
        ("worker", 0, Health(GREEN)),
        ("worker", 1, Health(AMBER, "workers busy for 1 day")),
        ("worker", 3, Health(RED, "workers busy for 3 days")),
    ],
)
def test_waiting(owner, days, found):
    waiting = engagement(waiting_for=owner, waiting_since=NOW - timedelta(days=days))

    assert health.of(waiting, at=NOW) == found


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (None, Health(GREEN)),
        (date(2026, 12, 10), Health(GREEN)),
        (date(2026, 12, 9), Health(AMBER, "forecast 1 day behind the target")),
        (date(2026, 11, 26), Health(AMBER, "forecast 14 days behind the target")),
        (date(2026, 11, 25), Health(RED, "forecast 15 days behind the target")),
        (date(2026, 11, 22), Health(RED, "go-live target passed 1 day ago")),
    ],
)
def test_the_target(target, found):
    testing = engagement(step=Step.ACTIVATION_TESTING.value, go_live_target=target)

    assert health.of(testing, at=NOW) == found


def test_a_step_that_takes_longer_than_usual_moves_the_forecast():
    quick = engagement(step=Step.ACTIVATION_TESTING.value, entered_at=NOW - timedelta(days=4))
    slow = engagement(step=Step.ACTIVATION_TESTING.value, entered_at=NOW - timedelta(days=40))

    forecasts = [health.forecast(one, at=NOW) for one in (quick, slow)]

    assert forecasts == [date(2026, 12, 6), date(2026, 11, 26)]


def test_live_and_cancelled_have_no_forecast():
    live = engagement(went_live_at=NOW, go_live_target=date(2020, 1, 1))
    cancelled = engagement(cancelled_at=NOW, go_live_target=date(2020, 1, 1))

    assert [health.forecast(one, at=NOW) for one in (live, cancelled)] == [None, None]
    assert [health.of(one, at=NOW) for one in (live, cancelled)] == [Health(GREEN), Health(GREEN)]


def test_on_hold_is_at_risk_and_names_why():
    held = engagement(held_at=NOW, hold_reason="Year-end closing")

    assert health.of(held, at=NOW) == Health(AMBER, "on hold: Year-end closing")


def test_an_open_incident_outweighs_everything():
    live = engagement(went_live_at=NOW, held_at=NOW, hold_reason="x")

    assert health.of(live, at=NOW, open_incidents=2) == Health(RED, "2 open incidents")


def test_a_closed_step_that_is_open_again_is_at_risk():
    broken = {"number": 5, "numeral": "V", "state": "reopened", "broken": [{"title": "Sign the agreement"}]}
    reopened = engagement(status={"steps": [broken]})

    assert health.of(reopened, at=NOW) == Health(AMBER, "step V is open again: Sign the agreement")
