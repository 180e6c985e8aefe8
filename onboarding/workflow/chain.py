"""The hash chain over an engagement's events: change, drop or reorder any of them and it breaks at that one."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from onboarding.workflow.status import iso

GENESIS = "0" * 64


def digest(event: Any) -> str:
    """SHA-256 over the previous hash and everything the event says: change any of it and the chain breaks here."""
    body = {
        "engagement": event.engagement_id,
        "number": event.number,
        "kind": event.kind,
        "at": iso(event.at),
        "by": event.by,
        "data": event.data,
        "step": event.step,
        "is_internal": event.is_internal,
    }
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{event.previous_hash}\n{canonical}".encode()).hexdigest()
