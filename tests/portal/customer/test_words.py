"""What the customer's pages say: every criterion in the customer's words, hours on their clock, rules in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from onboarding.actors import CUSTOMER_WRITERS, Role
from onboarding.models import Specialist
from onboarding.workflow import criteria
from portal import rules
from portal.customer import hours
from portal.customer.facts import FACTS
from portal.customer.places import url_of
from portal.customer.words import TOLD, roles_in_words

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_every_criterion_is_told_to_the_customer() -> None:
    assert set(TOLD) == set(criteria.BY_CODE)
    assert set(FACTS) <= set(criteria.BY_CODE)
    assert all(url_of(one.place) for one in criteria.BY_CODE.values())


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (CUSTOMER_WRITERS, "a contributor"),
        (frozenset({Role.SIGNATORY}), "the signatory"),
        (frozenset({Role.OWNER, Role.TECHNICAL}), "the owner or a technical member"),
    ],
)
def test_roles_are_named_as_people_say_them(roles: frozenset[Role], words: str) -> None:
    assert roles_in_words(roles) == words


@pytest.mark.parametrize(
    ("written", "zone", "words"),
    [
        ("Mon to Fri, 9:00 to 17:00", "America/New_York", "Mon to Fri, 9:00 to 17:00 your time"),
        ("Mon to Fri, 9:00 to 17:00", "Europe/Berlin", "Mon to Fri, 15:00 to 23:00 your time"),
        ("Mon to Fri, 9:00 to 17:00", "Pacific/Auckland", "Tue to Sat, 3:00 to 11:00 your time"),
        ("Mon to Fri, 0:30 to 6:00", "America/Los_Angeles", "Sun to Thu, 21:30 to 3:00 your time"),
        ("Mon, Wed, 10:00 to 14:00", "UTC", "Mon, Wed, 15:00 to 19:00 your time"),
        ("by appointment", "UTC", "by appointment"),
    ],
)
def test_hours_stand_on_the_viewers_clock(written: str, zone: str, words: str) -> None:
    specialist = Specialist(working_hours=written, time_zone="America/New_York")

    with timezone.override(zone):
        assert hours.in_words(specialist, at=AT) == words


@pytest.mark.parametrize(
    ("transforms", "words"),
    [
        ([], "as it is"),
        (["trim", "single_spaces"], "as it is"),
        (["trim", "strip_colons", "cut:100"], "a colon becomes a dash, cut to 100 characters"),
        (["default:n/a"], "“n/a” when empty"),
        (["number:2"], "with 2 decimals"),
        (["teleport"], "teleport"),
    ],
)
def test_rules_are_told_in_words(transforms: list[str], words: str) -> None:
    assert rules.in_words(transforms) == words
