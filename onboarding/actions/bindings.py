"""Bindings: the ids that tie a source record to its target record, written as soon as both are known."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from onboarding import errors
from onboarding.models import Binding, Flow


def bind(flow: Flow, *, source_id: str, target_id: str, at: datetime) -> Binding:
    """Tie two records; saying it twice is fine, and a source whose target was made anew is tied to the new one.

    WrongState when the target is tied to another source record already.
    """
    try:
        with transaction.atomic():
            bound, _ = Binding.objects.update_or_create(
                flow=flow,
                source_id=source_id,
                defaults={"target_id": target_id, "bound_at": at},
                create_defaults={"company_id": flow.company_id, "target_id": target_id, "bound_at": at},
            )
    except IntegrityError:
        raise errors.WrongState(f"{target_id} is tied to another record already.") from None
    return bound


def target_of(flow: Flow, source_id: str) -> str | None:
    """The target record tied to this source record, or None."""
    return Binding.objects.filter(flow=flow, source_id=source_id).values_list("target_id", flat=True).first()


def source_of(flow: Flow, target_id: str) -> str | None:
    """The source record tied to this target record, or None."""
    return Binding.objects.filter(flow=flow, target_id=target_id).values_list("source_id", flat=True).first()
