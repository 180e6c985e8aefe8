"""Child processes under one roof: started in order, watched together, stopped together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Self

GRACE_SECONDS = 10
COLOURS = [36, 33, 32, 35, 34, 31, 96, 93]
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class ChildDied(Exception):
    """A process that should run for ever ended; the message says which and how."""


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM or a closed terminal."""


def die_with_parent() -> None:
    """Linux ends the child when its supervisor is killed outright, so even kill -9 leaves no orphans."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Starts children from the main thread only: the kernel ties their life to the thread that made them."""

    def __init__(self, *, root: Path, log_dir: Path | None = None) -> None:
        self.root = root
        self.log_dir = log_dir
        if log_dir:
            log_dir.mkdir(parents=True, exist_ok=True)
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.needed: set[str] = set()  # by other children, to the last
        self.printing = threading.Lock()
        self.stops = 0

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _asked_to_stop(self, number: int, _frame: object) -> None:
        self.stops += 1
        if self.stops == 1:
            raise Stopped(signal.Signals(number).name)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: dict[str, str],
        feed: str = "",
        user: str | None = None,
        log: Path | None = None,
        is_needed: bool = False,
    ) -> None:
        """Start one child in a process group of its own. One that others need (`is_needed`) is stopped after them.

        `feed` goes to its standard input (secrets stay out of ps); its words go to `log`, else to the supervisor's
        folder of logs, else to the terminal under its name.
        """
        log = log or (self.log_dir / f"{name}.log" if self.log_dir else None)
        with log.open("ab") if log else contextlib.nullcontext(subprocess.PIPE) as sink:
            child = subprocess.Popen(
                [str(part) for part in command],
                cwd=self.root,
                env=env,
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no lock taken
            )
        if feed and child.stdin:
            child.stdin.write(feed.encode())
            child.stdin.close()
        if child.stdout:
            colour = COLOURS[len(self.children) % len(COLOURS)]
            threading.Thread(target=self._relay, args=(name, colour, child.stdout), daemon=True).start()
        self.children[name] = child
        if is_needed:
            self.needed.add(name)

    def _relay(self, name: str, colour: int, lines: IO[bytes]) -> None:
        for line in lines:
            self.say(line.decode(errors="replace").rstrip(), name=name, colour=colour)

    def say(self, line: str, *, name: str = "portal", colour: int = 1) -> None:
        """Print one line under its speaker's name, to standard error when standard output belongs to a command."""
        stream = sys.stderr if self.log_dir else sys.stdout
        label = f"{name:<10}|"
        with self.printing:
            print(f"\033[{colour}m{label}\033[0m {line}" if stream.isatty() else f"{label} {line}", file=stream)
            stream.flush()

    def wait_until(self, ready: Callable[[], bool], *, what: str, seconds: float) -> None:
        """Wait for `ready`, looking after the children meanwhile. Raises ChildDied, also when time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ChildDied(f"{what} did not answer within {seconds:.0f} s")
            time.sleep(0.05)

    def finish(self, name: str, *, seconds: float) -> None:
        """Wait for a child that is meant to end, and forget it. Raises ChildDied when it ends badly."""
        self.wait_until(lambda: self.children[name].poll() == 0, what=name, seconds=seconds)
        del self.children[name]

    def check(self) -> None:
        """Raise ChildDied when any child ended with an error, or ended at all while it should run."""
        for name, child in self.children.items():
            if child.poll():
                place = f"; its words are in {self.log_dir / name}.log" if self.log_dir else ""
                raise ChildDied(f"{name} ended with {ending(child.returncode)}{place}")

    def watch(self) -> None:
        """Stay until a child ends. Raises ChildDied."""
        while True:
            self.check()
            for name, child in self.children.items():
                if child.returncode == 0:
                    raise ChildDied(f"{name} ended by itself")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask the children to end, newest first, then those that were needed to the last.

        After the grace time, or a second Ctrl-C, their whole groups are ended.
        """
        self.stops = max(self.stops, 1)
        deadline = time.monotonic() + GRACE_SECONDS
        for are_needed in (False, True):
            wave = [child for name, child in self.children.items() if (name in self.needed) is are_needed]
            running = [child for child in reversed(wave) if child.poll() is None]
            for child in running:
                child.terminate()
            while self.stops < 2 and time.monotonic() < deadline and any(child.poll() is None for child in running):
                time.sleep(0.05)
        for child in self.children.values():
            end_group(child)
        self.children.clear()


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child's process group, so nothing outlives it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
