from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.actions import invoice_dates


@shared_task(name="onboarding.look_after_invoices", ignore_result=True, tenant_free=True)
def look_after_invoices(**_: Any) -> int:
    """Invoices that fall overdue, and reminders that are due. Safe to run twice; returns how many rows it touched."""
    with tenancy.acting(staff=True):
        return invoice_dates.look(at=now())
