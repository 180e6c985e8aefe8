"""`make bench` on tiny sizes: every row measures something and says it in the shape programs read. Never how fast."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import available, table
from scripts.setup import postgres_programs

ROOT = Path(__file__).parent.parent
KEYS = {"name", "ratio", "goal", "met", "ours", "reference", "unit"}


@pytest.mark.long
@pytest.mark.postgresql
@pytest.mark.skipif(not postgres_programs(), reason="needs PostgreSQL's programs")
def test_every_row_says_ours_reference_ratio_and_goal() -> None:
    command = [sys.executable, "-m", "bench", "--effort", "0.01"]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "JSON": "1"}, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert {row["name"].split()[0].lower() for row in rows} >= {name.partition("_")[0] for name in available()}
    assert all(set(row) == KEYS and row["goal"].startswith((">= ", "<= ")) for row in rows)
    assert all(
        row["ours"] >= 0 and row["reference"] > 0 and row["ratio"] >= 0 for row in rows if "memory" not in row["name"]
    )


def test_a_missed_goal_is_said_in_the_table() -> None:
    row = {"name": "P0", "ours": 2.0, "reference": 1.0, "ratio": 0.5, "goal": ">= 0.75", "met": False, "unit": "s"}

    heading, line = table([row]).splitlines()

    assert heading.split() == ["row", "ours", "reference", "ratio", "goal"]
    assert line.split() == ["P0", "2", "s", "1", "s", "0.50", "≥", "0.75", "missed"]
