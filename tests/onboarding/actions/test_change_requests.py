"""Change requests: how a signed list changes, and that it changes in no other way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import change_requests, requirements
from onboarding.models import ChangeRequest, Engagement, Event, Message, Plan, Requirement, RequirementsSignoff
from onboarding.queries.change_requests import effect_on
from onboarding.queries.requirements import list_hash, signoff_in_force, versions
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, SpecialistFactory, member, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
FLOW = {"text": "Accounts become customers", "kind": "flow", "priority": "must", "flow": "account_to_customer"}
RULE = {"text": "No run at night", "kind": "constraint", "priority": "", "flow": ""}


@pytest.fixture
def engagement() -> Engagement:
    return signed()


def signed(step: Step = Step.INITIAL_SETUP) -> Engagement:
    """A list of two, signed off in step III; the engagement went on."""
    found = EngagementFactory(step=Step.REQUIREMENTS_REVIEW.value, specialist=SpecialistFactory())
    for words in (FLOW, RULE):
        requirements.add(found.pk, **words, by=specialist(), at=NOW)
    requirements.sign_off(found.pk, sha256=list_hash(found), by=owner(found.company), at=NOW)
    Engagement.objects.filter(pk=found.pk).update(step=step.value)
    return Engagement.objects.get(pk=found.pk)


def ask(engagement: Engagement, by: Any = None, **given: Any) -> ChangeRequest:
    words = {"kind": "change", "requirement": 1, "text": "Accounts and contacts become customers", "priority": "must",
             "requirement_kind": "flow", "flow": "account_to_customer", "reason": " Sales wants contacts "} | given  # fmt: skip
    return change_requests.propose(engagement.pk, **words, by=by or owner(engagement.company), at=NOW)


def weigh(row: ChangeRequest, days: int = 3) -> ChangeRequest:
    return change_requests.state_effect(row.pk, words="One more mapping.", days=days, by=specialist(), at=LATER)


def words(engagement: Engagement) -> list[tuple[int, str, str]]:
    return list(engagement.requirements.order_by("number").values_list("number", "text", "state"))


def test_an_approved_change_makes_the_next_version_under_its_own_hash(engagement: Engagement) -> None:
    by, before = owner(engagement.company), signoff_in_force(engagement)
    row = weigh(ask(engagement))

    approved = change_requests.approve(row.pk, seen=row.effect_at.isoformat(), by=by, at=LATER)

    now_in_force = signoff_in_force(engagement)
    assert words(engagement) == [
        (1, "Accounts and contacts become customers", "changed"),
        (2, "No run at night", "agreed"),
    ]
    assert (approved.state, approved.signoff, approved.decided_by) == ("approved", now_in_force, by.name)
    assert (now_in_force.version, now_in_force.sha256, now_in_force.by) == (2, list_hash(engagement), by.name)
    assert now_in_force.sha256 != before.sha256
    assert Event.objects.latest("pk").data == {
        "request": 1, "change": "change", "number": 1, "version": 2, "sha256": now_in_force.sha256, "days": 3,
    }  # fmt: skip
    [(second, changed), (first, nothing)] = versions(engagement)
    assert (second.version, first.version, nothing) == (2, 1, [])
    assert changed[0].changes == (("text", "Accounts become customers", "Accounts and contacts become customers"),)


def test_one_more_and_one_less(engagement: Engagement) -> None:
    by = owner(engagement.company)
    more = weigh(
        ask(engagement, kind="add", requirement=None, text="Invoices too", requirement_kind="mapping", flow="")
    )
    less = weigh(ask(engagement, kind="remove", requirement=2), days=0)

    for row in (more, less):
        change_requests.approve(row.pk, by=by, at=LATER)

    assert words(engagement) == [
        (1, "Accounts become customers", "agreed"), (2, "No run at night", "declined"), (3, "Invoices too", "agreed"),
    ]  # fmt: skip
    added, left_out = Requirement.objects.get(number=3), Requirement.objects.get(number=2)
    assert (added.sources.get().quote, left_out.declined_reason) == (
        "Change request 1: Sales wants contacts", "Change request 2: Sales wants contacts",
    )  # fmt: skip
    assert ChangeRequest.objects.get(number=1).requirement == added
    assert signoff_in_force(engagement).version == 3


def test_both_sides_are_told_when_it_is_their_turn(engagement: Engagement) -> None:
    by = owner(engagement.company)
    member(engagement.company)  # who decides nothing

    row = ask(engagement, by=by)
    to_us = Message.objects.latest("pk")
    weigh(row)
    to_them = Message.objects.latest("pk")

    assert (to_us.to, to_us.path) == (
        engagement.specialist.user.email, f"/staff/engagements/{engagement.reference}/requirements/changes/1/",
    )  # fmt: skip
    assert (to_them.path, to_them.subject) == ("/requirements/changes/1/", "Change request 1 awaits your decision")
    assert (
        Message.objects.filter(kind="change_request.weighed").count() == 2
    )  # those who sign: of the list, and of this


def test_nothing_is_approved_before_its_effect_is_stated_nor_after_it_was_stated_anew(engagement: Engagement) -> None:
    by, row = owner(engagement.company), ask(engagement)
    before = every_row()
    with pytest.raises(errors.WrongState, match="has not yet said"):
        change_requests.approve(row.pk, by=by, at=LATER)
    assert every_row() == before
    seen = weigh(row).effect_at.isoformat()
    change_requests.state_effect(
        row.pk, words="More than thought.", days=9, by=specialist(), at=LATER + timedelta(minutes=1)
    )  # fmt: skip

    with pytest.raises(errors.Stale):
        change_requests.approve(row.pk, seen=seen, by=by, at=LATER)

    assert (ChangeRequest.objects.get().state, RequirementsSignoff.objects.count()) == ("proposed", 1)


def test_a_requirement_left_out_meanwhile_makes_the_request_stale() -> None:
    engagement = signed(Step.REQUIREMENTS_REVIEW)
    by, row = owner(engagement.company), weigh(ask(engagement))
    requirements.reopen(engagement.pk, reason="Once more", by=specialist(), at=NOW)
    requirements.change(Requirement.objects.get(number=1).pk, text="Another wording", by=specialist(), at=NOW)
    requirements.sign_off(engagement.pk, sha256=list_hash(engagement), by=by, at=NOW)

    with pytest.raises(errors.Stale, match="Requirement 1 changed"):
        change_requests.approve(row.pk, by=by, at=LATER)

    assert (ChangeRequest.objects.get().state, words(engagement)[0][1]) == ("proposed", "Another wording")


def test_an_old_request_waits_until_a_list_that_was_opened_again_is_signed() -> None:
    engagement = signed(Step.REQUIREMENTS_REVIEW)
    by, row = owner(engagement.company), weigh(ask(engagement))
    requirements.reopen(engagement.pk, reason="Once more", by=specialist(), at=NOW)
    requirements.add(engagement.pk, **FLOW | {"text": "Invoices too", "priority": ""}, by=specialist(), at=NOW)
    before = every_row()

    with pytest.raises(errors.WrongState, match="The list was opened again"):
        change_requests.approve(row.pk, by=by, at=LATER)

    assert every_row() == before
    assert signoff_in_force(engagement) is None


def test_only_the_list_that_was_signed_is_changed(engagement: Engagement) -> None:
    by, row = owner(engagement.company), weigh(ask(engagement))
    Requirement.objects.filter(number=2).update(text="No run on Sundays")
    before = every_row()

    with pytest.raises(errors.WrongState, match="The list was opened again"):
        change_requests.approve(row.pk, by=by, at=LATER)

    assert every_row() == before


def test_approving_twice_is_once(engagement: Engagement) -> None:
    by, row = owner(engagement.company), weigh(ask(engagement))

    first = change_requests.approve(row.pk, by=by, at=LATER)
    again = change_requests.approve(row.pk, by=by, at=LATER)

    assert (again.signoff, RequirementsSignoff.objects.count()) == (first.signoff, 2)
    assert Event.objects.filter(kind="change_request.approved").count() == 1


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"requirement": 9}, errors.NotFound),
        ({"requirement": None}, errors.NotFound),
        ({"kind": "rewrite"}, errors.BadInput),
        ({"reason": " "}, errors.BadInput),
        ({"text": ""}, errors.BadInput),
        ({"flow": "account_to_moon"}, errors.BadInput),
        ({"text": "Accounts become customers"}, errors.BadInput),
        ({"priority": ""}, errors.BadInput),
    ],
    ids=[
        "no such number",
        "no number",
        "no such kind",
        "no reason",
        "no words",
        "no such flow",
        "nothing differs",
        "a flow without priority",
    ],
)
def test_a_request_that_makes_no_sense_is_refused(given: dict, refusal: type, engagement: Engagement) -> None:
    by = owner(engagement.company)
    before = every_row()

    with pytest.raises(refusal):
        ask(engagement, by=by, **given)

    assert every_row() == before


def test_one_request_about_a_requirement_at_a_time(engagement: Engagement) -> None:
    ask(engagement)

    with pytest.raises(errors.WrongState, match="requirement 1 is being decided"):
        ask(engagement, kind="remove")

    assert ChangeRequest.objects.count() == 1


def test_a_list_that_is_not_signed_off_is_changed_as_it_is() -> None:
    engagement = EngagementFactory(step=Step.REQUIREMENTS_REVIEW.value)
    requirements.add(engagement.pk, **FLOW, by=specialist(), at=NOW)

    with pytest.raises(errors.WrongState, match="not signed off"):
        ask(engagement)

    assert not ChangeRequest.objects.exists()


def test_everybody_has_their_part(engagement: Engagement) -> None:
    ours, by = specialist(), owner(engagement.company)
    row = weigh(ask(engagement))

    for refused in (
        lambda: ask(engagement, by=viewer(engagement.company), requirement=2),
        lambda: change_requests.approve(row.pk, by=ours, at=LATER),
        lambda: change_requests.state_effect(row.pk, words="None", days=0, by=by, at=LATER),
        lambda: change_requests.withdraw(row.pk, by=ours, at=LATER),
    ):
        with pytest.raises(errors.NotYours):
            refused()
    for unseen in (
        lambda: ask(engagement, by=stranger()),
        lambda: change_requests.approve(row.pk, by=stranger(), at=LATER),
        lambda: change_requests.decline(row.pk, note="No", by=stranger(), at=LATER),
    ):
        with pytest.raises(errors.NotFound):
            unseen()

    assert (ChangeRequest.objects.get().state, words(engagement)[0][2]) == ("proposed", "agreed")


@pytest.mark.parametrize("how", ["declined", "withdrawn"])
def test_turned_down_or_withdrawn_the_list_stays(how: str, engagement: Engagement) -> None:
    by, row = owner(engagement.company), ask(engagement)

    if how == "declined":
        change_requests.decline(row.pk, note=" Next year ", by=specialist(), at=LATER)
    else:
        change_requests.withdraw(row.pk, by=by, at=LATER)

    row.refresh_from_db()
    assert (row.state, row.decision_note) == (how, "Next year" if how == "declined" else "")
    assert (words(engagement)[0][1], signoff_in_force(engagement).version) == ("Accounts become customers", 1)
    with pytest.raises(errors.WrongState, match=f"was {how} already"):
        change_requests.approve(row.pk, by=by, at=LATER)


@pytest.mark.parametrize("days", [-1, 251])
def test_an_effect_is_counted_in_working_days(days: int, engagement: Engagement) -> None:
    row = ask(engagement)

    with pytest.raises(errors.BadInput) as refusal:
        weigh(row, days=days)

    assert (list(refusal.value.fields), ChangeRequest.objects.get().effect_at) == (["days"], None)


def test_approved_days_move_the_forecast_until_a_new_plan_is_made(engagement: Engagement) -> None:
    def plan(version: int, made_at: Any) -> Plan:
        return Plan.objects.create(
            company=engagement.company, engagement=engagement, version=version, go_live_on="2027-01-15", made_by="Priya",
            made_at=made_at,
        )  # fmt: skip

    plan(1, NOW)
    by, approved = owner(engagement.company), weigh(ask(engagement), days=3)
    weigh(ask(engagement, requirement=2, text="No run on Sundays", requirement_kind="constraint", flow=""), days=2)
    change_requests.approve(approved.pk, by=by, at=LATER)

    before, after = (
        effect_on(Plan.objects.get(version=1), engagement),
        effect_on(plan(2, LATER + timedelta(days=1)), engagement),
    )

    # The 18th is Martin Luther King Day in the United States.
    assert (before.approved_days, before.pending_days, f"{before.go_live_on}") == (3, 2, "2027-01-21")
    assert (after.approved_days, f"{after.go_live_on}") == (0, "2027-01-15")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_approved_and_turned_down_at_once_one_of_them_counts() -> None:
    engagement = signed()
    row, by = weigh(ask(engagement)), owner(engagement.company)
    other = owner(engagement.company)

    outcomes = at_once(
        lambda: change_requests.approve(row.pk, by=by, at=LATER),
        lambda: change_requests.decline(row.pk, note="No", by=other, at=LATER),
    )

    assert outcomes == ["WrongState", "done"]
    assert (ChangeRequest.objects.get().state == "approved") == (RequirementsSignoff.objects.count() == 2)
