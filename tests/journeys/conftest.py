"""A portal really started, with workers, scheduler, broker and sandbox, in a folder and on ports of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.walkthrough import cast
from portal.walkthrough.people import Account
from scripts.local import LocalPortal
from scripts.ports import free_port
from scripts.setup import ROOT
from scripts.supervisor import Supervisor

# What only the tests' own process is told; the portal decides these by itself.
OURS = (
    "ALLOWED_HOSTS", "CACHE_URL", "CELERY_BROKER_URL", "DATABASE_OWNER_URL", "DATABASE_ROLE", "DATABASE_URL",
    "DJANGO_ALLOW_ASYNC_UNSAFE", "EMAIL_URL", "OUTBOUND_EXTRA_HOSTS", "OUTBOUND_PRIVATE_ADDRESSES", "PASSWORD_HASHER",
    "S3_BUCKET", "VAR_DIR",
)  # fmt: skip
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Portal:
    """Where the portal answers, who of InterWeave can sign in (by role), and its folder."""

    address: str
    staff: dict[str, Account]
    folder: Path


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The started portal; whoever plays in it finds its sandbox by the environment, as its own commands do."""
    folder = tmp_path_factory.mktemp("portal")
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    with pytest.MonkeyPatch.context() as patch:
        for name in OURS:
            patch.delenv(name, raising=False)
        with Supervisor(root=ROOT, log_dir=folder / "log") as supervisor:
            started = LocalPortal.prepare(var=folder, port=free_port())
            started.start(supervisor)
            for name in ("SANDBOX_CONTROL_URL", "OUTBOUND_CA_BUNDLE", "BASE_URL"):
                patch.setenv(name, started.environment[name])
            yield Portal(started.address, _staff(started), folder)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _staff(started: LocalPortal) -> dict[str, Account]:
    """InterWeave's people, made in the portal's own database."""
    environment = started.of("interweave_web")
    subprocess.run([sys.executable, "manage.py", "demo", "--people"], check=True, cwd=ROOT, env=environment)
    told = json.loads((started.var / cast.demo_file().name).read_text())
    return cast.by_role(cast.staff_of(told))
