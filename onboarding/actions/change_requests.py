"""Change requests: how a signed list of requirements changes. Asked for, weighed, approved as a new version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from onboarding import errors, outbox
from onboarding.actions import gates, letters, messages, requirement_sources, requirements, rows
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.models import ChangeRequest, Engagement, Requirement
from onboarding.queries import requirements as queries

WRITERS = CUSTOMER_WRITERS | SPECIALISTS
MOST_DAYS = 250
Kind, State = ChangeRequest.Kind, ChangeRequest.State
FIELDS = ("text", "kind", "priority", "flow")


@transaction.atomic
def propose(
    engagement_id: int, *, kind: str, requirement: int | None = None, text: str = "", requirement_kind: str = "",
    priority: str = "", flow: str = "", reason: str, by: Actor, at: datetime,
) -> ChangeRequest:  # fmt: skip
    """Ask for a change of the signed list: a requirement added, changed or left out (by its number), and why.

    WrongState while no list is signed off, or while another request about the same requirement is open; NotFound for a
    number that is not on the list. The other side is told.
    """
    engagement = gates.writable(
        engagement_id, by, roles=WRITERS, words="A viewer reads; ask a colleague to ask for it."
    )
    if kind not in Kind.values:
        raise errors.BadInput(fields={"kind": "Choose what shall change."})
    if queries.signoff_in_force(engagement) is None:
        raise errors.WrongState("The list is not signed off; it can be changed as it is.")
    about = None if kind == Kind.ADD else _listed(engagement, requirement or 0)
    why = gates.said(reason, words="Say why the change is needed.", longest=2000)
    wish = {"text": text, "kind": requirement_kind, "priority": priority, "flow": flow}
    proposed = {} if kind == Kind.REMOVE else requirements.checked(wish)
    if proposed and proposed["kind"] == Requirement.Kind.FLOW and not proposed["priority"]:
        raise errors.BadInput(
            fields={"priority": "Choose how important the flow is: every signed flow has a priority."}
        )
    before = _words(about) if about else {}
    _require_new(engagement, kind, about, before, proposed)
    last = engagement.change_requests.aggregate(last=Max("number"))["last"] or 0
    row = ChangeRequest.objects.create(
        company_id=engagement.company_id, engagement=engagement, number=last + 1, kind=kind, requirement=about,
        before=before, proposed=proposed, reason=why, is_staffs=by.is_staff, by=by.name, at=at,
    )  # fmt: skip
    outbox.record("change_request.proposed", engagement, by=by, at=at, data=_facts(row))
    if not by.is_staff:
        _tell_specialist(row, engagement, "asks for a change of the requirements", f"{by.name} writes: {why}", at=at)
    return row


def _listed(engagement: Engagement, number: int) -> Requirement:
    found = engagement.requirements.exclude(state=Requirement.State.DECLINED).filter(number=number).first()
    if found is None:
        raise errors.NotFound
    return found


def _words(requirement: Requirement) -> dict[str, str]:
    return {name: getattr(requirement, name) for name in FIELDS}


def _require_new(
    engagement: Engagement, kind: str, about: Requirement | None, before: dict[str, str], proposed: dict[str, str]
) -> None:
    if kind == Kind.CHANGE and proposed == before:
        raise errors.BadInput(fields={"text": "Nothing differs from the requirement as it is."})
    if about and engagement.change_requests.filter(requirement=about, state=State.PROPOSED).exists():
        raise errors.WrongState(f"A change of requirement {about.number} is being decided. Decide that one first.")


@transaction.atomic
def state_effect(
    change_request_id: int, *, words: str, days: int, money: str = "", by: Actor, at: datetime
) -> ChangeRequest:
    """A specialist says what the change means for the plan: in words, in working days, and for the price if at all.

    It may be said anew while the request is open. Those who decide for the customer are asked.
    """
    row, engagement = _open(change_request_id, by, roles=SPECIALISTS, words="A specialist states the effect.")
    effect = gates.said(words, field="words", words="Say what the change means for the plan.", longest=2000)
    if not 0 <= days <= MOST_DAYS:
        raise errors.BadInput(fields={"days": f"Enter 0 to {MOST_DAYS} working days."})
    row.effect, row.effect_days, row.effect_money = effect, days, money.strip()[:200]
    row.effect_by, row.effect_at = by.name, at
    row.save(update_fields=["effect", "effect_days", "effect_money", "effect_by", "effect_at"])
    outbox.record("change_request.weighed", engagement, by=by, at=at, data=_facts(row))
    messages.send_to_members(
        engagement, kind="change_request.weighed", subject=f"Change request {row.number} awaits your decision",
        text=f"{row.reason}\n\nWhat it means for the plan: {effect}", key=f"change:{row.pk}:{at.isoformat()}", at=at,
        roles=requirements.SIGNERS, path=f"/requirements/changes/{row.number}/", button="Read and decide",
    )  # fmt: skip
    return row


@transaction.atomic
def approve(change_request_id: int, *, by: Actor, at: datetime, seen: str = "") -> ChangeRequest:
    """The customer's owner or signatory approves a change: the list changes, as a new version under its own hash.

    WrongState while the list is not signed off as it stands, or the effect is not stated. Stale when the requirement
    changed since it was asked for, or when the effect was stated anew since it was read (`seen`: effect_at in ISO,
    empty: not compared). Twice is once.
    """
    found = rows.visible(ChangeRequest, change_request_id, by)
    engagement = _deciding(found, by)
    row = ChangeRequest.objects.select_related("requirement").get(pk=found.pk)
    if row.state == State.APPROVED:
        return row
    _require_open(row)
    _require_signed(engagement)
    if row.effect_at is None:
        raise errors.WrongState("Your specialist has not yet said what this change means for the plan.")
    if seen and seen != row.effect_at.isoformat():
        raise errors.Stale("What the change means for the plan was stated anew. Read it again before you decide.")
    _apply(row, engagement, by=by, at=at)
    row.signoff = requirements.new_version(engagement, by=by, at=at)
    _decide(row, State.APPROVED, by=by, at=at, fields=["signoff", "requirement"])
    data = _facts(row) | {"version": row.signoff.version, "sha256": row.signoff.sha256, "days": row.effect_days}
    outbox.record("change_request.approved", engagement, by=by, at=at, data=data)
    words = f"{by.name} approved it. The list is version {row.signoff.version} now."
    if engagement.plans.exists():
        words += " Confirm the plan's scope anew."
    _tell_specialist(row, engagement, f"change request {row.number} is approved", words, at=at)
    return row


def _require_signed(engagement: Engagement) -> None:
    """An approval makes the whole present list a version: nothing else of it may have changed since it was signed."""
    signoff = queries.signoff_in_force(engagement)
    if signoff is None or signoff.sha256 != queries.list_hash(engagement):
        raise errors.WrongState("The list was opened again. Sign it off first, then decide on this change.")


def _deciding(row: ChangeRequest, by: Actor) -> Engagement:
    return gates.writable(
        row.engagement_id, by, roles=requirements.SIGNERS, words="The owner or the signatory decides on changes."
    )


def _apply(row: ChangeRequest, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    about = row.requirement
    if about is None:
        state = Requirement.State.AGREED
        row.requirement = requirements.enlist(engagement, row.proposed, state=state, by=by, at=at)
        requirement_sources.attach_said(
            row.requirement, quote=f"Change request {row.number}: {row.reason}", said_by=row.by,
            said_on=localdate(row.at), by=by, at=at,
        )  # fmt: skip
        return
    if about.state == Requirement.State.DECLINED or _words(about) != row.before:
        raise errors.Stale(f"Requirement {about.number} changed since this was asked for. Ask for it anew.")
    if row.kind == Kind.REMOVE:
        requirements.drop(about, reason=f"Change request {row.number}: {row.reason}", by=by)
        return
    for name, value in row.proposed.items():
        setattr(about, name, value)
    about.state = Requirement.State.CHANGED
    about.save(update_fields=[*FIELDS, "state"])


@transaction.atomic
def decline(change_request_id: int, *, note: str, by: Actor, at: datetime) -> ChangeRequest:
    """The customer's owner or signatory, or a specialist, turns a change down and says why; the list stays."""
    row, engagement = _open(
        change_request_id, by, roles=requirements.SIGNERS | SPECIALISTS,
        words="The owner, the signatory or a specialist turns a change down.",
    )  # fmt: skip
    row.decision_note = gates.said(note, field="note", words="Say why it is turned down.")
    _decide(row, State.DECLINED, by=by, at=at, fields=["decision_note"])
    data = _facts(row) | {"reason": row.decision_note}
    outbox.record("change_request.declined", engagement, by=by, at=at, data=data)
    words = f"{by.name} writes: {row.decision_note}"
    if by.is_staff:
        messages.send_to_members(
            engagement, kind="change_request.declined", subject=f"Change request {row.number} was turned down",
            text=words, key=f"change:{row.pk}:declined", at=at, roles=requirements.SIGNERS,
            path=f"/requirements/changes/{row.number}/", button="Read it",
        )  # fmt: skip
    else:
        _tell_specialist(row, engagement, f"change request {row.number} was turned down", words, at=at)
    return row


@transaction.atomic
def withdraw(change_request_id: int, *, by: Actor, at: datetime) -> ChangeRequest:
    """The side that asked for a change takes it back."""
    row, engagement = _open(
        change_request_id, by, roles=WRITERS, words="A viewer reads; ask a colleague to withdraw it."
    )
    if row.is_staffs != by.is_staff:
        raise errors.NotYours("The side that asked for it withdraws it. Turn it down instead.")
    _decide(row, State.WITHDRAWN, by=by, at=at)
    outbox.record("change_request.withdrawn", engagement, by=by, at=at, data=_facts(row))
    return row


def _open(change_request_id: int, by: Actor, *, roles: Any, words: str) -> tuple[ChangeRequest, Engagement]:
    found = rows.visible(ChangeRequest, change_request_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, words=words)
    row = ChangeRequest.objects.get(pk=found.pk)
    _require_open(row)
    return row, engagement


def _require_open(row: ChangeRequest) -> None:
    if not row.is_open:
        raise errors.WrongState(f"This change request was {row.get_state_display()} already.")


def _decide(row: ChangeRequest, state: str, *, by: Actor, at: datetime, fields: Any = ()) -> None:
    row.state, row.decided_by, row.decided_at = state, by.name, at
    row.save(update_fields=["state", "decided_by", "decided_at", *fields])


def _facts(row: ChangeRequest) -> dict[str, Any]:
    return {"request": row.number, "change": row.kind, "number": row.requirement.number if row.requirement else None}


def _tell_specialist(row: ChangeRequest, engagement: Engagement, subject: str, text: str, *, at: datetime) -> None:
    letters.to_specialist(
        engagement, kind=f"change_request.{row.state}", subject=subject, text=text, key=f"change:{row.pk}:{row.state}",
        at=at, place=f"requirements/changes/{row.number}", button="Open it",
    )  # fmt: skip
