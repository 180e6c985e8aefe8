"""The list of requirements and the hash that names exactly this list."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from onboarding.models import Engagement, Requirement, RequirementsSignoff


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
