"""When a customer is reminded of an invoice and in which words: before its day, after it, then our own people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

REST = timedelta(days=3)  # after we sent money back, before anybody is reminded again
CLOCK = time(9, 0)  # in the company's time zone, also on the days its clocks change


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One mail of the policy: so many days after the due day (below zero: before it). To our own side or theirs.

    {number}, {open}, {due} and {reference} stand for the invoice's own.
    """

    days: int
    subject: str
    text: str
    is_internal: bool = False


STAGES = (
    Stage(
        days=-3,
        subject="Invoice {number} is due on {due}",
        text="{open} is open. If it is on its way already, there is nothing to do. Quote the reference {reference}.",
    ),
    Stage(
        days=3,
        subject="Invoice {number} was due on {due}",
        text="{open} is still open. It may have been overlooked, or the reference {reference} was missing from the "
        "transfer. Pay it now, or tell us when we can expect it.",
    ),
    Stage(
        days=10,
        subject="Second reminder: invoice {number} is ten days late",
        text="{open} has been due since {due}. Pay it with the reference {reference}, or write to us today if something "
        "about the invoice is wrong.",
    ),
    Stage(
        days=21,
        subject="Last reminder: invoice {number} is three weeks late",
        text="{open} has been due since {due}. Work on your engagement may pause until it is paid. Pay it with the "
        "reference {reference}, or call your specialist.",
    ),
    Stage(
        days=24,
        subject="Invoice {number} is unpaid after three reminders",
        text="{open} has been due since {due}. No further reminder goes out by itself: call the customer.",
        is_internal=True,
    ),
)


def moment(stage: Stage, *, due_on: date, zone: ZoneInfo) -> datetime:
    """When this mail goes out, in UTC."""
    return datetime.combine(due_on + timedelta(days=stage.days), CLOCK, zone).astimezone(UTC)


def reached(*, due_on: date, zone: ZoneInfo, at: datetime) -> int:
    """How many stages' moments have come by now."""
    return sum(1 for stage in STAGES if moment(stage, due_on=due_on, zone=zone) <= at)


def collapsed(*, told: int, reached: int) -> list[Stage]:
    """What to send when so many stages were told and so many are reached: of several missed ones the last a side."""
    missed = STAGES[told:reached]
    return [
        stages[-1]
        for is_internal in (False, True)
        if (stages := [one for one in missed if one.is_internal is is_internal])
    ]
