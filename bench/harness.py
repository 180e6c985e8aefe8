"""What the rows stand on: a throwaway PostgreSQL as production has it, a process of its own for each module, ratios.

A module `bench/p<n>_<noun>.py` offers `measure(server_url) -> list[dict]`, made with `row()`. It runs in a process
whose Django works on a database of its own (migrated by the owner, secured, walked as interweave_web, row-level
security in force); `server_url` is the owner's address of that database. Sizes go through `times()`, so that
`--effort` scales them; costs are compared by `interleaved()` and `ratio()`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from scripts import seal_key
from scripts.postgres import throwaway_server
from scripts.setup import ROOT
from scripts.supervisor import Supervisor, die_with_parent

WEB_ROLE = "interweave_web"
TEMPLATE = "bench"
EFFORT = "BENCH_EFFORT"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


# --- Databases and processes ------------------------------------------------------------------------------------------


def environment(database_url: str, var: Path, *, role: str = WEB_ROLE) -> dict[str, str]:
    """The environment of one of the portal's processes on this database, with secrets that are worth nothing.

    `role` is assumed after signing in; empty: the owner himself, for migrations.
    """
    told = {
        "DATABASE_URL": database_url,
        "DATABASE_ROLE": role,
        "VAR_DIR": str(var),
        "SECRET_KEY": "bench-only-" + "k" * 50,
        "VAULT_KEYS": "YmVuY2gtb25seS1iZW5jaC1vbmx5LWJlbmNoLW9ubHk=",
        "REHEARSAL": "0",
        "DEBUG": "0",
        "BASE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CELERY_BROKER_URL": "memory://",
        "CACHE_URL": "locmem://",
        "EMAIL_URL": "memorymail://",
        "S3_BUCKET": "",
        # Without a key no server starts; this one is worth nothing.
        **seal_key.keep(var / "seal", passphrase="bench only", bits=2048),  # noqa: S106
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **told}


@contextlib.contextmanager
def prepared_server(var: Path) -> Iterator[str | None]:
    """Yield the owner's address of a fresh server whose database `bench` is migrated and secured; None without one."""
    with Supervisor(root=ROOT, log_dir=var / "log") as supervisor, throwaway_server(supervisor) as url:
        if url:
            prepare(url, var)
        yield url


def prepare(server_url: str, var: Path) -> None:
    """Make the template that every module's database is a copy of. Raises CalledProcessError."""
    _as_owner(server_url, f"DROP DATABASE IF EXISTS {TEMPLATE}")
    _as_owner(server_url, f"CREATE DATABASE {TEMPLATE}")
    owner = environment(address(server_url, TEMPLATE), var, role="")
    subprocess.run([sys.executable, "-m", "scripts.migrate"], check=True, cwd=ROOT, env=owner)


def address(server_url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlsplit(server_url)._replace(path=f"/{database}").geturl()


def _as_owner(server_url: str, statement: str) -> None:
    connection = psycopg2.connect(server_url)
    try:
        connection.autocommit = True
        connection.cursor().execute(statement)
    finally:
        connection.close()


def measured(module: str, server_url: str, var: Path, *, effort: float = 1.0) -> list[dict[str, Any]]:
    """Run one module's `measure` in a process and on a database of its own. Raises CalledProcessError."""
    database = f"{TEMPLATE}_{module.rpartition('.')[2]}"
    _as_owner(server_url, f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}")
    own = Path(tempfile.mkdtemp(prefix=f"{database}-", dir=var))
    (own / "static").mkdir()
    result = own / "rows.json"
    command = [sys.executable, "-m", "bench.harness", module, str(result)]
    env = environment(address(server_url, database), own) | {EFFORT: str(effort)}
    try:
        subprocess.run(command, check=True, cwd=ROOT, env=env, stdout=sys.stderr, preexec_fn=die_with_parent)
        return list(json.loads(result.read_text()))
    finally:
        _as_owner(server_url, f"DROP DATABASE {database} WITH (FORCE)")


def inside(module: str, result: Path) -> None:
    """What the module's process does."""
    import django  # noqa: PLC0415 - only here: the process that starts us needs no settings

    django.setup()
    result.write_text(json.dumps(importlib.import_module(module).measure(os.environ["DATABASE_URL"])))


def times(usual: int, *, least: int = 1) -> int:
    """How often to do something: the usual number by the run's --effort, never fewer than `least`."""
    return max(least, round(usual * float(os.environ.get(EFFORT, "1"))))


# --- Costs and ratios -------------------------------------------------------------------------------------------------


def interleaved(sides: dict[str, Callable[[], float]], *, rounds: int, seed: int = 1) -> list[dict[str, float]]:
    """Each round runs every side once, in a shuffled order, so that the machine's moods hit all alike.

    A side does its work and returns its cost (seconds, or CPU seconds a request). The first round is thrown away.
    """
    order, dice, kept = list(sides), random.Random(seed), []
    for number in range(rounds + 1):
        dice.shuffle(order)
        costs = {name: sides[name]() for name in order}
        if number:
            kept.append(costs)
    return kept


def ratio(rounds: Sequence[dict[str, float]], above: str, below: str) -> float:
    """The median over the rounds of one side's cost divided by another's in the same round."""
    return statistics.median(costs[above] / costs[below] for costs in rounds)


def median(rounds: Sequence[dict[str, float]], side: str) -> float:
    """The median cost of one side over the rounds."""
    return statistics.median(costs[side] for costs in rounds)


def row(name: str, *, ratio: float, goal: str, ours: float, reference: float, unit: str) -> dict[str, Any]:
    """One line of the table. `goal` is a comparison like ">= 0.75" or "<= 1.10"; `unit` is that of both sides."""
    comparison, _, bound = goal.partition(" ")
    met = ratio >= float(bound) if comparison == ">=" else ratio <= float(bound)
    values = {"ratio": ratio, "ours": ours, "reference": reference}
    rounded = {key: float(f"{value:.4g}") for key, value in values.items()}
    return {"name": name, **rounded, "goal": goal, "met": met, "unit": unit}


def cpu_seconds(*pids: int) -> float:
    """What these processes have used of the processors so far, user and system, all threads, children not included.

    To the nanosecond where the kernel tells, else to the clock tick (10 ms).
    """
    return sum(_cpu_of(pid) for pid in pids)


def _cpu_of(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError):
        threads = Path(f"/proc/{pid}/task").iterdir()
        if used := sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads):
            return used / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def spent(connection: Any = None) -> float:
    """CPU seconds of this process so far and, given its connection (psycopg2's), of the server process that serves it.

    What other programs do on the machine shows in the clock, hardly in this.
    """
    return time.process_time() + (cpu_seconds(connection.get_backend_pid()) if connection else 0.0)


def resident_bytes(pid: int | None = None) -> int:
    """The memory a process holds now; without a pid, our own."""
    return int(Path(f"/proc/{pid or os.getpid()}/statm").read_text().split()[1]) * PAGE_BYTES


def children(pid: int) -> list[int]:
    """The processes this one started and that still run (gunicorn's workers, for one)."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (thread / "children").read_text().split()]
    return found


if __name__ == "__main__":
    inside(sys.argv[1], Path(sys.argv[2]))
