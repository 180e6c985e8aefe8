"""The list of requirements: kept by specialists, proposed by customers, signed off under its hash."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import requirements
from onboarding.models import Engagement, Event, Message, Requirement, RequirementsSignoff
from onboarding.queries.requirements import by_priority, list_hash, listed, signoff_in_force, since_signed
from onboarding.workflow.steps import Step
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, SpecialistFactory, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db


def engagement_in(step: Step = Step.REQUIREMENTS_REVIEW) -> Engagement:
    return EngagementFactory(step=step.value, specialist=SpecialistFactory())


def add(engagement: Engagement, by: Any = None, **given: Any) -> Requirement:
    words = {"text": "Accounts become customers", "kind": "flow", "priority": "must", "flow": "account_to_customer",
             "source": "12:04 “every account”"} | given  # fmt: skip
    return requirements.add(engagement.pk, **words, by=by or specialist(), at=NOW)


def sign_off(engagement: Engagement, by: Any = None, sha256: str | None = None) -> RequirementsSignoff:
    seen = list_hash(engagement) if sha256 is None else sha256
    return requirements.sign_off(engagement.pk, sha256=seen, by=by or owner(engagement.company), at=NOW)


def test_requirements_are_numbered_and_keep_their_source() -> None:
    engagement = engagement_in()

    add(engagement)
    second = add(engagement, text=" Live in June ", kind="timeline", priority="", flow="")

    source = second.sources.get()
    assert (second.number, second.text, second.state) == (2, "Live in June", "proposed")
    assert (source.kind, source.quote, source.added_at) == ("said", "12:04 “every account”", NOW)
    assert [event.data["number"] for event in Event.objects.filter(kind="requirement.added")] == [1, 2]
    assert Message.objects.count() == 0


def test_a_customers_remark_is_a_proposal_its_specialist_hears_of() -> None:
    engagement = engagement_in()

    proposed = add(engagement, by=owner(engagement.company), kind="constraint", priority="", flow="")

    assert (proposed.state, proposed.priority) == ("proposed", "")
    assert Message.objects.get().to == engagement.specialist.user.email


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"kind": "wish"}, "kind"),
        ({"priority": "urgent"}, "priority"),
        ({"kind": "constraint", "flow": "account_to_moon"}, "flow"),
        ({"flow": ""}, "flow"),
        ({"text": "x" * 2001}, "text"),
    ],
)
def test_a_requirement_that_says_too_little_is_refused(given: dict, field: str) -> None:
    engagement = engagement_in()

    with pytest.raises(errors.BadInput) as refusal:
        add(engagement, **given)

    assert list(refusal.value.fields) == [field]
    assert (Requirement.objects.count(), Event.objects.count()) == (0, 0)


def test_the_list_is_kept_in_steps_two_and_three() -> None:
    engagement = engagement_in(Step.CUSTOMER_VERIFICATION)

    with pytest.raises(errors.WrongStep):
        add(engagement)

    assert Requirement.objects.count() == 0


def test_the_customer_signs_off_exactly_the_list_it_saw() -> None:
    engagement = engagement_in()
    add(engagement)
    declined = add(engagement, text="Vendors too", kind="constraint")
    requirements.decline(declined.pk, reason=" Later ", by=specialist(), at=NOW)
    by = owner(engagement.company)

    signoff = sign_off(engagement, by=by)

    assert (signoff.version, signoff.sha256, signoff.by) == (1, list_hash(engagement), by.name)
    assert signoff.requirements == [
        {
            "number": 1, "text": "Accounts become customers", "kind": "flow", "priority": "must",
            "flow": "account_to_customer",
        }
    ]  # fmt: skip
    assert list(Requirement.objects.values_list("state", flat=True)) == ["agreed", "declined"]
    assert Event.objects.last().data == {"version": 1, "sha256": signoff.sha256, "requirements": 1}


def test_signing_the_same_list_twice_is_once() -> None:
    engagement = engagement_in()
    add(engagement)

    assert sign_off(engagement).pk == sign_off(engagement).pk
    assert Event.objects.filter(kind="requirements.signed_off").count() == 1


def test_a_list_changed_meanwhile_is_not_signed_off() -> None:
    engagement = engagement_in()
    requirement = add(engagement)
    seen = list_hash(engagement)
    requirements.change(requirement.pk, priority="could", by=specialist(), at=NOW)

    with pytest.raises(errors.Stale):
        sign_off(engagement, sha256=seen)

    assert (RequirementsSignoff.objects.count(), Requirement.objects.get().state) == (0, "proposed")


def test_an_empty_list_and_a_flow_without_priority_are_not_signed_off() -> None:
    engagement = engagement_in()

    with pytest.raises(errors.WrongState):
        sign_off(engagement)
    add(engagement, priority="")
    with pytest.raises(errors.WrongState, match="number 1"):
        sign_off(engagement)

    assert RequirementsSignoff.objects.count() == 0


@pytest.mark.parametrize("how", ["add", "change", "decline"])
def test_nobody_edits_a_list_that_is_signed_off(how: str) -> None:
    engagement = engagement_in()
    requirement = add(engagement)
    signoff, by = sign_off(engagement), specialist()
    edits = {
        "add": lambda: add(engagement, text="One more", kind="constraint", flow="", by=by),
        "change": lambda: requirements.change(requirement.pk, text="At once", by=by, at=NOW),
        "decline": lambda: requirements.decline(requirement.pk, reason="Later", by=by, at=NOW),
    }
    before = every_row()

    with pytest.raises(errors.WrongState, match=r"signed off, version 1\. Ask for a change instead\."):
        edits[how]()

    assert (every_row(), signoff_in_force(engagement)) == (before, signoff)


def test_a_list_opened_again_shows_what_differs_from_the_version_before() -> None:
    engagement = engagement_in()
    first, second = add(engagement), add(engagement, text="And contacts", kind="mapping", flow="")
    sign_off(engagement)

    requirements.reopen(engagement.pk, reason=" A flow is missing ", by=specialist(), at=NOW)
    requirements.change(first.pk, priority="should", by=specialist(), at=NOW)
    requirements.decline(second.pk, reason="Later", by=specialist(), at=NOW)
    add(engagement, text="One more", kind="constraint", flow="")

    last, differences = since_signed(engagement)
    assert (last.version, signoff_in_force(engagement)) == (1, None)
    assert [(one.kind, one.number, one.text, one.changes) for one in differences] == [
        ("changed", 1, "Accounts become customers", (("priority", "must", "should"),)),
        ("removed", 2, "And contacts", ()),
        ("added", 3, "One more", ()),
    ]
    again = sign_off(engagement)
    assert (again.version, signoff_in_force(engagement), since_signed(engagement)) == (2, again, (again, []))
    assert Event.objects.get(kind="requirements.reopened").data == {"reason": "A flow is missing"}
    assert not Requirement.objects.filter(state="proposed").exists()


def test_a_list_is_opened_again_with_a_reason_and_only_when_signed() -> None:
    engagement = engagement_in()
    add(engagement)

    with pytest.raises(errors.WrongState):
        requirements.reopen(engagement.pk, reason="So", by=specialist(), at=NOW)
    sign_off(engagement)
    with pytest.raises(errors.BadInput):
        requirements.reopen(engagement.pk, reason=" ", by=specialist(), at=NOW)

    assert (signoff_in_force(engagement).version, Event.objects.filter(kind="requirements.reopened").count()) == (1, 0)


def test_the_list_is_summed_up_by_priority() -> None:
    engagement = engagement_in()
    for priority in ("must", "must", "wont", ""):
        add(engagement, kind="constraint", priority=priority)

    assert by_priority(listed(engagement)) == {"must": 2, "should": 0, "could": 0, "wont": 1, "": 1}


def test_a_declined_requirement_stays_declined_and_keeps_its_number() -> None:
    engagement = engagement_in()
    first = add(engagement)
    requirements.decline(first.pk, reason="Later", by=specialist(), at=NOW)

    with pytest.raises(errors.WrongState):
        requirements.change(first.pk, text="Again", by=specialist(), at=NOW)

    assert add(engagement).number == 2
    assert Requirement.objects.get(pk=first.pk).text == "Accounts become customers"


def test_a_change_must_make_sense_as_a_whole() -> None:
    engagement = engagement_in()
    requirement = add(engagement)

    with pytest.raises(errors.BadInput) as refusal:
        requirements.change(requirement.pk, flow="", by=specialist(), at=NOW)

    assert refusal.value.fields == {"flow": "Choose the flow this requirement is about."}
    assert Requirement.objects.get().flow == "account_to_customer"


def test_everybody_has_their_part_and_no_other() -> None:
    engagement = engagement_in()
    requirement, customer = add(engagement), owner(engagement.company)

    for refused in (
        lambda: add(engagement, by=viewer(engagement.company)),
        lambda: requirements.change(requirement.pk, text="Mine", by=customer, at=NOW),
        lambda: requirements.decline(requirement.pk, reason="No", by=customer, at=NOW),
        lambda: sign_off(engagement, by=specialist()),
    ):
        with pytest.raises(errors.NotYours):
            refused()
    for unseen in (
        lambda: add(engagement, by=stranger()),
        lambda: requirements.change(requirement.pk, text="Mine", by=stranger(), at=NOW),
        lambda: sign_off(engagement, by=stranger()),
    ):
        with pytest.raises(errors.NotFound):
            unseen()

    assert (Requirement.objects.get().text, RequirementsSignoff.objects.count()) == ("Accounts become customers", 0)
    assert Event.objects.count() == 1


def test_a_sign_off_belongs_to_step_three() -> None:
    engagement = engagement_in(Step.DATA_COLLECTION)
    add(engagement)

    with pytest.raises(errors.WrongStep):
        sign_off(engagement)

    assert RequirementsSignoff.objects.count() == 0
