"""An exit criterion: one thing that must be true before a step closes, with its owner, its words and its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

# What proves a criterion: labelled values (ids, hashes, amounts, run ids), ready for people and for the pack.
Proof = list[dict[str, str]]


class Owner(StrEnum):
    """Whose turn it is while a criterion is unmet."""

    CUSTOMER = "customer"
    SPECIALIST = "specialist"
    WORKER = "worker"

    @property
    def side(self) -> str:
        """`customer` or `interweave`: the two clocks people see."""
        return "customer" if self is Owner.CUSTOMER else "interweave"


@dataclass(frozen=True)
class Criterion:
    """Data, not a boolean: one list feeds the guard, the to-do list, the board, the API and the README.

    `evidence(engagement)` returns the proof, or None while unmet; it reads rows we hold and never writes or calls
    another system. `turn(engagement)` names the owner now, where it changes hands (submit, then review).
    `place` is the page where it is met, by the name the faces know.
    """

    code: str
    owner: Owner
    title: str
    hint: str
    place: str
    evidence: Callable[[Any], Proof | None]
    turn: Callable[[Any], Owner] | None = None
    is_waivable: bool = True

    def owner_now(self, engagement: Any) -> Owner:
        """Whose turn it is at this moment."""
        return self.turn(engagement) if self.turn else self.owner


@dataclass(frozen=True)
class Finding:
    """One criterion held against one engagement: met with proof, waived with a reason, or unmet."""

    criterion: Criterion
    owner: Owner
    proof: Proof | None
    is_waived: bool = False

    @property
    def is_met(self) -> bool:
        """True when proven, or let go by a lead."""
        return self.proof is not None

    def as_json(self) -> dict[str, Any]:
        """For refusals, the status document and the API."""
        return {
            "code": self.criterion.code,
            "title": self.criterion.title,
            "hint": self.criterion.hint,
            "owner": str(self.owner),
            "place": self.criterion.place,
            "met": self.is_met,
            "waived": self.is_waived,
            "evidence": self.proof or [],
        }


def entry(label: str, value: object) -> dict[str, str]:
    """One labelled value of a proof, as text; times in UTC to the second."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"label": label, "value": str(value)}
