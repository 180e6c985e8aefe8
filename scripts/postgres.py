"""A throwaway PostgreSQL server for tests and benches: made in a temporary folder, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.ports import free_port
from scripts.setup import postgres_programs
from scripts.supervisor import Supervisor

# Nothing here outlives the run, so nothing waits for the disk.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=128MB"]


def account() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = [entry.pw_name for entry in pwd.getpwall()]
    return "postgres" if "postgres" in names else "nobody"


@contextlib.contextmanager
def throwaway_server(supervisor: Supervisor) -> Iterator[str | None]:
    """Yield the owner's DATABASE_URL of a fresh server, or None where PostgreSQL's programs are not installed."""
    if not (programs := postgres_programs()):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="iw-pg-"))
    try:
        user, port = account(), free_port()
        if user:
            shutil.chown(folder, user=user)
        initialise(programs, folder / "data", user)
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            folder / "data",
            "-k",
            folder,
            "-p",
            str(port),
            "-h",
            "127.0.0.1",
        ]
        for setting in FAST:
            command += ["-c", setting]
        supervisor.start("postgres", command, env=dict(os.environ), user=user)
        supervisor.wait_until(lambda: is_ready(programs, port), what="PostgreSQL", seconds=30)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


def initialise(programs: Path, data: Path, user: str | None) -> None:
    """Make the cluster; raises CalledProcessError with initdb's words."""
    command: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    subprocess.run(command, check=True, user=user, cwd="/", capture_output=True)


def is_ready(programs: Path, port: int) -> bool:
    command: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
    return subprocess.run(command, check=False).returncode == 0
