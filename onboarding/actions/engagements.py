"""Engagements: opened, assigned, moved, held, cancelled. `move` is the only code that changes a step."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from onboarding import errors, outbox
from onboarding.actions import entering, gates, meetings, messages, series
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Company, Engagement, Note, Specialist, StepRecord, Waiver
from onboarding.queries.step_changes import StepChange, declared
from onboarding.workflow import criteria
from onboarding.workflow.criterion import Finding
from onboarding.workflow.steps import Step


@transaction.atomic
def open_for(company: Company, *, by: Actor, at: datetime, solution: str = "", deployment: str = "cloud") -> Engagement:
    """Open an engagement in step I, by the company's own registration or by a specialist."""
    engagement = Engagement(
        company=company,
        reference=series.take_next("IW", at=at),
        solution=solution,
        deployment=deployment,
        opened_at=at,
    )
    engagement.save(force_insert=True)
    _enter(engagement, Step.WELCOME_CALL, at=at)
    outbox.record("engagement.opened", engagement, by=by, at=at, data={"reference": engagement.reference})
    return engagement


@transaction.atomic
def assign(engagement_id: int, *, specialist_id: int, by: Actor, at: datetime) -> Engagement:
    """Give the engagement its dedicated Technical Specialist; the customer's owners are told who it is."""
    engagement = gates.locked(engagement_id, by)
    if not by.has(*SPECIALISTS):
        raise errors.NotYours("Only a specialist or a lead assigns engagements.")
    specialist = Specialist.objects.select_related("user").filter(pk=specialist_id, removed_at=None).first()
    if specialist is None or specialist.role not in SPECIALISTS:
        raise errors.BadInput(fields={"specialist": "Choose one of the Technical Specialists."})
    is_another = engagement.specialist_id not in {None, specialist.pk}
    engagement.specialist, engagement.assigned_at = specialist, at
    engagement.save(update_fields=["specialist", "assigned_at"])
    outbox.record("engagement.assigned", engagement, by=by, at=at, data={"specialist": specialist.user.name})
    messages.send_to_members(
        engagement,
        kind="engagement.assigned",
        subject=f"{specialist.user.name} is your Technical Specialist",
        text=f"{specialist.user.name} accompanies you from the welcome call to go-live and beyond.",
        key=f"assigned:{engagement.pk}:{specialist.pk}",
        at=at,
        path="/",
        button="Open your onboarding",
    )
    if is_another:
        meetings.hand_over(engagement, at=at)
    return engagement


@transaction.atomic
def move(engagement_id: int, change: str, *, by: Actor, at: datetime, reason: str = "") -> Engagement:
    """Make one named step change, or refuse and say why: the only code that sets a step.

    Forward: every criterion of the current step must be met or waived; their evidence is frozen into its record.
    Back (`return_to_…`): needs a reason; the steps in between are open again.
    Raises NotFound, WrongStep (not declared from here), NotYours, WrongState, BadInput (no reason), CriteriaUnmet.
    """
    engagement = gates.locked(engagement_id, by)
    edge = _declared_edge(engagement, change)
    if not by.has(*edge.roles):
        raise errors.NotYours("Only InterWeave's specialists move an engagement on.")
    gates.require_open(engagement)
    source = engagement.at_step
    if edge.is_return:
        _require_reason(reason)
    found = {} if edge.is_return else {source: _close_step(engagement, by=by, at=at)}
    with outbox.one_update(engagement, at=at, changing=["step", "activated_at", "went_live_at"], known=found):
        getattr(engagement, change)(at=at)
        _enter(engagement, edge.target, at=at, reason=reason)
        if edge.is_return:
            _open_again(engagement, edge.target)
        entering.start(engagement, edge.target, by=by, at=at)
        data = {"from": source.value, "to": edge.target.value} | ({"reason": reason} if reason else {})
        outbox.record(f"engagement.{change}", engagement, by=by, at=at, data=data)
    _tell_customer(engagement, edge, at=at, reason=reason)
    return engagement


def _declared_edge(engagement: Engagement, change: str) -> StepChange:
    edge = declared().get((engagement.at_step, change))
    if edge is None:
        raise errors.WrongStep(
            f"“{change}” is not possible from step {engagement.at_step.numeral} {engagement.at_step.title}.",
            step=engagement.step,
            change=change,
        )
    return edge


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise errors.BadInput(fields={"reason": "Say why the engagement goes back."})


def _close_step(engagement: Engagement, *, by: Actor, at: datetime) -> list[Finding]:
    """Freeze the evidence of the current step, or refuse with every unmet criterion at once."""
    findings = criteria.find(engagement, engagement.at_step)
    if unmet := [finding.as_json() for finding in findings if not finding.is_met]:
        raise errors.CriteriaUnmet(unmet)
    StepRecord.objects.filter(engagement=engagement, step=engagement.step).update(
        closed_at=at, closed_by=by.name, evidence=[finding.as_json() for finding in findings]
    )
    return findings


def _enter(engagement: Engagement, step: Step, *, at: datetime, reason: str = "") -> None:
    """Open the step's record, anew when it was entered before."""
    entered_before = StepRecord.objects.filter(engagement=engagement, step=step.value).update(
        visits=F("visits") + 1, entered_at=at, closed_at=None, return_reason=reason
    )
    if not entered_before:
        StepRecord.objects.create(
            company_id=engagement.company_id, engagement=engagement, step=step.value, number=step.number, entered_at=at
        )


def _open_again(engagement: Engagement, step: Step) -> None:
    """After a return every later step is open; its frozen evidence is kept until it closes again."""
    StepRecord.objects.filter(engagement=engagement, number__gt=step.number).update(closed_at=None)


def _tell_customer(engagement: Engagement, edge: StepChange, *, at: datetime, reason: str) -> None:
    step = edge.target
    subject, words = f"Step {step.numeral}: {step.title}", step.purpose
    if edge.is_return:
        words = f"{reason}\n\n{words}"
    elif edge.name == "activate":
        subject = "Your engagement is active"
        words = f"Your records are approved, the agreement is signed and the invoice is paid.\n\nNext is step {step.numeral}, {step.title}. {words}"
    messages.send_to_members(
        engagement,
        kind=f"engagement.{edge.name}",
        subject=subject,
        text=words,
        key=f"step:{engagement.pk}:{step.number}:{at.isoformat()}",
        at=at,
        path="/",
        button="See what comes next",
    )


@transaction.atomic
def hold(engagement_id: int, *, reason: str, by: Actor, at: datetime) -> Engagement:
    """Put the engagement on hold, with a reason both sides see. The clocks stop."""
    engagement = gates.staff_only(engagement_id, by)
    gates.require_open(engagement)
    if not reason.strip():
        raise errors.BadInput(fields={"reason": "Say why the engagement is put on hold."})
    engagement.held_at, engagement.hold_reason = at, reason.strip()
    engagement.save(update_fields=["held_at", "hold_reason"])
    outbox.record("engagement.held", engagement, by=by, at=at, data={"reason": engagement.hold_reason})
    return engagement


@transaction.atomic
def resume(engagement_id: int, *, by: Actor, at: datetime) -> Engagement:
    """Take an engagement off hold."""
    engagement = gates.staff_only(engagement_id, by)
    if not engagement.held_at or engagement.cancelled_at:
        raise errors.WrongState("This engagement is not on hold.")
    engagement.held_at, engagement.hold_reason = None, ""
    engagement.save(update_fields=["held_at", "hold_reason"])
    outbox.record("engagement.resumed", engagement, by=by, at=at)
    return engagement


@transaction.atomic
def cancel(engagement_id: int, *, reason: str, by: Actor, at: datetime) -> Engagement:
    """End the engagement for good, by a lead, with a reason. Everything stays readable."""
    engagement = gates.locked(engagement_id, by)
    if not by.has(Role.LEAD):
        raise errors.NotYours("Only a lead cancels an engagement.")
    if engagement.cancelled_at:
        raise errors.WrongState("This engagement was cancelled already.")
    if not reason.strip():
        raise errors.BadInput(fields={"reason": "Say why the engagement is cancelled."})
    engagement.cancelled_at, engagement.cancel_reason = at, reason.strip()
    engagement.save(update_fields=["cancelled_at", "cancel_reason"])
    outbox.record("engagement.cancelled", engagement, by=by, at=at, data={"reason": engagement.cancel_reason})
    return engagement


@transaction.atomic
def waive(engagement_id: int, *, criterion: str, reason: str, by: Actor, at: datetime) -> Waiver:
    """A lead lets one criterion go, by name and with a reason; signature and payment can't be waived."""
    engagement = gates.locked(engagement_id, by)
    if not by.has(Role.LEAD):
        raise errors.NotYours("Only a lead waives a criterion.")
    gates.require_open(engagement)
    if (known := criteria.BY_CODE.get(criterion)) is None:
        raise errors.BadInput(fields={"criterion": "Choose one of the criteria."})
    if not known.is_waivable:
        raise errors.Refused(f"“{known.title}” can't be waived.", code="not_waivable")
    if not reason.strip():
        raise errors.BadInput(fields={"reason": "Say why this criterion may be let go."})
    if Waiver.objects.filter(engagement=engagement, criterion=criterion, revoked_at=None).exists():
        raise errors.WrongState("This criterion was waived already.")
    waiver = Waiver.objects.create(
        company_id=engagement.company_id, engagement=engagement, criterion=criterion, reason=reason.strip(),
        by=by.name, at=at,
    )  # fmt: skip
    outbox.record("criterion.waived", engagement, by=by, at=at, data={"criterion": criterion, "reason": reason})
    return waiver


@transaction.atomic
def revoke_waiver(engagement_id: int, *, criterion: str, by: Actor, at: datetime) -> None:
    """A lead takes a waiver back: the criterion counts again."""
    engagement = gates.locked(engagement_id, by)
    if not by.has(Role.LEAD):
        raise errors.NotYours("Only a lead takes a waiver back.")
    in_force = Waiver.objects.filter(engagement=engagement, criterion=criterion, revoked_at=None)
    if not in_force.update(revoked_at=at):
        raise errors.WrongState("This criterion is not waived.")
    outbox.record("criterion.waiver_revoked", engagement, by=by, at=at, data={"criterion": criterion})


@transaction.atomic
def note(engagement_id: int, *, text: str, by: Actor, at: datetime) -> Note:
    """Write an internal note: staff see it, customers never do."""
    engagement = gates.staff_only(engagement_id, by)
    if not text.strip():
        raise errors.BadInput(fields={"text": "Write the note first."})
    written = Note.objects.create(
        company_id=engagement.company_id, engagement=engagement, text=text.strip(), by=by.name, created_at=at
    )
    outbox.record("note.written", engagement, by=by, at=at, data={"note": written.pk}, is_internal=True)
    return written


@transaction.atomic
def set_target(engagement_id: int, *, go_live_on: date, by: Actor, at: datetime) -> Engagement:
    """Set the go-live target the plan is made backwards from."""
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS)
    if go_live_on <= at.date():
        raise errors.BadInput(fields={"go_live_on": "Enter a date in the future."})
    engagement.go_live_target = go_live_on
    engagement.save(update_fields=["go_live_target"])
    outbox.record("engagement.target_set", engagement, by=by, at=at, data={"go_live_on": go_live_on.isoformat()})
    return engagement
