from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.actions import file_checks, idempotency, work


@shared_task(name="onboarding.sweep", ignore_result=True, tenant_free=True)
def sweep(**_: Any) -> int:
    """Put back what dead workers left and nudge whatever is due: lost nudges, restarted brokers, retries."""
    with tenancy.acting(staff=True):
        work.put_back_abandoned(at=now())
        for check_id in file_checks.given_up():
            file_checks.settle_given_up(check_id, at=now())
        idempotency.forget_forms(at=now())
        idempotency.forget_keys(at=now())
        return work.nudge_due(at=now())
