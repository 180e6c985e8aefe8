"""Requirements: listed with their source, prioritised, signed off by the customer under the list's hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from onboarding import errors, outbox
from onboarding.actions import gates, letters, rows
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor, Role
from onboarding.library import flows as flow_library
from onboarding.models import Engagement, Requirement, RequirementsSignoff
from onboarding.queries import requirements as queries
from onboarding.workflow.steps import Step

STEPS = frozenset({Step.DATA_COLLECTION, Step.REQUIREMENTS_REVIEW})
SIGNERS = frozenset({Role.OWNER, Role.SIGNATORY})
STAFF_WORDS = "Specialists keep the list. Propose a requirement instead."
State = Requirement.State


@transaction.atomic
def add(
    engagement_id: int, *, text: str, kind: str, priority: str, flow: str, source: str, by: Actor, at: datetime
) -> Requirement:
    """Put a requirement on the list, as proposed: by a specialist, or by the customer as a remark.

    A sign-off that was in force is superseded: it named another list.
    """
    engagement = gates.writable(engagement_id, by, roles=CUSTOMER_WRITERS | SPECIALISTS, steps=STEPS)
    words = {"text": text.strip(), "kind": kind, "priority": priority, "flow": flow, "source": source.strip()[:500]}
    _check(words)
    last = engagement.requirements.aggregate(last=Max("number"))["last"] or 0
    requirement = Requirement.objects.create(
        company_id=engagement.company_id, engagement=engagement, number=last + 1, created_at=at, created_by=by.name,
        **words,
    )  # fmt: skip
    _supersede(engagement, at=at)
    outbox.record("requirement.added", engagement, by=by, at=at, data=_facts(requirement))
    if not by.is_staff:
        _tell_specialist(requirement, engagement, by=by, at=at)
    return requirement


def _check(words: dict[str, str]) -> None:
    wrong = {}
    if not words["text"]:
        wrong["text"] = "Write what is needed, in one sentence that can be tested."
    if words["kind"] not in Requirement.Kind.values:
        wrong["kind"] = "Choose what kind of requirement this is."
    if words["priority"] not in ("", *Requirement.Priority.values):
        wrong["priority"] = "Choose must, should, could or won't this time."
    if words["flow"] not in ("", *(flow.code for flow in flow_library.FLOWS)):
        wrong["flow"] = "Choose one of the flows."
    if words["kind"] == Requirement.Kind.FLOW and not words["flow"]:
        wrong["flow"] = "Choose the flow this requirement is about."
    if wrong:
        raise errors.BadInput(fields=wrong)


def _facts(requirement: Requirement) -> dict[str, Any]:
    return {
        "requirement": requirement.pk,
        "number": requirement.number,
        "kind": requirement.kind,
        "priority": requirement.priority,
        "flow": requirement.flow,
    }


def _supersede(engagement: Engagement, *, at: datetime) -> None:
    engagement.requirements_signoffs.filter(superseded_at=None).update(superseded_at=at)


def _tell_specialist(requirement: Requirement, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    letters.to_specialist(
        engagement,
        kind="requirement.added",
        subject="a requirement was proposed",
        text=f"{by.name} writes: {requirement.text}",
        key=f"requirement:{requirement.pk}",
        at=at,
        place="requirements",
        button="See the list",
    )


@transaction.atomic
def change(
    requirement_id: int,
    *,
    text: str | None = None,
    kind: str | None = None,
    priority: str | None = None,
    flow: str | None = None,
    source: str | None = None,
    by: Actor,
    at: datetime,
) -> Requirement:
    """Change a requirement; what is None stays. It is proposed again, and a sign-off in force is superseded.

    Another source alone changes neither: the list that was signed off does not hold it.
    """
    requirement, engagement = _listed(requirement_id, by)
    given = {"text": text, "kind": kind, "priority": priority, "flow": flow, "source": source}
    before = {name: getattr(requirement, name) for name in given}
    after = {name: before[name] if value is None else value.strip() for name, value in given.items()}
    after["source"] = after["source"][:500]
    _check(after)
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        return requirement
    for name in changed:
        setattr(requirement, name, after[name])
    if changed != ["source"]:
        requirement.state = State.PROPOSED
        _supersede(engagement, at=at)
    requirement.save(update_fields=[*changed, "state"])
    outbox.record("requirement.changed", engagement, by=by, at=at, data=_facts(requirement) | {"fields": changed})
    return requirement


def _listed(requirement_id: int, by: Actor) -> tuple[Requirement, Engagement]:
    found = rows.visible(Requirement, requirement_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, steps=STEPS, words=STAFF_WORDS)
    requirement = Requirement.objects.get(pk=found.pk)
    if requirement.state == State.DECLINED:
        raise errors.WrongState("This requirement was taken off the list. Add it anew if it is needed after all.")
    return requirement, engagement


@transaction.atomic
def decline(requirement_id: int, *, by: Actor, at: datetime, reason: str = "") -> Requirement:
    """Take a requirement off the list; its number is not given again, and a sign-off in force is superseded."""
    requirement, engagement = _listed(requirement_id, by)
    requirement.state = State.DECLINED
    requirement.save(update_fields=["state"])
    _supersede(engagement, at=at)
    data = _facts(requirement) | {"reason": reason.strip()}
    outbox.record("requirement.declined", engagement, by=by, at=at, data=data)
    return requirement


@transaction.atomic
def sign_off(engagement_id: int, *, sha256: str, by: Actor, at: datetime) -> RequirementsSignoff:
    """The customer agrees to exactly the list that was shown, known by its hash (queries.requirements.list_hash).

    Every requirement on it is agreed from now on. Raises Stale when the list changed since it was read, WrongState
    when it is empty or a flow has no priority yet. The same list twice is signed off once.
    """
    engagement = gates.writable(
        engagement_id, by, roles=SIGNERS, steps={Step.REQUIREMENTS_REVIEW},
        words="The owner or the signatory signs the list off.",
    )  # fmt: skip
    requirements = queries.listed(engagement)
    if not requirements:
        raise errors.WrongState("There is nothing on the list yet.")
    if sha256 != queries.list_hash(engagement):
        raise errors.Stale("The list changed since you opened it. Read it again before you sign it off.")
    if open_flows := [str(one.number) for one in requirements if one.kind == "flow" and not one.priority]:
        raise errors.WrongState(f"No priority was agreed yet for number {', '.join(open_flows)}.")
    earlier = queries.signoff_in_force(engagement)
    if earlier and earlier.sha256 == sha256:
        return earlier
    _supersede(engagement, at=at)
    signoff = RequirementsSignoff.objects.create(
        company_id=engagement.company_id, engagement=engagement, sha256=sha256, by=by.name, at=at,
        version=engagement.requirements_signoffs.count() + 1, requirements=queries.contents(engagement),
    )  # fmt: skip
    engagement.requirements.filter(state=State.PROPOSED).update(state=State.AGREED)
    data = {"version": signoff.version, "sha256": sha256, "requirements": len(requirements)}
    outbox.record("requirements.signed_off", engagement, by=by, at=at, data=data)
    return signoff
