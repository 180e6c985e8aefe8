"""Statements of account: made on request, of everything billed and paid on an engagement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import documents, gates
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Document, Engagement, Rendering
from onboarding.queries import accounts

READERS = frozenset({Role.OWNER, Role.SIGNATORY, Role.BILLING, Role.FINANCE}) | SPECIALISTS


@transaction.atomic
def order(engagement_id: int, *, by: Actor, at: datetime) -> Document:
    """Order a statement up to now, also of an engagement that is over; the last one again while nothing moved since."""
    engagement = gates.locked(engagement_id, by)
    if not by.has(*READERS):
        raise errors.NotYours("Statements of account are for owners, signatories and billing.")
    context = accounts.statement_context(engagement, at=at)
    if (last := _last(engagement)) and _undated(last.context) == _undated(context):
        return last.document
    document = documents.order(
        engagement, kind=Document.Kind.STATEMENT, title=f"Statement of account {engagement.reference}",
        file_name=f"statement-{engagement.reference}-{at:%Y%m%d-%H%M}.pdf", template="statement", context=context,
        by=by, at=at,
    )  # fmt: skip
    outbox.record("statement.ordered", engagement, by=by, at=at, data={"document": str(document.uuid)})
    return document


def _last(engagement: Engagement) -> Rendering | None:
    made = Rendering.objects.filter(engagement=engagement, template="statement").exclude(state=Rendering.State.FAILED)
    return made.select_related("document").order_by("-pk").first()


def _undated(context: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in context.items() if name != "made_at"}
