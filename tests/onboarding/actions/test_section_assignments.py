"""Sections given to colleagues: told by mail, shown on their first page, lapsed when they leave."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import members, section_assignments
from onboarding.actors import Actor, Role
from onboarding.models import Event, Member, Message, Questionnaire, SectionAssignment
from onboarding.queries import questionnaires as sheets
from onboarding.queries import section_assignments as queries
from tests.factories import NOW, member, owner, stranger, viewer
from tests.onboarding.actions.test_questionnaires import opened, sample, save

pytestmark = pytest.mark.django_db


def row_of(actor: Actor) -> Member:
    return Member.objects.get(company_id=actor.company_id, user_id=actor.user_id)


def assign(row: Questionnaire, to: Actor, by: Actor, section: str = "people") -> SectionAssignment:
    return section_assignments.assign(row.pk, section=section, member_id=row_of(to).pk, by=by, at=NOW)


def test_a_colleague_is_asked_by_mail_and_finds_it_until_it_is_complete() -> None:
    row = opened()
    by, tom = owner(row.company), member(row.company, Role.CONTRIBUTOR)

    assign(row, tom, by)
    assign(row, tom, by)  # again: nothing new

    mail = Message.objects.get()
    assert (mail.to, mail.path) == (tom.email, "/questionnaires/solutions_definition/parts/people/")
    assert mail.subject == f"{by.name} asks you to answer “People and dates”"
    [given] = queries.given_to(tom, row.engagement)
    assert (given.sheet.code, given.by, queries.given_to(by, row.engagement)) == ("people", by.name, [])
    for line in given.sheet.lines:
        save(row, line.question.code, sample(line.question))
    for line in next(sheet for sheet in sheets.sheet(row) if sheet.code == "people").lines:
        save(row, line.question.code, sample(line.question))  # what the answers led to
    assert queries.given_to(tom, row.engagement) == []
    assert [one.kind for one in Event.objects.all()] == ["questionnaire.section_assigned"]


def test_a_section_is_given_on_and_taken_back() -> None:
    row = opened()
    by, tom, ann = owner(row.company), member(row.company, Role.CONTRIBUTOR), member(row.company, Role.TECHNICAL)

    assign(row, tom, by)
    assign(row, ann, tom)
    assert queries.by_section(row)["people"].member == row_of(ann)
    section_assignments.unassign(row.pk, section="people", by=by, at=NOW)
    section_assignments.unassign(row.pk, section="people", by=by, at=NOW)

    assert (SectionAssignment.objects.count(), Message.objects.count()) == (0, 2)
    assert [one.kind.rpartition(".")[2] for one in Event.objects.order_by("number")] == [
        "section_assigned", "section_assigned", "section_unassigned",
    ]  # fmt: skip


def test_whoever_leaves_has_nothing_any_more_and_everybody_sees_it() -> None:
    row = opened()
    by, tom = owner(row.company), member(row.company, Role.CONTRIBUTOR)
    assign(row, tom, by)

    members.remove(row_of(tom).pk, by=by, at=NOW)

    assert queries.by_section(row)["people"].has_lapsed
    assert queries.given_to(tom, row.engagement) == []
    assert row_of(tom) not in queries.to_choose_from(row)


@pytest.mark.parametrize(
    ("to", "section", "refusal"),
    [
        (lambda _: stranger(), "people", errors.NotFound),
        (viewer, "people", errors.BadInput),
        (owner, "horoscope", errors.NotFound),
    ],
    ids=["of another company", "who only reads", "no such section"],
)
def test_a_section_goes_only_to_a_colleague_who_may_answer(to: Any, section: str, refusal: Any) -> None:
    row = opened()

    with pytest.raises(refusal):
        assign(row, to(row.company), owner(row.company), section)

    assert (SectionAssignment.objects.count(), Message.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_member_who_left_is_no_choice() -> None:
    row = opened()
    by, tom = owner(row.company), member(row.company, Role.CONTRIBUTOR)
    Member.objects.filter(user_id=tom.user_id).update(removed_at=NOW)

    with pytest.raises(errors.NotFound):
        assign(row, tom, by)
