from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.actions import agreement_dates


@shared_task(name="onboarding.look_after_agreements", ignore_result=True, tenant_free=True)
def look_after_agreements(**_: Any) -> int:
    """Signers to remind, agreements whose last day is over. Safe to run twice; returns how many rows it touched."""
    with tenancy.acting(staff=True):
        return agreement_dates.look(at=now())
