"""Who may do what, and in which step: every act people can do, as one literal table, tried by everybody everywhere.

The engagement has walked all twelve steps, so a row of every noun is there; its step is then set back and forth.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from onboarding import actions, errors, tenancy
from onboarding.actions import api_tokens, document_requests, members
from onboarding.actors import MEMBER_ROLES, Actor
from onboarding.models import (
    AgreementComment,
    AgreementCopy,
    Company,
    Engagement,
    Invitation,
    Meeting,
    Member,
    Specialist,
)
from onboarding.workflow.steps import STEPS, Step
from tests.acts import (
    EVERYBODY,
    MOMENT,
    Act,
    companies,
    doors,
    phase_one,
    phase_two,
    questionnaires,
    recordings,
    requirements,
    verifications,
)
from tests.every_row import every_row
from tests.factories import UserFactory, member, owner, staff, stranger
from tests.journey import journey

ACTS = [*phase_one.ACTS, *questionnaires.ACTS, *recordings.ACTS, *requirements.ACTS, *verifications.ACTS,
        *doors.ACTS, *phase_two.ACTS]  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """One engagement that walked all twelve steps, kept for the whole file; gone after it."""
    with django_db_blocker.unblock(), tenancy.acting(staff=True), contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        yield _world()
        transaction.set_rollback(True)


def _world() -> SimpleNamespace:
    cast = journey(Step.CONTINUOUS_SUPPORT)
    row, company = cast.engagement, cast.company
    people = {role: member(company, role) if role in MEMBER_ROLES else staff(role) for role in EVERYBODY}
    owner(company)  # so that nobody is the last
    members.invite(company.pk, email="x@acme.example", name="", roles=["viewer"], by=cast.owner, at=now())
    token, _ = api_tokens.create(
        user=cast.user(cast.owner), company_id=company.pk, name="ERP", role="owner", scopes=["documents:read"], days=30,
        by=cast.owner, at=now(),
    )  # fmt: skip
    meeting = Meeting.objects.create(
        company=company, engagement=row, kind="training", channel="zoom", starts_at=MOMENT - timedelta(days=9),
        minutes=30, booked_at=now(), booked_by="Priya",
    )  # fmt: skip
    about = {"company": company, "agreement": row.agreements.get()}
    comment = AgreementComment.objects.create(**about, clause="7.2", text="Why?", side="customer", by="Ann", at=now())
    copy = AgreementCopy.objects.create(**about, email="law@firm.example", added_by="Ann", added_at=now())
    return SimpleNamespace(
        id=row.pk, company=company, people=people, stranger=stranger(), waivable="contacts.missing",
        agreement=row.agreements.get(), comment=comment, copy=copy, invoice=row.invoices.get(), blueprint=row.blueprints.get(), token=token,
        connection=row.connections.filter(side="crm").first(), meeting=meeting, flow=row.flows.get(),
        document=row.documents.filter(kind="customer_document").first(), request=row.document_requests.last(),
        asked=document_requests.ask(row.pk, title="Price list", by=cast.specialist, at=now()),
        specialist=Specialist.objects.get(user_id=cast.specialist.user_id), run=row.flows.get().runs.last(),
        feedback=row.pilot.feedback.first(), plan=row.plans.last(), milestone=row.plans.last().milestones.last(),
        questionnaire=row.questionnaires.first(), requirement=row.requirements.first(), check_in=row.check_ins.last(),
        task=row.setup_tasks.first(), invitation=Invitation.objects.get(company=company),
        member=Member.objects.get(company=company, user=UserFactory._meta.model.objects.get(pk=cast.viewer.user_id)),
        **recordings.rows(row, people, cast.specialist),
        **requirements.rows(cast),
        **verifications.rows(cast),
        **doors.rows(cast),
    )  # fmt: skip


def outcome(world: Any, act: Act, by: Actor) -> str:
    """The refusal's name, or "done"; whatever was done is taken back."""
    with transaction.atomic():
        try:
            act.call(world, by)
        except errors.Refused as refusal:
            return type(refusal).__name__
        finally:
            transaction.set_rollback(True)
    return "done"


def refused(world: Any, act: Act, by: Actor) -> str:
    """The refusal's name; were something written, it would stay."""
    try:
        act.call(world, by)
    except errors.Refused as refusal:
        return type(refusal).__name__
    return "done"


@contextlib.contextmanager
def standing(world: Any, step: Step | None = None, **fields: Any) -> Iterator[None]:
    """The engagement set into a step, and on hold, cancelled or not accepted yet."""
    company = {name: fields.pop(name) for name in ("state",) if name in fields}
    fields |= {"step": step.value} if step else {}
    with transaction.atomic():
        if fields:
            Engagement.objects.filter(pk=world.id).update(**fields)
        if company:
            Company.objects.filter(pk=world.company.pk).update(**company)
        yield
        transaction.set_rollback(True)


def step_for(act: Act) -> Step | None:
    return min(act.steps, key=lambda step: step.number) if act.steps else None


def one_who_may(world: Any, act: Act) -> Actor:
    return world.people[min(act.roles, key=EVERYBODY.index)]


named = pytest.mark.parametrize("act", [*ACTS, *companies.ACTS], ids=lambda act: act.name)
of_engagements = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)


@named
def test_it_belongs_to_these_roles_and_to_nobody_else(act, world, db):
    with standing(world, step_for(act)):
        before = every_row()
        got = {role: refused(world, act, world.people[role]) for role in EVERYBODY if role not in act.roles}
        got |= {"stranger": refused(world, act, world.stranger)}
        assert every_row() == before
        may = {outcome(world, act, world.people[role]) for role in act.roles}

    expected = {role: "NotYours" for role in EVERYBODY if role not in act.roles}
    assert got == expected | {"stranger": "NotFound"}
    assert may.isdisjoint({"NotYours", "NotFound", "WrongStep"})


@of_engagements
def test_it_belongs_to_these_steps_and_to_no_other(act, world, db):
    by, got = one_who_may(world, act), {}
    with standing(world):
        before = every_row()
        for step in STEPS:
            Engagement.objects.filter(pk=world.id).update(step=step.value)
            got[step] = outcome(world, act, by) if step in act.steps else refused(world, act, by)
        Engagement.objects.filter(pk=world.id).update(step=STEPS[-1].value)
        assert every_row() == before

    assert {step for step, result in got.items() if result != "WrongStep"} == act.steps


@of_engagements
@pytest.mark.parametrize(
    "fields",
    [{"held_at": MOMENT, "hold_reason": "Audit"}, {"cancelled_at": MOMENT}, {"state": Company.State.PENDING}],
    ids=["on hold", "cancelled", "not accepted yet"],
)
def test_it_waits_while_nothing_may_go_on(act, fields, world, db):
    if not act.is_paused:
        pytest.skip("Meant for such a time, or harmless in it.")
    with standing(world, step_for(act), **fields):
        before = every_row()
        assert (refused(world, act, one_who_may(world, act)), every_row() == before) == ("WrongState", True)


def test_the_table_knows_every_act():
    """Whatever takes an id and an actor is in the table, or is one of these, tried in their noun's own tests."""
    need_an_open_run = {
        "connections.cancel_check", "flows.cancel_scan", "test_runs.cancel", "setup_tasks.cancel_run",
    }  # fmt: skip
    need_a_row_of_their_own = {
        "members.decide_join_request",
        "partial_uploads.end",
        "saved_views.remove",
        "bank_statements.record",
        "bank_statements.dismiss",
        "bank_statements.reopen",
        "sealings.again",
        "envelopes.again",
        "envelope_visits.came_back",
    }
    gates_and_workers = {
        "gates.locked", "gates.staff_only", "gates.writable", "flows.writable", "questionnaires.locked",
        "credentials.read", "credentials.take_lease", "agreements.opened", "agreements.change_signers",
    }  # fmt: skip
    known = {act.name.split()[0] for act in [*ACTS, *companies.ACTS]}
    assert acting_functions() - known == need_an_open_run | need_a_row_of_their_own | gates_and_workers


def acting_functions() -> set[str]:
    """`noun.verb` of every public action that takes an id and `by`."""
    found = set()
    for module in pkgutil.iter_modules(actions.__path__):
        loaded = importlib.import_module(f"onboarding.actions.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            taken = list(inspect.signature(function).parameters)
            own = function.__module__ == loaded.__name__ and not name.startswith("_")
            if own and "by" in taken and taken[0].endswith(("_id", "_uuid")):
                found.add(f"{module.name}.{name}")
    return found
