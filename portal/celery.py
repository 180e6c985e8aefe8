"""The Celery application of web, workers and scheduler."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("interweave", task_cls="onboarding.tasks.base:TenantTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def require_fit(**_: object) -> None:
    """A worker that could not seal does not start."""
    from portal import start_up  # noqa: PLC0415 - Django is set up by now, and was not above

    if trouble := start_up.sealing_trouble():
        raise SystemExit(f"{trouble} {start_up.WHERE}")  # Celery would log any other exception, and go on
