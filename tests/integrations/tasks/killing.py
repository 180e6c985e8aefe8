"""A worker of its own process on the test's database, killed without warning (SIGKILL) while it is at work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils.timezone import now

from onboarding.actions import work
from onboarding.models.base import Work

SECONDS = 30
PROGRAM = """
import sys
import django
django.setup()
from integrations import tasks
from onboarding import tenancy
with tenancy.acting(company_id=int(sys.argv[3])):
    getattr(tasks, sys.argv[1])(**{sys.argv[2]: int(sys.argv[4])})
"""


def killed_while_working(row: Work, *, when: Callable[[], bool]) -> None:
    """Run the row's task in another process and kill it as soon as `when` says; the row is then put back."""
    command = [sys.executable, "-c", PROGRAM, row.task.split(".")[1], row.argument, str(row.company_id), str(row.pk)]
    process = subprocess.Popen(command, env=environment())
    try:
        until = time.monotonic() + SECONDS
        while not when():
            assert process.poll() is None, "the worker ended before it could be killed"
            assert time.monotonic() < until, "the worker never came so far"
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=SECONDS)
    row.refresh_from_db()
    assert row.state == Work.State.RUNNING
    type(row).objects.filter(pk=row.pk).update(claimed_at=now() - timedelta(hours=1))
    work.put_back_abandoned(at=now())


def environment() -> dict[str, str]:
    names = ("OUTBOUND_CA_BUNDLE", "INTUIT_CLIENT_ID", "INTUIT_CLIENT_SECRET", "INTUIT_DISCOVERY_URL", "INTUIT_API_URL",
             "DOCUSIGN_INTEGRATION_KEY", "DOCUSIGN_USER_ID", "DOCUSIGN_PRIVATE_KEY", "DOCUSIGN_ACCOUNT_ID",
             "DOCUSIGN_OAUTH_URL")  # fmt: skip
    outbound = {name: str(getattr(settings, name)) for name in names}
    return {**os.environ, **outbound, **_database(), "DJANGO_SETTINGS_MODULE": "portal.settings"}


def _database() -> dict[str, str]:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{known['NAME']}"}
    user = known["USER"] or os.environ.get("USER", "root")
    door = f"{user}:{known['PASSWORD']}" if known["PASSWORD"] else user
    address = f"{known['HOST'] or '127.0.0.1'}:{known['PORT'] or 5432}"
    return {
        "DATABASE_URL": f"postgresql://{door}@{address}/{known['NAME']}",
        "DATABASE_ROLE": known["OPTIONS"].get("assume_role", ""),
    }
