"""`make bench`: every row against its reference, as a table, then one JSON object a line.

ARGS="p5 p7" measures only those rows; ARGS="--effort 10" does everything ten times as often (1 is the usual run).
JSON=1 leaves standard output to the JSON lines.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import harness
from scripts.supervisor import Stopped

HERE = Path(__file__).parent
HEADINGS = ("row", "ours", "reference", "ratio", "goal", "")


def main() -> int:
    options = parse()
    modules = [name for name in available() if not options.rows or any(word in name for word in options.rows)]
    if not modules:
        print(f"No such row. There are: {', '.join(available())}", file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory(prefix="interweave-bench-") as var:
            rows, failed = measure(modules, Path(var), effort=options.effort)
    except Stopped:
        return 130
    report(rows)
    if failed:
        print(f"Not measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", type=str.lower, help="p5, documents … : only rows whose module says so")
    parser.add_argument("--effort", type=float, default=1.0, help="how often everything is done, by the usual")
    return parser.parse_args()


def available() -> list[str]:
    """The modules with rows, in their order: p1_…, p2_…, …"""
    names = [path.stem for path in HERE.glob("p*_*.py")]
    return sorted(names, key=lambda name: (int(name[1:].partition("_")[0]), name))


def measure(modules: list[str], var: Path, *, effort: float) -> tuple[list[dict[str, Any]], list[str]]:
    """Every module's rows, and the modules that broke; progress goes to standard error."""
    rows: list[dict[str, Any]] = []
    failed = []
    with harness.prepared_server(var) as url:
        if url is None:
            print("bench needs PostgreSQL's programs (initdb, postgres): make setup-dev", file=sys.stderr)
            return rows, modules
        for module in modules:
            started = time.monotonic()
            print(f"{module} … ", end="", file=sys.stderr, flush=True)
            try:
                rows += harness.measured(f"bench.{module}", url, var, effort=effort)
            except subprocess.CalledProcessError:
                failed.append(module)
            print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return rows, failed


def report(rows: list[dict[str, Any]]) -> None:
    stream = sys.stderr if os.environ.get("JSON") else sys.stdout
    print(table(rows), file=stream, flush=True)
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as aligned text: row, ours, reference, ratio, goal, met or not."""
    lines = [HEADINGS] + [
        (
            row["name"],
            f"{row['ours']:g} {row['unit']}",
            f"{row['reference']:g} {row['unit']}",
            f"{row['ratio']:.2f}" if row["ratio"] >= 0.1 else f"{row['ratio']:.3f}",
            row["goal"].replace(">=", "≥").replace("<=", "≤"),
            "met" if row["met"] else "missed",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


if __name__ == "__main__":
    sys.exit(main())
