"""The project plan: milestones backwards from the go-live target, owners, scope, agreement."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from onboarding import errors, outbox
from onboarding.actions import documents, gates, messages, rows
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.library import flows as flow_library
from onboarding.library import plans as plan_library
from onboarding.library.plans import MilestoneTemplate
from onboarding.models import Document, Engagement, Milestone, Plan
from onboarding.queries import calendars, questionnaires, requirements
from onboarding.workflow.status import iso
from onboarding.workflow.step_06_plan_timeline import current_plan
from onboarding.workflow.steps import STEPS, Step

FURTHEST = timedelta(days=5 * 365)
PLANNING = frozenset(STEPS[5:11])  # VI to XI
AGREERS = frozenset({Role.OWNER, Role.SIGNATORY})
Days = tuple[date, date]  # the first and the last


def propose(engagement: Engagement, *, by: Actor, at: datetime) -> Plan | None:
    """On entering step VI: plan for the target that was set, else for the day the customer wished for.

    None while neither is known or can be kept; a plan that is there stays.
    """
    if plan := current_plan(engagement):
        return plan
    wish = questionnaires.submitted(engagement).get("go_live_wish")
    target = engagement.go_live_target or (date.fromisoformat(wish) if wish else None)
    if target is None:
        return None
    try:
        return _make(engagement, target, by=by, at=at)
    except errors.BadInput:  # too soon, or a holiday: the specialist agrees another day
        return None


@transaction.atomic
def make(engagement_id: int, *, go_live_on: date, by: Actor, at: datetime) -> Plan:
    """Make the plan for a go-live date: a milestone per step, backwards over the customer's working days.

    A new date makes a new version, which the customer agrees anew; the same date again changes nothing. Milestones of
    closed steps stay as they were, and the baseline of every milestone stays the first version's. BadInput names the
    earliest possible date when the target is too near, or says that the date is no working day.
    """
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, steps=PLANNING, words="Specialists plan.")
    former = current_plan(engagement)
    if former and former.go_live_on == go_live_on == engagement.go_live_target:
        return former
    return _make(engagement, go_live_on, by=by, at=at)


def _make(engagement: Engagement, go_live_on: date, *, by: Actor, at: datetime) -> Plan:
    dates = _scheduled(engagement, go_live_on, today=at.date())
    former = current_plan(engagement)
    known = {one.step: one for one in former.milestones.all()} if former else {}
    version = (engagement.plans.aggregate(last=Max("version"))["last"] or 0) + 1
    engagement.plans.filter(superseded_at=None).update(superseded_at=at)
    plan = Plan.objects.create(
        company_id=engagement.company_id, engagement=engagement, version=version, go_live_on=go_live_on, made_at=at,
        made_by=by.name,
    )  # fmt: skip
    planned = [_milestone(plan, engagement, task, days, known.get(task.step.value)) for task, days in dates]
    closed = [_copy(plan, one) for one in known.values() if one.number < engagement.at_step.number]
    Milestone.objects.bulk_create([*closed, *planned])
    engagement.go_live_target = go_live_on
    engagement.save(update_fields=["go_live_target"])
    outbox.record("plan.made", engagement, by=by, at=at, data=_facts(plan))
    return plan


def _scheduled(engagement: Engagement, go_live_on: date, *, today: date) -> list[tuple[MilestoneTemplate, Days]]:
    """Each milestone still ahead with its first and last day, the one of step XI ending on the go-live date."""
    if go_live_on > today + FURTHEST:
        raise errors.BadInput(fields={"go_live_on": "Enter a date within the next five years."})
    days = calendars.of(engagement)
    ahead = [task for task in plan_library.MILESTONES if task.step.number >= engagement.at_step.number]
    needed = sum(task.days for task in ahead)
    earliest = days.after(today, needed)
    if not days.is_working(go_live_on):
        nearest = max(days.before(go_live_on, 1), earliest)
        words = f"{go_live_on:%-d %B %Y} is no working day. The nearest possible date is {nearest:%-d %B %Y}."
        raise errors.BadInput(fields={"go_live_on": words})
    if go_live_on < earliest:
        words = f"That is too soon: the steps need {needed} working days. The earliest date is {earliest:%-d %B %Y}."
        raise errors.BadInput(fields={"go_live_on": words})
    scheduled, due_on = [], go_live_on
    for task in reversed(ahead):
        starts_on = days.before(due_on, task.days - 1)
        scheduled.append((task, (starts_on, due_on)))
        due_on = days.before(starts_on, 1)
    later = [
        (task, (days.after(go_live_on, 1), days.after(go_live_on, task.days))) for task in plan_library.AFTER_GO_LIVE
    ]
    return [*reversed(scheduled), *later]


def _milestone(
    plan: Plan, engagement: Engagement, task: MilestoneTemplate, days: Days, former: Milestone | None
) -> Milestone:
    starts_on, due_on = days
    return Milestone(
        company_id=plan.company_id, plan=plan, step=task.step.value, number=task.step.number, title=task.title,
        starts_on=starts_on, due_on=due_on,
        baseline_on=former.baseline_on if former else due_on,
        owner_side=former.owner_side if former else task.side,
        owner_name=former.owner_name if former and former.owner_name else _default_owner(engagement, task),
    )  # fmt: skip


def _copy(plan: Plan, former: Milestone) -> Milestone:
    """A milestone of a closed step, as it was."""
    former.pk, former.plan = None, plan
    former._state.adding = True  # noqa: SLF001 - Django's documented way to copy a row
    return former


def _default_owner(engagement: Engagement, task: plan_library.MilestoneTemplate) -> str:
    """The named contact or specialist this milestone is usually theirs; empty when nobody is named yet."""
    if task.side == Milestone.Side.INTERWEAVE:
        return engagement.specialist.user.name if engagement.specialist else ""
    contact = engagement.contacts.filter(kind=task.contact).first()
    return contact.name if contact else ""


def _facts(plan: Plan) -> dict[str, Any]:
    return {"plan": plan.version, "go_live_on": plan.go_live_on.isoformat()}


@transaction.atomic
def assign(milestone_id: int, *, owner_side: str, owner_name: str, by: Actor, at: datetime) -> Milestone:
    """Name the one person who answers for a milestone, on either side."""
    found = rows.visible(Milestone, milestone_id, by)
    engagement = gates.writable(found.plan.engagement_id, by, roles=SPECIALISTS, steps=PLANNING)
    if owner_side not in Milestone.Side.values:
        raise errors.BadInput(fields={"owner_side": "Choose the customer or InterWeave."})
    if not owner_name.strip():
        raise errors.BadInput(fields={"owner_name": "Name one person."})
    milestone = Milestone.objects.get(pk=found.pk)
    milestone.owner_side, milestone.owner_name = owner_side, owner_name.strip()[:150]
    milestone.save(update_fields=["owner_side", "owner_name"])
    data = {"milestone": milestone.title, "owner": milestone.owner_name}
    outbox.record("plan.assigned", engagement, by=by, at=at, data=data)
    return milestone


@transaction.atomic
def confirm_scope(engagement_id: int, *, by: Actor, at: datetime) -> Plan:
    """The plan covers exactly the requirements that were signed off: known by their hash."""
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, steps=PLANNING)
    plan = _required(engagement)
    signoff = requirements.signoff_in_force(engagement)
    if signoff is None:
        raise errors.WrongState("The requirements are not signed off; the scope rests on them.")
    plan.scope_confirmed_at, plan.scope_confirmed_by, plan.scope_sha256 = at, by.name, signoff.sha256
    plan.save(update_fields=["scope_confirmed_at", "scope_confirmed_by", "scope_sha256"])
    outbox.record("plan.scope_confirmed", engagement, by=by, at=at, data=_facts(plan) | {"sha256": signoff.sha256})
    if plan.agreed_at is None:  # else a change of the requirements was approved that leaves the plan as it is
        messages.send_to_members(
            engagement, kind="plan.proposed", subject="Your project plan is ready",
            text=f"We propose to go live on {plan.go_live_on:%-d %B %Y}. Read the milestones and agree.",
            key=f"plan:{plan.pk}", at=at, path="/plan/", button="Read the plan",
        )  # fmt: skip
    return plan


@transaction.atomic
def agree(plan_id: int, *, by: Actor, at: datetime) -> Plan:
    """The customer agrees the plan as it is; its PDF is ordered."""
    found = rows.visible(Plan, plan_id, by)
    engagement = gates.writable(
        found.engagement_id, by, roles=AGREERS, steps=PLANNING,
        words="The owner or the signatory agrees the plan.",
    )  # fmt: skip
    plan = Plan.objects.get(pk=found.pk)
    if plan.superseded_at:
        raise errors.Stale("The plan changed since you opened it. Read the newest version.")
    if plan.agreed_at:
        return plan
    signoff = requirements.signoff_in_force(engagement)
    is_scoped = plan.scope_confirmed_at is not None and signoff is not None and signoff.sha256 == plan.scope_sha256
    if not is_scoped or any(not one.owner_name for one in plan.milestones.all()):
        raise errors.WrongState("The plan is not complete yet: your specialist still works on it.")
    plan.agreed_at, plan.agreed_by = at, by.name
    plan.document = documents.order(
        engagement, kind=Document.Kind.PROJECT_PLAN, title="Project plan",
        file_name=f"{engagement.reference}-project-plan-v{plan.version}.pdf", template="project_plan",
        context=_context(plan, engagement), by=by, at=at,
    )  # fmt: skip
    plan.save(update_fields=["agreed_at", "agreed_by", "document"])
    outbox.record("plan.agreed", engagement, by=by, at=at, data=_facts(plan))
    return plan


def _required(engagement: Engagement) -> Plan:
    plan = current_plan(engagement)
    if plan is None:
        raise errors.WrongState("Make the plan first: set the go-live date.")
    return plan


def _context(plan: Plan, engagement: Engagement) -> dict[str, Any]:
    signoff = requirements.signoff_in_force(engagement)
    agreed = signoff.requirements if signoff else []
    return {
        "reference": engagement.reference,
        "company": engagement.company.name,
        "version": plan.version,
        "go_live_on": plan.go_live_on.isoformat(),
        "made_at": iso(plan.made_at),
        "milestones": [
            {
                "number": one.number,
                "numeral": Step(one.step).numeral,
                "title": one.title,
                "starts_on": one.starts_on.isoformat(),
                "due_on": one.due_on.isoformat(),
                "owner": one.owner_name,
                "owner_side": one.owner_side,
            }
            for one in plan.milestones.all()
        ],
        "scope": [{"text": one["text"], "priority": one["priority"], "flow": _flow_name(one["flow"])} for one in agreed],
        "assignments": [
            {"responsibility": contact.get_kind_display(), "name": contact.name}
            for contact in engagement.contacts.all()
        ] + [{"responsibility": "Technical Specialist", "name": str(engagement.specialist)}],
        "agreed": {"by": plan.agreed_by, "at": iso(plan.agreed_at)},
    }  # fmt: skip


def _flow_name(code: str) -> str:
    return flow_library.NAMES.get(code, code)
