"""A test run as twin tables, for the customer's page and the specialist's alike."""

from __future__ import annotations

from typing import Any

from integrations.engine.compare import RULES
from onboarding.models import TestRun

VERDICTS = {
    "match": ("equal", "good"),
    "equal_after_normalise": ("equal", "good"),
    "truncated": ("cut", "warn"),
    "missing": ("missing", "bad"),
    "mismatch": ("different", "bad"),
    "skipped_readonly": ("not compared", "plain"),
}

# Spaces are tidied everywhere; saying so on every line hides what matters.
AS_WRITTEN = {"trim": "as written"}


def twins(run: TestRun) -> list[dict[str, Any]]:
    """Each case with its rows; of a running test, those that are through."""
    cases = run.results.get("cases") or run.progress
    return [_case(case) for case in cases]


def _case(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": case["title"],
        "passed": case["passed"],
        "source_id": case.get("source_id", ""),
        "target_id": case.get("target_id", ""),
        "rows": [_row(entry) for entry in case.get("fields", [])],
        "notices": case.get("notices", []),
        "trouble": case.get("trouble"),
        "created_on_second_run": case.get("created_on_second_run"),
        "cleaned_up": case.get("cleaned_up", {}),
    }


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    verdict, tone = VERDICTS.get(entry["result"], (entry["result"], "plain"))
    return {
        "field": f"{entry['source']} → {entry['target']}",
        "left": entry.get("source_value"),
        "rule": _rule(entry.get("rule", "")),
        "right": entry.get("actual"),
        "verdict": verdict,
        "tone": tone,
    }


def _rule(code: str) -> str:
    """How the two values were compared, in words."""
    return AS_WRITTEN.get(code) or (RULES[code][0] if code in RULES else code)
