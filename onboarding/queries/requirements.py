"""The list of requirements and the hash that names exactly this list."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from onboarding.models import Engagement, Requirement, RequirementsSignoff

FIELDS = ("text", "kind", "priority", "flow")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One requirement that differs between two versions of the list. `kind`: added, changed or removed.

    `changes` are the fields that differ, each from what to what.
    """

    kind: str
    number: int
    text: str
    changes: tuple[tuple[str, str, str], ...] = ()


def listed(engagement: Engagement) -> list[Requirement]:
    """The requirements on the list, by number; declined ones are not on it."""
    return list(engagement.requirements.exclude(state=Requirement.State.DECLINED).order_by("number"))


def contents(engagement: Engagement) -> list[dict[str, Any]]:
    """What is signed off: number, text, kind, priority and flow of each listed requirement."""
    return [
        {"number": one.number, "text": one.text, "kind": one.kind, "priority": one.priority, "flow": one.flow}
        for one in listed(engagement)
    ]


def list_hash(engagement: Engagement) -> str:
    """SHA-256 (hex) of the list's canonical JSON: it changes when anything that is signed off changes."""
    canonical = json.dumps(contents(engagement), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def signoff_in_force(engagement: Engagement) -> RequirementsSignoff | None:
    """The sign-off of the present list, or None."""
    return engagement.requirements_signoffs.filter(superseded_at=None).order_by("version").last()


def differences(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[Difference]:
    """What was added, changed and removed between two lists as `contents` gives them, by number."""
    old, new = ({one["number"]: one for one in rows} for rows in (before, after))
    found = []
    for number in sorted({*old, *new}):
        was, now = old.get(number), new.get(number)
        if was is None or now is None:
            kind = "added" if was is None else "removed"
            found.append(Difference(kind=kind, number=number, text=(now or was or {})["text"]))
        elif changes := tuple((name, was[name], now[name]) for name in FIELDS if was[name] != now[name]):
            found.append(Difference(kind="changed", number=number, text=now["text"], changes=changes))
    return found


def since_signed(engagement: Engagement) -> tuple[RequirementsSignoff | None, list[Difference]]:
    """The last version that was signed off, in force or not, and how the present list differs from it."""
    last = engagement.requirements_signoffs.order_by("version").last()
    return last, differences(last.requirements, contents(engagement)) if last else []


def versions(engagement: Engagement) -> list[tuple[RequirementsSignoff, list[Difference]]]:
    """Every version that was signed off, newest first, with what it changed in the one before. One query."""
    known = list(engagement.requirements_signoffs.order_by("version"))
    earlier: list[list[dict[str, Any]]] = [[], *(one.requirements for one in known)]
    drawn = [
        (one, differences(before, one.requirements) if before else [])
        for one, before in zip(known, earlier, strict=False)
    ]
    return list(reversed(drawn))


def by_priority(rows: Iterable[Requirement]) -> dict[str, int]:
    """How many of them are must, should, could, won't, and not prioritised yet (key "")."""
    counted = Counter(one.priority for one in rows)
    return {priority: counted[priority] for priority in (*Requirement.Priority.values, "")}
