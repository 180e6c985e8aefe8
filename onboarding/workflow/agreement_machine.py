"""An agreement's life: drafted, reviewed, issued, viewed, signed, countersigned, executed; or how else it ended.

Bodies set their own fields only. Called by the actions about agreements alone, which lock the engagement first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django_fsm import FSMField, transition


class AgreementState(models.TextChoices):
    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in internal review"
    ISSUED = "issued", "issued for signature"
    VIEWED = "viewed", "read by the signatory"
    SIGNED = "signed", "signed by the customer"
    COUNTERSIGNED = "countersigned", "signed by both, being sealed"
    EXECUTED = "executed", "executed"
    DECLINED = "declined", "declined"
    EXPIRED = "expired", "expired"
    SUPERSEDED = "superseded", "replaced by a newer one"
    VOIDED = "voided", "voided"


State = AgreementState
OPEN_FOR_SIGNATURE = (State.ISSUED, State.VIEWED)
# InterWeave's own until it is issued: the customer sees nothing of it.
INTERNAL = (State.DRAFT, State.IN_REVIEW)
# Ended without being executed: no longer in force, and another one may be drafted.
CLOSED = (State.DECLINED, State.EXPIRED, State.SUPERSEDED, State.VOIDED)


def change(*, source: State | Iterable[State], target: State) -> Callable[..., Any]:
    """Declare one change of an agreement's state: from where, to where."""
    sources = [source.value] if isinstance(source, State) else [state.value for state in source]
    return transition(field="state", source=sources, target=target.value)


class AgreementLife(models.Model):
    """The state of an agreement and the only changes there are."""

    review_asked_at: datetime | None
    review_asker_id: int | None
    review_note: str
    reviewed_at: datetime | None
    reviewed_by: str
    reviewer_id: int | None
    issued_at: datetime | None
    issued_by: str
    viewed_at: datetime | None
    executed_at: datetime | None
    closed_at: datetime | None
    closed_reason: str

    state = FSMField(max_length=13, choices=State.choices, default=State.DRAFT.value, protected=True)

    class Meta:
        abstract = True

    @change(source=State.DRAFT, target=State.IN_REVIEW)
    def send_for_review(self, *, asker_id: int | None, at: datetime) -> None:
        """A second person at InterWeave reads it before the customer does; `asker_id` is who wrote it."""
        self.review_asker_id, self.review_asked_at = asker_id, at

    @change(source=State.IN_REVIEW, target=State.DRAFT)
    def send_back(self, *, note: str) -> None:
        """The reviewer found something: it is a draft again."""
        self.review_note, self.review_asked_at = note, None

    @change(source=State.IN_REVIEW, target=State.ISSUED)
    def issue(self, *, by: str, reviewer_id: int | None, at: datetime) -> None:
        """The review found nothing: the signatory may read and sign."""
        self.reviewed_by, self.reviewer_id, self.reviewed_at = by, reviewer_id, at
        self.issued_by, self.issued_at = by, at

    @change(source=State.ISSUED, target=State.VIEWED)
    def view(self, *, at: datetime) -> None:
        """The first signer opened it."""
        self.viewed_at = at

    @change(source=OPEN_FOR_SIGNATURE, target=State.SIGNED)
    def sign(self) -> None:
        """The last of the customer's signers signed."""

    @change(source=State.SIGNED, target=State.COUNTERSIGNED)
    def countersign(self) -> None:
        """InterWeave signed; the sealed file is being made."""

    @change(source=State.COUNTERSIGNED, target=State.EXECUTED)
    def execute(self, *, at: datetime) -> None:
        """The sealed file is stored: the agreement is in force."""
        self.executed_at = at

    @change(source=OPEN_FOR_SIGNATURE, target=State.DECLINED)
    def decline(self, *, reason: str, at: datetime) -> None:
        """A signer will not sign it."""
        self.closed_reason, self.closed_at = reason, at

    @change(source=OPEN_FOR_SIGNATURE, target=State.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        """The last day to sign it passed."""
        self.closed_reason, self.closed_at = "Not signed in time", at

    @change(source=(State.DRAFT, State.IN_REVIEW, State.ISSUED, State.VIEWED), target=State.SUPERSEDED)
    def supersede(self, *, at: datetime) -> None:
        """A newer version took its place before this one was signed."""
        self.closed_reason, self.closed_at = "Replaced by a newer version", at

    @change(
        source=(
            State.DRAFT, State.IN_REVIEW, State.ISSUED, State.VIEWED, State.SIGNED, State.COUNTERSIGNED, State.EXECUTED
        ),
        target=State.VOIDED,
    )  # fmt: skip
    def void(self, *, reason: str, at: datetime) -> None:
        """A lead took it back, signed or not, and said why."""
        self.closed_reason, self.closed_at = reason, at
