"""The plan: backwards over working days, proposed, made, assigned, scoped and agreed; a new date is a new version."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import contacts, plans
from onboarding.actors import Role
from onboarding.models import (
    Document,
    Engagement,
    Event,
    Message,
    Milestone,
    Plan,
    Rendering,
    RequirementsSignoff,
)
from onboarding.rendering import html
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    SpecialistFactory,
    handed_in,
    member,
    owner,
    specialist,
    stranger,
)

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 12, 18)


def engagement_in(step: Step = Step.PLAN_TIMELINE, country: str = "US", **fields: Any) -> Engagement:
    engagement = EngagementFactory(
        step=step.value, specialist=SpecialistFactory(), company=CompanyFactory(country=country), **fields
    )
    for kind, name in (("main", "Ann Archer"), ("technical", "Tom Tech")):
        contacts.save(
            engagement.pk, kind=kind, name=name, email=f"{kind}@acme.example", title="", phone="", by=specialist(),
            at=NOW,
        )  # fmt: skip
    return engagement


def sign_off(engagement: Engagement, sha256: str = "a" * 64) -> None:
    engagement.requirements_signoffs.update(superseded_at=NOW)
    RequirementsSignoff.objects.create(
        company=engagement.company, engagement=engagement, version=1, sha256=sha256, by="Ann", at=NOW,
        requirements=[{"number": 1, "text": "Accounts", "kind": "flow", "priority": "must",
                       "flow": "account_to_customer"}],
    )  # fmt: skip


def make(engagement: Engagement, go_live_on: date = FRIDAY, by: Any = None) -> Plan:
    return plans.make(engagement.pk, go_live_on=go_live_on, by=by or specialist(), at=NOW)


def drawn(plan: Plan) -> list[tuple[int, date, date]]:
    return list(plan.milestones.values_list("number", "starts_on", "due_on"))


def wish(engagement: Engagement, day: str | None) -> None:
    answers = {"go_live_wish": day} if day else {}
    handed_in(engagement, answers=answers)


def test_milestones_go_backwards_from_go_live_over_working_days() -> None:
    engagement = engagement_in()

    plan = make(engagement)

    assert drawn(plan) == [
        (7, date(2026, 11, 30), date(2026, 12, 2)),
        (8, date(2026, 12, 3), date(2026, 12, 4)),
        (9, date(2026, 12, 7), date(2026, 12, 9)),
        (10, date(2026, 12, 10), date(2026, 12, 16)),
        (11, date(2026, 12, 17), date(2026, 12, 18)),
        (12, date(2026, 12, 21), date(2027, 1, 20)),
    ]
    assert list(plan.milestones.values_list("owner_side", "owner_name"))[:3] == [
        ("customer", "Tom Tech"), ("customer", "Tom Tech"), ("interweave", engagement.specialist.user.name),
    ]  # fmt: skip
    assert Engagement.objects.get().go_live_target == FRIDAY
    assert Event.objects.last().data == {"plan": 1, "go_live_on": "2026-12-18"}


def test_the_customers_holidays_are_no_working_days() -> None:
    us, british = make(engagement_in(), date(2027, 1, 4)), make(engagement_in(country="GB"), date(2027, 1, 4))

    assert us.milestones.get(number=11).starts_on == date(2026, 12, 31)
    assert british.milestones.get(number=10).starts_on == date(2026, 12, 22)
    assert us.milestones.get(number=10).starts_on == date(2026, 12, 23)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (
            date(2026, 12, 14),
            "That is too soon: the steps need 15 working days. The earliest date is 15 December 2026.",
        ),
        (date(2026, 12, 19), "19 December 2026 is no working day. The nearest possible date is 18 December 2026."),
        (date(2026, 11, 28), "28 November 2026 is no working day. The nearest possible date is 15 December 2026."),
    ],
)
def test_a_date_that_cannot_be_kept_is_refused_with_one_that_can(day: date, words: str) -> None:
    engagement = engagement_in()
    before = Event.objects.count()

    with pytest.raises(errors.BadInput) as refusal:
        make(engagement, day)

    assert refusal.value.fields == {"go_live_on": words}
    assert (Plan.objects.count(), Event.objects.count(), Engagement.objects.get().go_live_target) == (0, before, None)
    assert make(engagement, date(2026, 12, 15)).version == 1


def test_the_same_date_again_changes_nothing() -> None:
    engagement = engagement_in()

    assert make(engagement).pk == make(engagement).pk
    assert Plan.objects.count() == 1


def test_a_new_date_is_a_new_version_with_the_old_baseline_and_owners() -> None:
    engagement = engagement_in()
    first = make(engagement)
    plans.assign(
        first.milestones.get(number=7).pk, owner_side="interweave", owner_name=" Ida Inter ", by=specialist(), at=NOW
    )

    second = make(engagement, date(2027, 1, 15))

    first.refresh_from_db()
    milestone = second.milestones.get(number=7)
    assert (first.superseded_at, second.version) == (NOW, 2)
    assert (milestone.baseline_on, milestone.owner_name, milestone.owner_side) == (
        date(2026, 12, 2), "Ida Inter", "interweave",
    )  # fmt: skip
    assert milestone.due_on > milestone.baseline_on


def test_planning_anew_in_a_later_step_leaves_closed_milestones_as_they_were() -> None:
    engagement = engagement_in()
    first = make(engagement)
    Engagement.objects.update(step=Step.ACTIVATION_TESTING.value)

    second = make(engagement, date(2026, 12, 4))

    assert drawn(second)[:3] == drawn(first)[:3]
    assert drawn(second)[3:5] == [
        (10, date(2026, 11, 25), date(2026, 12, 2)), (11, date(2026, 12, 3), date(2026, 12, 4)),
    ]  # fmt: skip
    assert Milestone.objects.count() == 12


@pytest.mark.parametrize(
    ("target", "wished", "expected"),
    [
        (None, "2026-12-18", FRIDAY),
        (date(2026, 12, 17), "2026-12-18", date(2026, 12, 17)),
        (None, None, None),
        (None, "2026-11-24", None),
    ],
    ids=["the wish", "the target wins", "nothing known", "too soon"],
)
def test_entering_step_six_proposes_a_plan_when_the_date_is_known(
    target: date | None, wished: str | None, expected: date | None
) -> None:
    engagement = engagement_in(go_live_target=target)
    wish(engagement, wished)

    plan = plans.propose(engagement, by=specialist(), at=NOW)
    again = plans.propose(engagement, by=specialist(), at=NOW)

    assert (plan.go_live_on if plan else None) == expected
    assert plan == again


def test_the_scope_is_the_signed_off_list_and_the_customer_is_asked() -> None:
    engagement = engagement_in()
    people = owner(engagement.company)
    with pytest.raises(errors.WrongState):
        plans.confirm_scope(engagement.pk, by=specialist(), at=NOW)
    make(engagement)
    with pytest.raises(errors.WrongState):
        plans.confirm_scope(engagement.pk, by=specialist(), at=NOW)
    sign_off(engagement)

    plan = plans.confirm_scope(engagement.pk, by=specialist(), at=NOW)

    assert (plan.scope_sha256, plan.scope_confirmed_at) == ("a" * 64, NOW)
    assert list(Message.objects.filter(kind="plan.proposed").values_list("to", flat=True)) == [people.email]


def test_the_customer_agrees_and_the_paper_is_ordered_once() -> None:
    engagement = engagement_in()
    plan, by = make(engagement), owner(engagement.company)
    sign_off(engagement)
    plans.confirm_scope(engagement.pk, by=specialist(), at=NOW)

    done = plans.agree(plan.pk, by=by, at=NOW)
    plans.agree(plan.pk, by=by, at=NOW)

    assert (done.agreed_at, done.agreed_by, Document.objects.count()) == (NOW, by.name, 1)
    context = Rendering.objects.get().context
    assert context["scope"] == [{"text": "Accounts", "priority": "must", "flow": "Account to Customer"}]
    assert (context["agreed"], len(context["milestones"])) == ({"by": by.name, "at": "2026-11-23T15:00:00Z"}, 6)
    assert "18 December 2026" in html.page("project_plan", context)
    assert Event.objects.filter(kind="plan.agreed").count() == 1


@pytest.mark.parametrize("why", ["no scope", "scope moved", "nobody named"])
def test_a_plan_that_is_not_complete_is_not_agreed(why: str) -> None:
    engagement = engagement_in()
    plan = make(engagement)
    if why != "no scope":
        sign_off(engagement)
        plans.confirm_scope(engagement.pk, by=specialist(), at=NOW)
    if why == "scope moved":
        sign_off(engagement, "b" * 64)
    if why == "nobody named":
        plan.milestones.filter(number=9).update(owner_name="")

    with pytest.raises(errors.WrongState):
        plans.agree(plan.pk, by=owner(engagement.company), at=NOW)

    assert (Plan.objects.get().agreed_at, Document.objects.count()) == (None, 0)


def test_a_plan_replaced_meanwhile_is_not_agreed() -> None:
    engagement = engagement_in()
    plan = make(engagement)
    make(engagement, date(2027, 1, 15))

    with pytest.raises(errors.Stale):
        plans.agree(plan.pk, by=owner(engagement.company), at=NOW)


@pytest.mark.parametrize(
    ("given", "field"), [({"owner_side": "vendor"}, "owner_side"), ({"owner_name": " "}, "owner_name")]
)
def test_a_milestone_needs_one_person_of_one_side(given: dict[str, str], field: str) -> None:
    milestone = make(engagement_in()).milestones.get(number=7)

    with pytest.raises(errors.BadInput) as refusal:
        plans.assign(milestone.pk, **({"owner_side": "customer", "owner_name": "Ann"} | given), by=specialist(), at=NOW)

    assert list(refusal.value.fields) == [field]
    assert Milestone.objects.get(pk=milestone.pk).owner_name == "Tom Tech"


def test_specialists_plan_the_customers_deciders_agree_strangers_see_nothing() -> None:
    engagement = engagement_in()
    plan, customer = make(engagement), owner(engagement.company)
    milestone = plan.milestones.get(number=7)

    for refused in (
        lambda: make(engagement, by=customer),
        lambda: plans.assign(milestone.pk, owner_side="customer", owner_name="Me", by=customer, at=NOW),
        lambda: plans.confirm_scope(engagement.pk, by=customer, at=NOW),
        lambda: plans.agree(plan.pk, by=specialist(), at=NOW),
        lambda: plans.agree(plan.pk, by=member(engagement.company, Role.BILLING), at=NOW),
    ):
        with pytest.raises(errors.NotYours):
            refused()
    with pytest.raises(errors.NotFound):
        plans.agree(plan.pk, by=stranger(), at=NOW)
    with pytest.raises(errors.NotFound):
        plans.assign(milestone.pk, owner_side="customer", owner_name="Me", by=stranger(), at=NOW)
    Engagement.objects.update(step=Step.CUSTOMER_APPROVAL.value)
    with pytest.raises(errors.WrongStep):
        make(engagement, date(2027, 1, 15))

    assert (Plan.objects.count(), Milestone.objects.get(pk=milestone.pk).owner_name) == (1, "Tom Tech")


def test_owners_are_named_once_their_contacts_are() -> None:
    engagement = EngagementFactory(step=Step.PLAN_TIMELINE.value)
    make(engagement)
    assert set(Milestone.objects.values_list("owner_name", flat=True)) == {""}
    contacts.save(engagement.pk, kind="main", name="Ann", email="a@b.example", title="", phone="", by=specialist(),
                  at=NOW)  # fmt: skip

    second = make(engagement, date(2027, 1, 15))

    assert second.milestones.get(number=10).owner_name == "Ann"
