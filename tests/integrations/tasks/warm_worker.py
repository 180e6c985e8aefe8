"""A worker that is warm and dies often: one process that forks itself for each task, so that a hundred start in seconds.

Run as a program it waits for lines `task argument company id seconds`, forks, and the child does the task; after the
seconds it is killed, and then is said how it ended. As a module it drives that program.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the program sets Django up before it reads a model
    from onboarding.models.base import Work

SECONDS = 60
FOREVER = "inf"


@dataclass
class WarmWorker:
    """The program, waiting for the next task."""

    process: subprocess.Popen[str]

    def killed_after(self, row: Work, *, seconds: float) -> bool:
        """Let a child work and kill it without warning; False when it was done before."""
        return self._ended(row, seconds) == -signal.SIGKILL

    def done(self, row: Work) -> float:
        """Let a child work to its end; the seconds it took."""
        began = time.monotonic()
        assert self._ended(row, FOREVER) == 0
        return time.monotonic() - began

    def _ended(self, row: Work, seconds: float | str) -> int:
        """How the child ended: 0, or minus the signal that killed it."""
        assert self.process.stdin
        self.process.stdin.write(f"{row.task.split('.')[1]} {row.argument} {row.company_id} {row.pk} {seconds}\n")
        self.process.stdin.flush()
        return int(self.told())

    def told(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@contextmanager
def warm_worker(environment: dict[str, str]) -> Iterator[WarmWorker]:
    command = [sys.executable, "-m", "tests.integrations.tasks.warm_worker"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    worker = WarmWorker(process)
    try:
        assert worker.told() == "ready"
        yield worker
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=SECONDS)
        assert process.stdout
        process.stdout.close()


def main() -> None:
    import django

    django.setup()
    from integrations import tasks
    from onboarding import tenancy
    from onboarding.rendering import pdf
    from tests.onboarding.rendering import agreement_samples

    pdf.render("msa", agreement_samples.executed_agreement())  # fonts are found once, and children have them
    say("ready")
    for line in sys.stdin:
        task, argument, company, pk, seconds = line.split()
        if child := os.fork():
            say(str(ended(child, seconds=float(seconds))))
            continue
        with tenancy.acting(company_id=int(company)):
            getattr(tasks, task)(**{argument: int(pk)})
        os._exit(0)


def ended(child: int, *, seconds: float) -> int:
    """Wait for the child, and kill it when the seconds are over. Nobody else takes its number before we waited for it."""
    until = time.monotonic() + seconds
    while not (found := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() >= until:
            os.kill(child, signal.SIGKILL)
            until = float(FOREVER)
        time.sleep(0.001)
    return os.waitstatus_to_exitcode(found[1])


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
