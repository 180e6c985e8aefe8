"""A worker that is warm and dies often: one process that forks itself for each task, so that a hundred start in seconds.

Run as a program it waits for lines `task argument company id`, forks, says the child's process id, and the child does
the task; then it says how the child ended. As a module it drives that program.
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


@dataclass
class WarmWorker:
    """The program, waiting for the next task."""

    process: subprocess.Popen[str]

    def started(self, row: Work) -> int:
        """A child is at the row's task from now on; its process id."""
        line = f"{row.task.split('.')[1]} {row.argument} {row.company_id} {row.pk}"
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return int(self.told())

    def ended(self) -> int:
        """How the last child ended: 0, or minus the signal that killed it."""
        return int(self.told())

    def told(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def killed_after(self, row: Work, *, seconds: float) -> bool:
        """Let a child work and kill it without warning; False when it was done before."""
        child = self.started(row)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        return self.ended() == -signal.SIGKILL

    def done(self, row: Work) -> float:
        """Let a child work to its end; the seconds it took."""
        began = time.monotonic()
        self.started(row)
        assert self.ended() == 0
        return time.monotonic() - began


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
        task, argument, company, pk = line.split()
        if child := os.fork():
            say(str(child))
            say(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
            continue
        with tenancy.acting(company_id=int(company)):
            getattr(tasks, task)(**{argument: int(pk)})
        os._exit(0)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
