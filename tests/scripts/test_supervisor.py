import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.supervisor import ChildDied, Stopped, Supervisor

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A child that takes no hint, with a child of its own.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
# The worker takes a moment to end, so that an order kept by chance would show.
SAYS_WHEN_IT_ENDS = """
import signal, sys, time
def end(*_):
    time.sleep(0.3)
    print(time.monotonic(), flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(60)
"""
KEEPER = """
import os
from pathlib import Path
from scripts.supervisor import Supervisor
with Supervisor(root=Path("."), log_dir=Path({folder!r})) as supervisor:
    supervisor.start("sleeper", {command!r}, env=dict(os.environ))
    print(supervisor.children["sleeper"].pid, flush=True)
    supervisor.watch()
"""


@pytest.fixture
def supervisor(tmp_path):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with Supervisor(root=ROOT, log_dir=tmp_path) as running:
        yield running
    for number, handler in before.items():
        signal.signal(number, handler)


def is_alive(pid: int) -> bool:
    """Running; a dead process nobody has buried yet does not count."""
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def start_keeper(tmp_path) -> tuple[subprocess.Popen, int]:
    code = KEEPER.format(folder=str(tmp_path), command=SLEEP)
    keeper = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return keeper, int(keeper.stdout.readline())


def test_a_child_that_dies_is_named_with_its_exit_code(supervisor):
    supervisor.start("steady", SLEEP, env=dict(os.environ))
    supervisor.start("weak", [sys.executable, "-c", "raise SystemExit(3)"], env=dict(os.environ))

    with pytest.raises(ChildDied, match=r"^weak ended with exit code 3; its words are in .*/weak\.log$"):
        supervisor.watch()


def test_a_child_that_ends_well_is_missed_too(supervisor):
    supervisor.start("weak", [sys.executable, "-c", ""], env=dict(os.environ))

    with pytest.raises(ChildDied, match="weak ended by itself"):
        supervisor.watch()


def test_waiting_ends_when_a_child_dies_meanwhile(supervisor):
    supervisor.start("weak", [sys.executable, "-c", "raise SystemExit(1)"], env=dict(os.environ))

    with pytest.raises(ChildDied, match="weak ended with exit code 1"):
        supervisor.wait_until(lambda: False, what="never", seconds=30)


def test_waiting_has_an_end(supervisor):
    with pytest.raises(ChildDied, match="the web did not answer within 0 s"):
        supervisor.wait_until(lambda: False, what="the web", seconds=0.1)


def test_stopping_ends_the_whole_group_of_a_stubborn_child(supervisor, tmp_path):
    supervisor.start("stubborn", [sys.executable, "-c", STUBBORN], env=dict(os.environ))
    log = tmp_path / "stubborn.log"
    wait_for(lambda: log.exists() and log.read_text().endswith("\n"))
    pids = [supervisor.children["stubborn"].pid, int(log.read_text())]

    supervisor.stops = 2  # as after a second Ctrl-C: no grace time
    supervisor.stop()

    wait_for(lambda: not any(is_alive(pid) for pid in pids))


def test_what_others_need_is_stopped_after_them(supervisor, tmp_path):
    supervisor.start("broker", [sys.executable, "-c", SAYS_WHEN_IT_ENDS], env=dict(os.environ), is_needed=True)
    supervisor.start("worker", [sys.executable, "-c", SAYS_WHEN_IT_ENDS], env=dict(os.environ))
    logs = {name: tmp_path / f"{name}.log" for name in ("broker", "worker")}
    wait_for(lambda: all(log.exists() and "ready" in log.read_text() for log in logs.values()))

    supervisor.stop()

    ended = {name: float(log.read_text().split()[-1]) for name, log in logs.items()}
    assert ended["worker"] < ended["broker"]


def test_a_secret_reaches_the_child_by_its_standard_input(supervisor, tmp_path):
    supervisor.start("reader", [sys.executable, "-c", "print(input()[::-1])"], env=dict(os.environ), feed="abc\n")

    supervisor.finish("reader", seconds=10)

    assert (tmp_path / "reader.log").read_text() == "cba\n"
    assert supervisor.children == {}


def test_a_signal_stops_once_and_a_second_one_only_counts(supervisor):
    with pytest.raises(Stopped, match="SIGTERM"):
        signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)

    assert supervisor.stops == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["asked to stop", "killed outright"])
def test_no_child_outlives_its_supervisor(tmp_path, number):
    keeper, child = start_keeper(tmp_path)

    keeper.send_signal(number)

    assert keeper.wait(timeout=10) != 0
    wait_for(lambda: not is_alive(child))
    keeper.stdout.close()
