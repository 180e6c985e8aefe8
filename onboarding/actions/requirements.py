"""Requirements: listed with their sources, prioritised, signed off by the customer under the list's hash.

Once a list is signed off it changes by change requests alone (actions/change_requests.py), until a specialist opens it
again for everybody to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from onboarding import errors, outbox
from onboarding.actions import gates, letters, messages, requirement_sources, rows
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor, Role
from onboarding.library import flows as flow_library
from onboarding.models import Engagement, Requirement, RequirementsSignoff
from onboarding.queries import requirements as queries
from onboarding.workflow.steps import Step

STEPS = frozenset({Step.DATA_COLLECTION, Step.REQUIREMENTS_REVIEW})
WRITERS = CUSTOMER_WRITERS | SPECIALISTS
SIGNERS = frozenset({Role.OWNER, Role.SIGNATORY})
STAFF_WORDS = "Specialists keep the list. Propose a requirement instead."
LONGEST = 2000
State = Requirement.State


@transaction.atomic
def add(
    engagement_id: int, *, text: str, kind: str, priority: str, flow: str, source: str = "",
    sentence_id: int | None = None, by: Actor, at: datetime,
) -> Requirement:  # fmt: skip
    """Put a requirement on the list, as proposed: by a specialist, or by the customer as a remark.

    `source`: what was said, in free words; `sentence_id`: a sentence of this engagement's transcripts (NotFound for any
    other). WrongState once the list is signed off.
    """
    engagement = gates.writable(engagement_id, by, roles=WRITERS, steps=STEPS)
    words = checked({"text": text, "kind": kind, "priority": priority, "flow": flow})
    require_unsigned(engagement)
    requirement = enlist(engagement, words, by=by, at=at)
    if source.strip():
        requirement_sources.attach_said(requirement, quote=source, by=by, at=at)
    if sentence_id is not None:
        requirement_sources.attach_sentence(requirement, sentence_id, by=by, at=at)
    return requirement


def enlist(
    engagement: Engagement, words: Mapping[str, str], *, suggestion: str = "", state: str = State.PROPOSED, by: Actor,
    at: datetime,
) -> Requirement:  # fmt: skip
    """The next requirement of the list, with checked words. Called inside other actions, the engagement locked."""
    last = engagement.requirements.aggregate(last=Max("number"))["last"] or 0
    requirement = Requirement.objects.create(
        company_id=engagement.company_id, engagement=engagement, number=last + 1, state=state, suggestion=suggestion,
        created_at=at, created_by=by.name, **words,
    )  # fmt: skip
    outbox.record("requirement.added", engagement, by=by, at=at, data=facts(requirement))
    if not by.is_staff and state == State.PROPOSED:
        _tell_specialist(requirement, engagement, by=by, at=at)
    return requirement


def checked(given: Mapping[str, str]) -> dict[str, str]:
    """A requirement's text, kind, priority and flow, without blanks around them; BadInput where they make no sense."""
    words = {name: str(value).strip() for name, value in given.items()}
    wrong = {}
    if not words["text"]:
        wrong["text"] = "Write what is needed, in one sentence that can be tested."
    elif len(words["text"]) > LONGEST:
        wrong["text"] = f"Shorten this to {LONGEST} characters: it has {len(words['text'])}."
    if words["kind"] not in Requirement.Kind.values:
        wrong["kind"] = "Choose what kind of requirement this is."
    if words["priority"] not in ("", *Requirement.Priority.values):
        wrong["priority"] = "Choose must, should, could or won't this time."
    if words["flow"] not in ("", *flow_library.NAMES):
        wrong["flow"] = "Choose one of the flows."
    if words["kind"] == Requirement.Kind.FLOW and not words["flow"]:
        wrong["flow"] = "Choose the flow this requirement is about."
    if wrong:
        raise errors.BadInput(fields=wrong)
    return words


def require_unsigned(engagement: Engagement) -> None:
    """WrongState while a sign-off is in force: nobody edits what was signed."""
    if signoff := queries.signoff_in_force(engagement):
        raise errors.WrongState(f"The list is signed off, version {signoff.version}. Ask for a change instead.")


def facts(requirement: Requirement) -> dict[str, Any]:
    """What an event keeps of a requirement."""
    return {
        "requirement": requirement.pk,
        "number": requirement.number,
        "kind": requirement.kind,
        "priority": requirement.priority,
        "flow": requirement.flow,
    }


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
    by: Actor,
    at: datetime,
) -> Requirement:
    """Change a requirement of a list that is not signed off; what is None stays. It is proposed again."""
    requirement, engagement = _listed(requirement_id, by)
    given = {"text": text, "kind": kind, "priority": priority, "flow": flow}
    before = {name: getattr(requirement, name) for name in given}
    after = checked({name: before[name] if value is None else value for name, value in given.items()})
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        return requirement
    for name in changed:
        setattr(requirement, name, after[name])
    requirement.state = State.PROPOSED
    requirement.save(update_fields=[*changed, "state"])
    outbox.record("requirement.changed", engagement, by=by, at=at, data=facts(requirement) | {"fields": changed})
    return requirement


def _listed(requirement_id: int, by: Actor) -> tuple[Requirement, Engagement]:
    found = rows.visible(Requirement, requirement_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, steps=STEPS, words=STAFF_WORDS)
    requirement = Requirement.objects.get(pk=found.pk)
    if requirement.state == State.DECLINED:
        raise errors.WrongState("This requirement was taken off the list. Add it anew if it is needed after all.")
    require_unsigned(engagement)
    return requirement, engagement


@transaction.atomic
def decline(requirement_id: int, *, reason: str, by: Actor, at: datetime) -> Requirement:
    """Take a requirement off a list that is not signed off, and say why; its number is not given again."""
    requirement, engagement = _listed(requirement_id, by)
    drop(requirement, reason=gates.said(reason, words="Say why it is left out."), by=by)
    data = facts(requirement) | {"reason": requirement.declined_reason}
    outbox.record("requirement.declined", engagement, by=by, at=at, data=data)
    return requirement


def drop(requirement: Requirement, *, reason: str, by: Actor) -> None:
    """Write down that a requirement is off the list. Called inside other actions."""
    requirement.state, requirement.declined_reason, requirement.declined_by = State.DECLINED, reason[:500], by.name
    requirement.save(update_fields=["state", "declined_reason", "declined_by"])


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
        raise errors.WrongState(
            f"No priority was agreed yet for number {', '.join(open_flows)}. Your specialist sets it with you."
        )
    earlier = queries.signoff_in_force(engagement)
    if earlier and earlier.sha256 == sha256:
        return earlier
    signoff = new_version(engagement, by=by, at=at)
    engagement.requirements.filter(state=State.PROPOSED).update(state=State.AGREED)
    data = {"version": signoff.version, "sha256": sha256, "requirements": len(requirements)}
    outbox.record("requirements.signed_off", engagement, by=by, at=at, data=data)
    return signoff


def new_version(engagement: Engagement, *, by: Actor, at: datetime) -> RequirementsSignoff:
    """The list as it stands, under its hash; the version before is superseded. Called inside other actions."""
    _supersede(engagement, at=at)
    return RequirementsSignoff.objects.create(
        company_id=engagement.company_id, engagement=engagement, sha256=queries.list_hash(engagement), by=by.name,
        at=at, version=engagement.requirements_signoffs.count() + 1, requirements=queries.contents(engagement),
    )  # fmt: skip


def _supersede(engagement: Engagement, *, at: datetime) -> bool:
    return bool(engagement.requirements_signoffs.filter(superseded_at=None).update(superseded_at=at))


@transaction.atomic
def reopen(engagement_id: int, *, reason: str, by: Actor, at: datetime) -> Engagement:
    """Open a signed list again for edits, in the review itself: it needs a new sign-off, and the customer hears why."""
    engagement = gates.writable(
        engagement_id, by, roles=SPECIALISTS, steps=STEPS, words="Specialists open the list again."
    )  # fmt: skip
    why = gates.said(reason, words="Say why the list is opened again.")
    if not _supersede(engagement, at=at):
        raise errors.WrongState("The list is not signed off; it can be changed as it is.")
    outbox.record("requirements.reopened", engagement, by=by, at=at, data={"reason": why})
    messages.send_to_members(
        engagement, kind="requirements.reopened", subject="The list of requirements was opened again",
        text=f"{by.name} writes: {why}\n\nYou see what changed before you sign it off again.",
        key=f"reopened:{engagement.pk}:{at.isoformat()}", at=at, roles=SIGNERS, path="/requirements/",
        button="Read the list",
    )  # fmt: skip
    return engagement
