"""Where one request for documents stands, by the files in force that came for it: one answer for every face."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any


class Standing(StrEnum):
    """From nothing to settled. `PARTLY_ACCEPTED`: some files are accepted, others not yet reviewed."""

    WITHDRAWN = "withdrawn"
    NOT_APPLICABLE = "not_applicable"
    PROPOSED = "not_applicable_proposed"
    MISSING = "missing"
    EXPIRED = "expired"
    QUARANTINED = "quarantined"
    REVISION_NEEDED = "revision_needed"
    IN_REVIEW = "in_review"
    PARTLY_ACCEPTED = "partly_accepted"
    ACCEPTED = "accepted"


MET = frozenset({Standing.WITHDRAWN, Standing.NOT_APPLICABLE, Standing.ACCEPTED})
CUSTOMERS = frozenset({Standing.MISSING, Standing.EXPIRED, Standing.QUARANTINED, Standing.REVISION_NEEDED})


def standing(request: Any, files: Sequence[Any]) -> Standing:
    """`files`: the request's documents in force (neither taken back nor replaced)."""
    if request.withdrawn_at:
        return Standing.WITHDRAWN
    if request.not_applicable_at:
        return Standing.PROPOSED if request.not_applicable_is_proposed else Standing.NOT_APPLICABLE
    if not files:
        return Standing.MISSING
    if any(one.expired_at for one in files):
        return Standing.EXPIRED
    if any(one.scan == "quarantined" for one in files):
        return Standing.QUARANTINED
    if any(one.review == "revision_needed" for one in files):
        return Standing.REVISION_NEEDED
    accepted = [one for one in files if one.review == "accepted" and one.scan == "clean"]
    if len(accepted) == len(files):
        return Standing.ACCEPTED
    return Standing.PARTLY_ACCEPTED if accepted else Standing.IN_REVIEW


def in_force(documents: Sequence[Any]) -> list[Any]:
    """Of a request's documents those that count: neither taken back nor replaced by a newer version."""
    return [one for one in documents if one.withdrawn_at is None]
