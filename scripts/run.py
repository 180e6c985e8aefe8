"""`make run`: the whole portal under one supervisor. With `-- command …`: that command beside a running portal.

A command uses the portal that already runs from this tree, else one of its own in a folder and on ports of its own,
and its exit code is ours.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripts.local import BIN, LocalPortal, Unfit, running
from scripts.ports import free_port
from scripts.setup import ROOT
from scripts.supervisor import ChildDied, Stopped, Supervisor, die_with_parent


def main() -> int:
    options = parse()
    var = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
    try:
        return beside(options, var) if options.command else serve(options, var)
    except Unfit as problem:
        print(f"portal: {problem}", file=sys.stderr)
        return 1
    except ChildDied as problem:
        print(f"portal: {problem}. Everything else was stopped.", file=sys.stderr)
        return 1
    except Stopped:
        return 130


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--in", dest="folder", default="rehearsal", help="folder under var/ for a portal of our own")
    parser.add_argument("--fresh", action="store_true", help="empty that folder first")
    parser.add_argument("--seeded", action="store_true", help="a portal of our own gets the demo's companies")
    parser.add_argument("command", nargs="*")
    return parser.parse_args()


def serve(options: argparse.Namespace, var: Path) -> int:
    """Run until Ctrl-C, SIGTERM, or a process ends; then stop all."""
    if record := running(var):
        raise Unfit(f"The portal already runs from this folder: {record['environment']['BASE_URL']}")
    with Supervisor(root=ROOT) as supervisor:
        try:
            portal = LocalPortal.prepare(var=var, port=options.port)
            supervisor.say(f"starting {portal.address}")
            portal.start(supervisor)
            supervisor.say(f"ready: {portal.address}")
            seed(supervisor, portal)
            supervisor.watch()
        except Stopped as signal:
            supervisor.say(f"{signal}: stopping")
        finally:
            (var / "run.json").unlink(missing_ok=True)
    return 0


def seed(supervisor: Supervisor, portal: LocalPortal) -> None:
    """The demo's people and engagements, once; prints who can sign in."""
    supervisor.start("demo", [BIN / "python", "manage.py", "demo"], env=portal.of("interweave_web"))
    supervisor.finish("demo", seconds=600)


def beside(options: argparse.Namespace, var: Path) -> int:
    """Run the command in the environment of the running portal, else of one that lives only as long."""
    if record := running(var):
        return subprocess.run(
            options.command, check=False, cwd=ROOT, env={**os.environ, **record["environment"]}
        ).returncode
    own = var / options.folder
    if options.fresh:
        shutil.rmtree(own, ignore_errors=True)
    with Supervisor(root=ROOT, log_dir=own / "log") as supervisor:
        portal = LocalPortal.prepare(var=own, port=free_port())
        supervisor.say(f"starting a portal of its own in {own.relative_to(ROOT) if ROOT in own.parents else own}")
        portal.start(supervisor)
        if options.seeded:
            seed(supervisor, portal)
        try:
            return attend(supervisor, options.command, portal.of("interweave_web"))
        finally:
            (own / "run.json").unlink(missing_ok=True)


def attend(supervisor: Supervisor, command: list[str], environment: dict[str, str]) -> int:
    """The command's exit code, unless a process of the portal dies meanwhile (ChildDied)."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=die_with_parent)  # noqa: PLW1509
    try:
        while (code := process.poll()) is None:
            supervisor.check()
            time.sleep(0.1)
        return code
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
