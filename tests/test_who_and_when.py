"""Who may do what, and in which step: every act people can do, as one literal table, tried by everybody everywhere.

The engagement has walked all twelve steps, so a row of every noun is there; its step is then set back and forth.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from onboarding import actions, errors, tenancy
from onboarding.actions import (
    agreements,
    api_tokens,
    blueprints,
    companies,
    connections,
    contacts,
    document_requests,
    documents,
    engagements,
    flow_runs,
    flows,
    invoices,
    launches,
    meetings,
    members,
    pilots,
    plans,
    questionnaires,
    registrations,
    reminders,
    requirements,
    setup_tasks,
    solutions,
    support,
    test_runs,
    trainings,
    verifications,
)
from onboarding.actors import MEMBER_ROLES, STAFF_ROLES, Actor, Role
from onboarding.models import Company, Engagement, Invitation, Meeting, Member, Specialist
from onboarding.workflow.steps import STEPS, Step
from tests.every_row import every_row
from tests.factories import UserFactory, member, owner, staff, stranger
from tests.journey import journey
from tests.journey.cast import upload

SOON = date(2031, 3, 12)
MOMENT = now().replace(microsecond=0) + timedelta(days=60)
EVERYBODY = (*MEMBER_ROLES, *STAFF_ROLES)
LETTERS = dict(zip("osbtcvSLFA", EVERYBODY, strict=True))
NUMERALS = {step.numeral: step for step in STEPS}
ANY = " ".join(NUMERALS)
WRITERS, STAFF = "osbtc", "SL"


@dataclass(frozen=True)
class Act:
    """One act: who may do it, in which steps, and the call. `paused`: what a hold stops too."""

    name: str
    who: str
    when: str
    call: Callable[[Any, Actor], object]
    is_paused: bool = True

    @property
    def roles(self) -> set[Role]:
        return {LETTERS[letter] for letter in self.who}

    @property
    def steps(self) -> set[Step]:
        return {NUMERALS[numeral] for numeral in self.when.split()}


# fmt: off
ACTS = [
    Act("agreements.draft_again", STAFF, "IV V", lambda w, by: agreements.draft_again(w.id, by=by, at=now())),
    Act("agreements.issue", STAFF, "IV V", lambda w, by: agreements.issue(w.agreement.pk, by=by, at=now())),
    Act("agreements.sign", "s", "V", lambda w, by: agreements.sign(w.agreement.pk, typed_name="Maria", title="CEO",
        consent=True, seen_sha256="0" * 64, authentication="password", by=by, at=now())),
    Act("agreements.countersign", STAFF, "V", lambda w, by: agreements.countersign(w.agreement.pk, typed_name="Priya",
        title="Specialist", seen_sha256="0" * 64, by=by, at=now())),
    Act("agreements.decline", "os", "IV V", lambda w, by: agreements.decline(w.agreement.pk, reason="No", by=by,
        at=now())),
    Act("agreements.void", "L", ANY, lambda w, by: agreements.void(w.agreement.pk, reason="No", by=by, at=now())),
    Act("blueprints.make", STAFF, "IX", lambda w, by: blueprints.make(w.id, by=by, at=now())),
    Act("blueprints.confirm", "os", "IX", lambda w, by: blueprints.confirm(w.blueprint.pk, sha256="0" * 64, by=by,
        at=now())),
    Act("companies.approve_records", "os", "V", lambda w, by: companies.approve_records(w.id, by=by, at=now())),
    Act("connections.open", "otSL", "VII VIII IX X XI XII", lambda w, by: connections.open(w.id, side="crm",
        environment="sandbox", by=by, at=now())),
    Act("connections.give_credentials", "ot", "VII VIII IX X XI XII", lambda w, by: connections.give_credentials(
        w.connection.pk, values={"consumer_key": "k", "consumer_secret": "s"}, public={}, by=by, at=now())),
    Act("connections.begin_consent", "ot", "VII VIII IX X XI XII", lambda w, by: connections.begin_consent(
        w.connection.pk, state_digest="d" * 64, by=by, at=now())),
    Act("connections.revoke", "otSL", "VII VIII IX X XI XII", lambda w, by: connections.revoke(w.connection.pk,
        reason="Rotation", by=by, at=now())),
    Act("connections.check", "otSL", "VII VIII IX X XI XII", lambda w, by: connections.check(w.connection.pk,
        reason="asked", by=by, at=now())),
    Act("contacts.save", WRITERS + STAFF, ANY, lambda w, by: contacts.save(w.id, kind="main", name="Tom Baker",
        email="tom@acme.example", title="", phone="", by=by, at=now())),
    Act("documents.upload", WRITERS + STAFF, ANY, lambda w, by: documents.upload(w.id, kind="customer_document",
        upload=upload(), by=by, at=now())),
    Act("documents.upload minutes", STAFF, ANY, lambda w, by: documents.upload(w.id, kind="minutes", upload=upload(),
        by=by, at=now())),
    Act("documents.accept", STAFF, ANY, lambda w, by: documents.accept(str(w.document.uuid), by=by, at=now())),
    Act("documents.need_revision", STAFF, ANY, lambda w, by: documents.need_revision(str(w.document.uuid),
        note="Page 2", by=by, at=now())),
    Act("documents.withdraw", WRITERS + STAFF, ANY, lambda w, by: documents.withdraw(str(w.document.uuid), by=by,
        at=now())),
    Act("documents.undo_review", STAFF, ANY, lambda w, by: documents.undo_review(str(w.document.uuid), by=by,
        at=now())),
    Act("document_requests.ask", STAFF, ANY, lambda w, by: document_requests.ask(w.id, title="Chart", due_on=SOON,
        by=by, at=now())),
    Act("document_requests.change", STAFF, ANY, lambda w, by: document_requests.change(w.asked.pk, title="Chart",
        by=by, at=now())),
    Act("document_requests.withdraw", STAFF, ANY, lambda w, by: document_requests.withdraw(w.asked.pk, reason="Done",
        by=by, at=now())),
    Act("document_requests.remind", STAFF, ANY, lambda w, by: document_requests.remind(w.asked.pk, by=by, at=now())),
    Act("document_requests.declare_not_applicable", WRITERS + STAFF, ANY,
        lambda w, by: document_requests.declare_not_applicable(w.asked.pk, reason="None here", by=by, at=now())),
    Act("document_requests.agree_not_applicable", STAFF, ANY, lambda w, by: document_requests.agree_not_applicable(
        w.asked.pk, by=by, at=now())),
    Act("document_requests.reopen", STAFF, ANY, lambda w, by: document_requests.reopen(w.request.pk, note="Needed",
        by=by, at=now())),
    Act("engagements.assign", STAFF, ANY, lambda w, by: engagements.assign(w.id, specialist_id=w.specialist.pk, by=by,
        at=now()), is_paused=False),
    Act("engagements.move", STAFF, "I", lambda w, by: engagements.move(w.id, "complete_welcome_call", by=by, at=now())),
    Act("engagements.move back", STAFF, "III IV V VI VII VIII IX X XI", lambda w, by: engagements.move(w.id, "return_to_data_collection",
        reason="Again", by=by, at=now())),
    Act("engagements.hold", STAFF, ANY, lambda w, by: engagements.hold(w.id, reason="Wait", by=by, at=now())),
    Act("engagements.resume", STAFF, ANY, lambda w, by: engagements.resume(w.id, by=by, at=now()), is_paused=False),
    Act("engagements.cancel", "L", ANY, lambda w, by: engagements.cancel(w.id, reason="No", by=by, at=now()),
        is_paused=False),
    Act("engagements.waive", "L", ANY, lambda w, by: engagements.waive(w.id, criterion=w.waivable, reason="So", by=by,
        at=now())),
    Act("engagements.revoke_waiver", "L", ANY, lambda w, by: engagements.revoke_waiver(w.id, criterion=w.waivable,
        by=by, at=now()), is_paused=False),
    Act("engagements.note", STAFF, ANY, lambda w, by: engagements.note(w.id, text="Note", by=by, at=now()),
        is_paused=False),
    Act("engagements.set_target", STAFF, ANY, lambda w, by: engagements.set_target(w.id, go_live_on=SOON, by=by,
        at=now())),
    Act("flow_runs.schedule", STAFF, "XI XII", lambda w, by: flow_runs.schedule(w.flow.pk, by=by, at=now())),
    Act("flow_runs.unschedule", STAFF, "XI XII", lambda w, by: flow_runs.unschedule(w.flow.pk, reason="Stop", by=by,
        at=now())),
    Act("flow_runs.start", STAFF, "XI XII", lambda w, by: flow_runs.start(w.flow.pk, by=by, at=now())),
    Act("flow_runs.cancel", STAFF, ANY, lambda w, by: flow_runs.cancel(w.run.pk, by=by, at=now())),
    Act("flows.set_direction", STAFF, "IX", lambda w, by: flows.set_direction(w.flow.pk, direction="none", by=by,
        at=now())),
    Act("flows.save_mapping", STAFF, "IX", lambda w, by: flows.save_mapping(w.flow.pk, mapping=w.flow.mapping,
        master="crm", version=0, by=by, at=now())),
    Act("flows.check_mapping", STAFF, "IX", lambda w, by: flows.check_mapping(w.flow.pk, by=by, at=now())),
    Act("flows.configure", STAFF, "IX", lambda w, by: flows.configure(w.flow.pk, by=by, at=now())),
    Act("flows.start_scan", "otSL", "IX X XI", lambda w, by: flows.start_scan(w.flow.pk, by=by, at=now())),
    Act("invoices.draft_again", "SLF", "IV V", lambda w, by: invoices.draft_again(w.id, by=by, at=now())),
    Act("invoices.change_lines", "SLF", ANY, lambda w, by: invoices.change_lines(w.invoice.pk, lines=[], tax_rate=0,
        tax_note="", by=by, at=now())),
    Act("invoices.issue", "SLF", "IV V", lambda w, by: invoices.issue(w.invoice.pk, by=by, at=now())),
    Act("invoices.record_payment", "LF", ANY, lambda w, by: invoices.record_payment(w.invoice.pk, amount=Decimal(1),
        currency="USD", method="card", reference="X-1", received_on=now().date(), by=by, at=now())),
    Act("invoices.void", "LF", ANY, lambda w, by: invoices.void(w.invoice.pk, reason="No", by=by, at=now())),
    Act("launches.decide", "osSL", "XI", lambda w, by: launches.decide(w.id, is_go=True, comment="", by=by, at=now())),
    Act("launches.cut_over", STAFF, "XI", lambda w, by: launches.cut_over(w.id, hypercare_until=SOON, by=by,
        at=now())),
    Act("meetings.book welcome", WRITERS + STAFF, "I", lambda w, by: meetings.book(w.id, kind="welcome_call",
        channel="zoom", starts_at=MOMENT, minutes=30, place="", topic="", by=by, at=now())),
    Act("meetings.book review", WRITERS + STAFF, "II III", lambda w, by: meetings.book(w.id,
        kind="requirements_review", channel="zoom", starts_at=MOMENT, minutes=30, place="", topic="", by=by,
        at=now())),
    Act("meetings.reschedule", WRITERS + STAFF, ANY, lambda w, by: meetings.reschedule(w.meeting.pk, starts_at=MOMENT,
        by=by, at=now())),
    Act("meetings.cancel", WRITERS + STAFF, ANY, lambda w, by: meetings.cancel(w.meeting.pk, reason="Ill", by=by,
        at=now())),
    Act("meetings.miss", STAFF, ANY, lambda w, by: meetings.miss(w.meeting.pk, missed_by="customer", note="", by=by,
                                                                 at=w.meeting.starts_at)),
    Act("meetings.hold", STAFF, ANY, lambda w, by: meetings.hold(w.meeting.pk, held_at=now(), attendees=["A"],
        notes="Said", by=by, at=now())),
    Act("meetings.share_summary", STAFF, ANY, lambda w, by: meetings.share_summary(w.meeting.pk, by=by, at=now())),
    Act("meetings.file_record", STAFF, ANY, lambda w, by: meetings.file_record(w.meeting.pk,
        document_id=w.document.pk, by=by, at=now())),
    Act("pilots.open", STAFF, "X", lambda w, by: pilots.open(w.id, starts_on=SOON, ends_on=SOON + timedelta(days=7),
        participants=["A"], scenarios="B", by=by, at=now())),
    Act("pilots.add_feedback", WRITERS + STAFF, "X", lambda w, by: pilots.add_feedback(w.id, text="Slow",
        severity="wish", by=by, at=now())),
    Act("pilots.resolve", STAFF, "X", lambda w, by: pilots.resolve(w.feedback.pk, resolution="Done", by=by, at=now())),
    Act("pilots.close", "os", "X", lambda w, by: pilots.close(w.id, conclusion="Good", by=by, at=now())),
    Act("plans.make", STAFF, "VI VII VIII IX X XI", lambda w, by: plans.make(w.id, go_live_on=SOON, by=by, at=now())),
    Act("plans.assign", STAFF, "VI VII VIII IX X XI", lambda w, by: plans.assign(w.milestone.pk, owner_side="customer",
        owner_name="Tom", by=by, at=now())),
    Act("plans.confirm_scope", STAFF, "VI VII VIII IX X XI", lambda w, by: plans.confirm_scope(w.id, by=by, at=now())),
    Act("plans.agree", "os", "VI VII VIII IX X XI", lambda w, by: plans.agree(w.plan.pk, by=by, at=now())),
    Act("questionnaires.save_answer", WRITERS, "II III", lambda w, by: questionnaires.save_answer(w.questionnaire.pk,
        question="objective", value="Yes", version=None, by=by, at=now())),
    Act("questionnaires.submit", WRITERS, "II III", lambda w, by: questionnaires.submit(w.questionnaire.pk, by=by,
        at=now())),
    Act("questionnaires.accept", STAFF, "II III", lambda w, by: questionnaires.accept(w.questionnaire.pk, by=by,
        at=now())),
    Act("questionnaires.need_revision", STAFF, "II III", lambda w, by: questionnaires.need_revision(
        w.questionnaire.pk, note="More", questions={}, by=by, at=now())),
    Act("registrations.register", "ot", "IX", lambda w, by: registrations.register(w.id, workspace="acme",
        administrator_name="A", administrator_email="a@acme.example", time_zone="UTC", base_currency="USD",
        fiscal_year_starts=1, by=by, at=now())),
    Act("registrations.change", "ot", "IX X XI XII", lambda w, by: registrations.change(w.id, administrator_name="A",
        administrator_email="a@acme.example", time_zone="UTC", base_currency="USD", fiscal_year_starts=1, by=by,
        at=now())),
    Act("reminders.send", STAFF, ANY, lambda w, by: reminders.send(w.id, criterion=w.waivable, by=by, at=now())),
    Act("requirements.add", WRITERS + STAFF, "II III", lambda w, by: requirements.add(w.id, text="Fast",
        kind="constraint", priority="", flow="", source="Call", by=by, at=now())),
    Act("requirements.change", STAFF, "II III", lambda w, by: requirements.change(w.requirement.pk, text="Fast",
        kind="constraint", priority="must", flow="", source="Call", by=by, at=now())),
    Act("requirements.decline", STAFF, "II III", lambda w, by: requirements.decline(w.requirement.pk, by=by,
        at=now())),
    Act("requirements.sign_off", "os", "III", lambda w, by: requirements.sign_off(w.id, sha256="0" * 64, by=by,
        at=now())),
    Act("setup_tasks.mark_done", "otSL", "VII VIII IX X XI XII", lambda w, by: setup_tasks.mark_done(w.task.pk,
        note="Made", by=by, at=now())),
    Act("setup_tasks.reopen", "otSL", "VII VIII IX X XI XII", lambda w, by: setup_tasks.reopen(w.task.pk,
        reason="Gone", by=by, at=now())),
    Act("setup_tasks.start_run", "otSL", "VII VIII IX X XI XII", lambda w, by: setup_tasks.start_run(w.id,
        workstream="crm", by=by, at=now())),
    Act("solutions.select", STAFF, "IX", lambda w, by: solutions.select(w.id, solution="salesforce_quickbooks_online",
        by=by, at=now())),
    Act("support.schedule", STAFF, "XII", lambda w, by: support.schedule(w.id, due_on=SOON, by=by, at=now())),
    Act("support.hold", STAFF, "XII", lambda w, by: support.hold(w.check_in.pk, notes="Well", recommendations="",
        by=by, at=now())),
    Act("test_runs.start", STAFF, "X XI XII", lambda w, by: test_runs.start(w.flow.pk, by=by, at=now())),
    Act("trainings.sign_off", "os", "X", lambda w, by: trainings.sign_off(w.id, statement="Trained", by=by, at=now())),
    Act("verifications.decide", STAFF, "IV V VI VII VIII IX X XI XII", lambda w, by: verifications.decide(w.id, check_code="tax_id",
        outcome="passed", evidence="Register", by=by, at=now())),
    Act("verifications.correct_company", "oSL", ANY, lambda w, by: verifications.correct_company(w.id,
        legal_name="Acme Inc", by=by, at=now())),
]
# Of the company, not of an engagement: no step, no hold.
COMPANY_ACTS = [
    Act("companies.accept", "L", "", lambda w, by: companies.accept(w.company.pk, by=by, at=now())),
    Act("companies.decline", "L", "", lambda w, by: companies.decline(w.company.pk, note="No", by=by, at=now())),
    Act("members.invite", "oSL", "", lambda w, by: members.invite(w.company.pk, email="new@acme.example", name="",
        roles=["viewer"], by=by, at=now())),
    Act("members.revoke_invitation", "oSL", "", lambda w, by: members.revoke_invitation(w.invitation.pk, by=by,
        at=now())),
    Act("members.change_roles", "oL", "", lambda w, by: members.change_roles(w.member.pk, roles=["viewer"], by=by,
        at=now())),
    Act("members.remove", "oL", "", lambda w, by: members.remove(w.member.pk, by=by, at=now())),
    Act("api_tokens.revoke", "otL", "", lambda w, by: api_tokens.revoke(w.token.pk, by=by, at=now())),
]
# fmt: on


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
    return SimpleNamespace(
        id=row.pk, company=company, people=people, stranger=stranger(), waivable="contacts.missing",
        agreement=row.agreements.get(), invoice=row.invoices.get(), blueprint=row.blueprints.get(), token=token,
        connection=row.connections.filter(side="crm").first(), meeting=meeting, flow=row.flows.get(),
        document=row.documents.filter(kind="customer_document").first(), request=row.document_requests.last(),
        asked=document_requests.ask(row.pk, title="Price list", by=cast.specialist, at=now()),
        specialist=Specialist.objects.get(user_id=cast.specialist.user_id), run=row.flows.get().runs.last(),
        feedback=row.pilot.feedback.first(), plan=row.plans.last(), milestone=row.plans.last().milestones.last(),
        questionnaire=row.questionnaires.first(), requirement=row.requirements.first(), check_in=row.check_ins.last(),
        task=row.setup_tasks.first(), invitation=Invitation.objects.get(company=company),
        member=Member.objects.get(company=company, user=UserFactory._meta.model.objects.get(pk=cast.viewer.user_id)),
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


named = pytest.mark.parametrize("act", [*ACTS, *COMPANY_ACTS], ids=lambda act: act.name)
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
    need_a_row_of_their_own = {"members.decide_join_request", "saved_views.remove"}
    gates_and_workers = {
        "gates.locked", "gates.staff_only", "gates.writable", "flows.writable", "credentials.read",
        "credentials.take_lease",
    }  # fmt: skip
    known = {act.name.split()[0] for act in [*ACTS, *COMPANY_ACTS]}
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
