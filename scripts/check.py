"""`make test`: linters, checks, then the tests on both databases. Anything after the options goes to pytest."""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import harness
from scripts import chromium, seal_key
from scripts.postgres import throwaway_server
from scripts.setup import ROOT
from scripts.supervisor import Supervisor

BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
LINTERS = {
    "ruff check": [str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."],
    "djlint": [str(BIN / "djlint"), "--lint", "--quiet", "templates"],
    "import-linter": [str(BIN / "lint-imports"), "--no-cache"],
    "mypy": [str(BIN / "mypy")],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "check --deploy": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}
# What `check --deploy` judges: the settings as a server would have them.
PRODUCTION = {
    "SECRET_KEY": "production-like-" + "".join(chr(97 + number % 26) for number in range(60)),
    "VAULT_KEYS": "cHJvZHVjdGlvbi1saWtlLXByb2R1Y3Rpb24tbGlrZSE=",
    "REHEARSAL": "0",
    "DEBUG": "0",
    "BASE_URL": "https://onboarding.interweave.example",
    "ALLOWED_HOSTS": "onboarding.interweave.example",
    "CELERY_BROKER_URL": "memory://",
    "CACHE_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "TSA_URL": "",
    "SEAL_TRUST": "",
}
NO_TESTS = 5


def main() -> int:
    options, passed_on = parse()
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="interweave-check-") as var:
        sealing = seal_key.keep(Path(var) / "seal", passphrase=secrets.token_urlsafe(24))
        environment = {**os.environ, **PRODUCTION, **sealing, "VAR_DIR": var}
        for name, command in LINTERS.items():
            stage(name, command, failed, environment=environment)
    if failed and not options.keep_going:
        print(f"\nNot tested yet; first mend: {', '.join(failed)}", flush=True)
        return 1
    run_tests(options, passed_on, failed)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def parse() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="linters and tests without a browser, on SQLite only")
    parser.add_argument("--keep-going", action="store_true", help="run the tests though a linter complained")
    return parser.parse_known_args()


def run_tests(options: argparse.Namespace, passed_on: list[str], failed: list[str]) -> None:
    """SQLite first, the smaller part, so that the whole run ends with the summary of the larger one."""
    pytest = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    sqlite = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    if options.quick:
        stage("tests on SQLite", [*pytest, "-m", "not browser", *passed_on], failed, environment=sqlite)
        return
    browser = [] if chromium.program() else ["not browser"]
    if browser:
        print("\nNOT COVERED: the pages in a real browser (no chromium on this machine)", flush=True)
    with Supervisor(root=ROOT, log_dir=Path(tempfile.gettempdir())) as supervisor, throwaway_server(supervisor) as url:
        if url is None:
            print("\nNOT COVERED: row-level security, roles and locks (no PostgreSQL on this machine)", flush=True)
            stage("tests on SQLite", [*pytest, *marked(browser), *passed_on], failed, environment=sqlite)
            return
        small = [*pytest, *marked(["(sqlite or both)", *browser]), *passed_on]
        stage("tests of what differs on SQLite", small, failed, environment=sqlite, may_be_empty=bool(passed_on))
        with tempfile.TemporaryDirectory(prefix="interweave-template-") as var:
            harness.prepare(url, Path(var))
        postgresql = {**os.environ, "DATABASE_URL": url, "TEST_DATABASE_TEMPLATE": harness.TEMPLATE}
        stage("tests on PostgreSQL", [*pytest, *marked(browser), *passed_on], failed, environment=postgresql)


def marked(conditions: list[str]) -> list[str]:
    return ["-m", " and ".join(conditions)] if conditions else []


def stage(
    name: str, command: list[str], failed: list[str], *, environment: dict[str, str], may_be_empty: bool = False
) -> None:
    """Run one command under a heading and say how long it took; note its name when it fails."""
    print(f"\n== {name} ==", flush=True)
    started = time.monotonic()
    code = subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode
    good = code == 0 or (may_be_empty and code == NO_TESTS)
    if not good:
        failed.append(name)
    if not name.startswith("tests"):
        print(f"{'ok' if good else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
