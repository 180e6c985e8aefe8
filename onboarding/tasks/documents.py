from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.actions import document_dates, partial_uploads


@shared_task(name="onboarding.look_after_documents", ignore_result=True, tenant_free=True)
def look_after_documents(**_: Any) -> int:
    """What expired, what is due, and uploads nobody went on with. Safe to run twice; returns how many rows it touched."""
    with tenancy.acting(staff=True):
        return document_dates.look(at=now()) + partial_uploads.give_up(at=now())
