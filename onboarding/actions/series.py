"""Numbers without gaps or doubles: one locked row a series and year."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding.models import ReferenceSeries


@transaction.atomic
def take_next(prefix: str, *, at: datetime) -> str:
    """The next number of a series, such as "INV-2026-0001".

    The row stays locked until the caller's transaction ends, and a rollback gives the number back: no gap.
    """
    ReferenceSeries.objects.get_or_create(name=prefix, year=at.year)
    row = ReferenceSeries.objects.select_for_update().get(name=prefix, year=at.year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{prefix}-{row.year}-{row.last:04d}"
