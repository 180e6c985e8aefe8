"""Step III: the review meeting, its record, the agreed list."""

from __future__ import annotations

from typing import Any

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import held_meetings, is_booked, rows, signoff_in_force


def _review(engagement: Any) -> Any:
    held = held_meetings(engagement, "requirements_review")
    return held[-1] if held else None


def _review_held(engagement: Any) -> Proof | None:
    if (review := _review(engagement)) is None:
        return None
    return [
        entry("Meeting", review.pk),
        entry("Channel", review.get_channel_display()),
        entry("Held at", review.held_at),
        entry("Attendees", ", ".join(review.attendees)),
    ]


def _review_turn(engagement: Any) -> Owner:
    """The customer picks the time; once it is booked, InterWeave holds it."""
    return Owner.SPECIALIST if is_booked(engagement, "requirements_review") else Owner.CUSTOMER


def _record_kept(engagement: Any) -> Proof | None:
    review = _review(engagement)
    if review is None or review.record is None or review.record.withdrawn_at or not review.record.is_ready:
        return None
    return [entry(review.record.get_kind_display(), review.record.file_name), entry("SHA-256", review.record.sha256)]


def _agreed(engagement: Any) -> Proof | None:
    if (signoff := signoff_in_force(engagement)) is None:
        return None
    return [
        entry("List", f"version {signoff.version}, {len(signoff.requirements)} requirements"),
        entry("Signed off by", signoff.by),
        entry("Signed off at", signoff.at),
        entry("SHA-256", signoff.sha256),
    ]


@rows
def _requirements(engagement: Any) -> Any:
    return engagement.requirements.exclude(state="declined")


def _agreed_turn(engagement: Any) -> Owner:
    return Owner.CUSTOMER if _requirements(engagement) else Owner.SPECIALIST


def _prioritised(engagement: Any) -> Proof | None:
    flows = [requirement for requirement in _requirements(engagement) if requirement.kind == "flow"]
    if not flows or any(not flow.priority or not flow.flow for flow in flows):
        return None
    return [entry(flow.flow.replace("_", " ").capitalize(), flow.get_priority_display()) for flow in flows]


CRITERIA = (
    Criterion(
        code="review.not_held",
        owner=Owner.SPECIALIST,
        title="Hold the requirements review",
        hint="A video meeting in which every requirement is read aloud and understood the same way.",
        place="meetings",
        evidence=_review_held,
        turn=_review_turn,
    ),
    Criterion(
        code="record.missing",
        owner=Owner.SPECIALIST,
        title="File the transcript or the minutes",
        hint="What was said is kept, so that every requirement can be followed to its source.",
        place="meetings",
        evidence=_record_kept,
    ),
    Criterion(
        code="flows.not_prioritised",
        owner=Owner.SPECIALIST,
        title="Give every flow a priority",
        hint="Must, should, could or won't this time.",
        place="requirements",
        evidence=_prioritised,
    ),
    Criterion(
        code="requirements.not_agreed",
        owner=Owner.CUSTOMER,
        title="Sign off the list of requirements",
        hint="Read the list and sign it off, or tell us what is missing.",
        place="requirements",
        evidence=_agreed,
        turn=_agreed_turn,
    ),
)
