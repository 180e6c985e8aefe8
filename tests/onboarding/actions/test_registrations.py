"""Registration on the Solutions Portal: once, under a number of its own, corrected later."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import registrations
from onboarding.models import Engagement, Event, Registration
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, owner, specialist

pytestmark = pytest.mark.django_db
GIVEN = {
    "workspace": "acme-trading",
    "administrator_name": " Ada Admin ",
    "administrator_email": "Ada@Acme.example",
    "time_zone": "America/New_York",
    "base_currency": "usd",
    "fiscal_year_starts": 4,
}
CHANGEABLE = {name: value for name, value in GIVEN.items() if name != "workspace"}


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step=Step.SOLUTION_CONFIGURATION.value)


def test_a_company_is_registered_under_a_number(engagement: Engagement) -> None:
    made = registrations.register(engagement.pk, **GIVEN, by=owner(engagement.company), at=NOW)

    assert (made.number, made.workspace, made.administrator_name, made.administrator_email) == (
        "SP-2026-0001", "acme-trading", "Ada Admin", "ada@acme.example",
    )  # fmt: skip
    assert (made.base_currency, made.fiscal_year_starts) == ("USD", 4)
    assert Event.objects.get(kind="registration.made").data == {
        "number": "SP-2026-0001",
        "workspace": "acme-trading",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"workspace": "Acme Trading"}, "workspace"),
        ({"workspace": "a"}, "workspace"),
        ({"administrator_name": " "}, "administrator_name"),
        ({"administrator_email": "ada"}, "administrator_email"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"base_currency": "EURO"}, "base_currency"),
        ({"fiscal_year_starts": 13}, "fiscal_year_starts"),
    ],
)
def test_wrong_details_are_refused_by_name(engagement: Engagement, changes: dict, field: str) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        registrations.register(engagement.pk, **{**GIVEN, **changes}, by=owner(engagement.company), at=NOW)

    assert list(refusal.value.fields) == [field]
    assert not Registration.objects.exists()


def test_a_workspace_name_is_given_out_once_and_no_number_is_lost(engagement: Engagement) -> None:
    registrations.register(engagement.pk, **GIVEN, by=owner(engagement.company), at=NOW)
    other = EngagementFactory(step=Step.SOLUTION_CONFIGURATION.value)

    with pytest.raises(errors.BadInput) as refusal:
        registrations.register(other.pk, **GIVEN, by=owner(other.company), at=NOW)
    made = registrations.register(
        other.pk, **{**GIVEN, "workspace": "acme-two"}, by=owner(other.company), at=NOW
    )  # fmt: skip

    assert refusal.value.fields == {"workspace": "This workspace name is taken. Choose another."}
    assert made.number == "SP-2026-0002"


def test_a_company_registers_once(engagement: Engagement) -> None:
    by = owner(engagement.company)
    registrations.register(engagement.pk, **GIVEN, by=by, at=NOW)

    with pytest.raises(errors.WrongState):
        registrations.register(engagement.pk, **{**GIVEN, "workspace": "second"}, by=by, at=NOW)

    assert Registration.objects.get().workspace == "acme-trading"


def test_the_customer_registers_itself(engagement: Engagement) -> None:
    with pytest.raises(errors.NotYours):
        registrations.register(engagement.pk, **GIVEN, by=specialist(), at=NOW)


def test_a_registration_is_corrected_but_keeps_number_and_workspace(engagement: Engagement) -> None:
    by = owner(engagement.company)
    registrations.register(engagement.pk, **GIVEN, by=by, at=NOW)

    changed = registrations.change(engagement.pk, **{**CHANGEABLE, "base_currency": "EUR"}, by=by, at=NOW)
    registrations.change(engagement.pk, **{**CHANGEABLE, "base_currency": "EUR"}, by=by, at=NOW)

    assert (changed.base_currency, changed.number) == ("EUR", "SP-2026-0001")
    assert [event.data for event in Event.objects.filter(kind="registration.changed")] == [
        {"fields": ["base_currency"]}
    ]


def test_there_is_nothing_to_correct_before_registering(engagement: Engagement) -> None:
    with pytest.raises(errors.WrongState):
        registrations.change(engagement.pk, **CHANGEABLE, by=owner(engagement.company), at=NOW)
