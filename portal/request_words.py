"""Requests for documents as customers and specialists see them: one set of words for where each stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from onboarding import file_policy
from onboarding.actions.receiving import in_words, limit_of, types_in_words
from onboarding.library.document_requests import template
from onboarding.models import Document, DocumentRequest
from onboarding.workflow.document_requests import CUSTOMERS, Standing, in_force, standing

PIECES_FROM_BYTES = 4 * 1024 * 1024  # a smaller file is sent again sooner than it is resumed
WORDS = {
    Standing.WITHDRAWN: ("No longer asked for", "none"),
    Standing.NOT_APPLICABLE: ("Not applicable", "none"),
    Standing.PROPOSED: ("Said not to apply", "info"),
    Standing.MISSING: ("To do", "warn"),
    Standing.EXPIRED: ("Expired", "bad"),
    Standing.QUARANTINED: ("Quarantined", "bad"),
    Standing.REVISION_NEEDED: ("Revision needed", "bad"),
    Standing.IN_REVIEW: ("In review", "info"),
    Standing.PARTLY_ACCEPTED: ("Partly accepted", "info"),
    Standing.ACCEPTED: ("Accepted", "none"),
}


def drawn(asked: DocumentRequest, *, today: date) -> dict[str, Any]:
    """What both sides see of a request and its files; `files` and `former` are documents, not drawn yet."""
    every = list(asked.documents.all())
    current = in_force(every)
    where = standing(asked, current)
    state, tone = WORDS[where]
    known = template(asked.code)
    is_overdue = bool(where in CUSTOMERS and asked.due_on and asked.due_on < today)
    return {
        "request": asked,
        "title": asked.title,
        "due_on": asked.due_on,
        "is_overdue": is_overdue,
        "standing": where.value,
        "state": "Overdue" if is_overdue and where is Standing.MISSING else state,
        "tone": "bad" if is_overdue else tone,
        "takes": takes(asked),
        "has_example_file": bool(known and known.example_file),
        "files": current,
        "former": [one for one in every if one.withdrawn_at],
    }


def takes(asked: DocumentRequest | None) -> str:
    """Which files, how large: CSV or XLSX. Up to 2 GB each."""
    types = types_in_words(asked) if asked else ""
    return f"{types or file_policy.WORDS}. Up to {in_words(limit_of(asked))} each."


def accepts(asked: DocumentRequest | None) -> str:
    """The endings for a file input's `accept`."""
    endings = (asked.file_types if asked else None) or file_policy.CONTENT_TYPES
    return ",".join(f".{ending}" for ending in endings)


def may_be_replaced(document: Document) -> bool:
    """True for a file the customer is asked to send anew."""
    return bool(
        document.expired_at or document.review == Document.Review.REVISION_NEEDED or document.scan == "quarantined"
    )


def piece_settings(asked: DocumentRequest | None) -> dict[str, Any]:
    """What the page's script needs to send large files in pieces."""
    limit = limit_of(asked)
    return {"request": asked.pk if asked else "", "limit": limit, "limit_words": in_words(limit),
            "from": PIECES_FROM_BYTES}  # fmt: skip
