"""Where one request for documents stands, by the files in force that came for it: one answer for every face."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


# What sends a request back to the customer, worst first: true of any of its files.
TROUBLES: tuple[tuple[Standing, Callable[[Any], bool]], ...] = (
    (Standing.EXPIRED, lambda file: file.expired_at is not None),
    (Standing.QUARANTINED, lambda file: file.scan == "quarantined"),
    (Standing.REVISION_NEEDED, lambda file: file.review == "revision_needed"),
)


def standing(request: Any, files: Sequence[Any]) -> Standing:
    """`files`: the request's documents in force (neither taken back nor replaced)."""
    if request.withdrawn_at:
        return Standing.WITHDRAWN
    if request.not_applicable_at:
        return Standing.PROPOSED if request.not_applicable_is_proposed else Standing.NOT_APPLICABLE
    if trouble := next((where for where, is_so in TROUBLES if any(map(is_so, files))), None):
        return trouble
    accepted = sum(one.review == "accepted" and one.scan == "clean" for one in files)
    if not accepted:
        return Standing.IN_REVIEW if files else Standing.MISSING
    return Standing.ACCEPTED if accepted == len(files) else Standing.PARTLY_ACCEPTED


def in_force(documents: Iterable[Any]) -> list[Any]:
    """Of a request's documents those that count: neither taken back nor replaced by a newer version."""
    return [one for one in documents if one.withdrawn_at is None]
