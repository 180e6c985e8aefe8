"""Tasks that came out of meetings: taken from what the notetaker heard, or written down, and done by their side."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from onboarding import errors, outbox
from onboarding.actions import gates, letters, rows
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.models import ActionItem, Engagement, FollowUp

STAFF_WORDS = "Specialists make tasks of what was said."
OURS = "This is InterWeave's task: your specialist says when it is done."
WRITERS = CUSTOMER_WRITERS | SPECIALISTS
Side, State = FollowUp.Side, ActionItem.State


@transaction.atomic
def add(
    engagement_id: int, *, text: str, side: str, person: str, due_on: date | None, by: Actor, at: datetime
) -> FollowUp:
    """A specialist writes down a task of one side; the customer is told of theirs."""
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    return _made(engagement, text=text, side=side, person=person, due_on=due_on, item=None, by=by, at=at)


@transaction.atomic
def take(item_id: int, *, text: str, side: str, person: str, due_on: date | None, by: Actor, at: datetime) -> FollowUp:
    """Make a task of an action item; the same item is taken once. WrongState when it was dismissed."""
    item, engagement = _item(item_id, by)
    if item.state == State.TAKEN:
        return item.follow_up
    if item.state == State.DISMISSED:
        raise errors.WrongState("This was dismissed. Bring it back first.")
    task = _made(engagement, text=text, side=side, person=person, due_on=due_on, item=item, by=by, at=at)
    _decide(item, State.TAKEN, by=by, at=at)
    return task


@transaction.atomic
def dismiss(item_id: int, *, by: Actor, at: datetime) -> ActionItem:
    """An action item is no task of anybody; it can be brought back."""
    item, engagement = _item(item_id, by)
    if item.state == State.TAKEN:
        raise errors.WrongState("A task was made of this already.")
    if item.state != State.DISMISSED:
        _decide(item, State.DISMISSED, by=by, at=at)
        outbox.record("action_item.dismissed", engagement, by=by, at=at, data=_said(item), is_internal=True)
    return item


@transaction.atomic
def bring_back(item_id: int, *, by: Actor, at: datetime) -> ActionItem:
    """A dismissed action item is open again."""
    item, engagement = _item(item_id, by)
    if item.state == State.DISMISSED:
        _decide(item, State.PROPOSED, by=by, at=at)
        outbox.record("action_item.brought_back", engagement, by=by, at=at, data=_said(item), is_internal=True)
    return item


@transaction.atomic
def finish(follow_up_id: int, *, by: Actor, at: datetime) -> FollowUp:
    """The task is done. The customer's people say it of theirs, specialists of either side's."""
    task, engagement = _task(follow_up_id, by)
    if task.done_at is None:
        task.done_at, task.done_by = at, by.name
        task.save(update_fields=["done_at", "done_by"])
        outbox.record("follow_up.done", engagement, by=by, at=at, data=_facts(task))
    return task


@transaction.atomic
def reopen(follow_up_id: int, *, by: Actor, at: datetime) -> FollowUp:
    """The task is not done after all."""
    task, engagement = _task(follow_up_id, by)
    if task.done_at is not None:
        task.done_at, task.done_by = None, ""
        task.save(update_fields=["done_at", "done_by"])
        outbox.record("follow_up.reopened", engagement, by=by, at=at, data=_facts(task))
    return task


def _made(
    engagement: Engagement, *, text: str, side: str, person: str, due_on: date | None, item: ActionItem | None,
    by: Actor, at: datetime,
) -> FollowUp:  # fmt: skip
    wrong = {}
    text = text.strip()
    if not text or len(text) > 500:
        wrong["text"] = (
            "Say what is to be done." if not text else f"Shorten this to 500 characters: it has {len(text)}."
        )
    if side not in Side.values:
        wrong["side"] = "Choose whose task it is."
    if due_on and due_on < localdate(at):
        wrong["due_on"] = "Enter a date that has not passed."
    if wrong:
        raise errors.BadInput(fields=wrong)
    task = FollowUp.objects.create(
        company_id=engagement.company_id, engagement=engagement, text=text, side=side, person=person.strip()[:200],
        due_on=due_on, action_item=item, created_at=at, created_by=by.name,
    )  # fmt: skip
    outbox.record("follow_up.added", engagement, by=by, at=at, data=_facts(task))
    if side == Side.CUSTOMER:
        _tell_customer(task, engagement, by=by, at=at)
    return task


def _tell_customer(task: FollowUp, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    lines = [f"{by.name} wrote down a task for {task.person or 'your side'}: {task.text}"]
    lines += [f"It is due on {task.due_on:%A %-d %B %Y}."] if task.due_on else []
    letters.to_customer(
        engagement, kind="follow_up.added", subject=f"A task from our meeting: {task.text}", text="\n".join(lines),
        key=f"follow-up:{task.pk}", at=at, path="/follow-ups/", button="See the task", roles=CUSTOMER_WRITERS,
    )  # fmt: skip


def _item(item_id: int, by: Actor) -> tuple[ActionItem, Engagement]:
    found = rows.visible(ActionItem, item_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    return ActionItem.objects.get(pk=found.pk), engagement


def _task(follow_up_id: int, by: Actor) -> tuple[FollowUp, Engagement]:
    found = rows.visible(FollowUp, follow_up_id, by)
    roles = WRITERS if found.side == Side.CUSTOMER else SPECIALISTS
    engagement = gates.writable(found.engagement_id, by, roles=roles, words=OURS)
    return FollowUp.objects.get(pk=found.pk), engagement


def _decide(item: ActionItem, state: str, *, by: Actor, at: datetime) -> None:
    item.state, item.decided_at, item.decided_by = state, at, by.name
    item.save(update_fields=["state", "decided_at", "decided_by"])


def _said(item: ActionItem) -> dict[str, Any]:
    return {"action_item": item.pk, "text": item.text[:200]}


def _facts(task: FollowUp) -> dict[str, Any]:
    return {
        "follow_up": task.pk,
        "text": task.text,
        "side": task.side,
        "person": task.person,
        "due_on": task.due_on.isoformat() if task.due_on else None,
    }
