"""A test run as twin tables, for the customer's page and the specialist's alike."""

from __future__ import annotations

from typing import Any

from integrations.engine.compare import RULES
from onboarding.models import TestRun
from portal.rules import in_words

Rules = dict[tuple[str, str], str]  # by the names of both fields

VERDICTS = {
    "match": ("equal", "good"),
    "equal_after_normalise": ("equal", "good"),
    "truncated": ("cut", "warn"),
    "missing": ("missing", "bad"),
    "mismatch": ("different", "bad"),
    "skipped_readonly": ("not compared", "plain"),
}


def twins(run: TestRun) -> list[dict[str, Any]]:
    """Each case with its rows; of a running test, those that are through."""
    cases, mapped = run.results.get("cases") or run.progress, _mapped(run)
    return [_case(case, mapped) for case in cases]


def _mapped(run: TestRun) -> Rules:
    """What the mapping does with each pair of fields, in words; nothing when it was changed since the test."""
    if run.mapping_version != run.flow.mapping_version:
        return {}
    return {(entry["source"], entry["target"]): in_words(entry["transforms"]) for entry in run.flow.mapping}


def _case(case: dict[str, Any], mapped: Rules) -> dict[str, Any]:
    return {
        "title": case["title"],
        "passed": case["passed"],
        "source_id": case.get("source_id", ""),
        "target_id": case.get("target_id", ""),
        "rows": [_row(entry, mapped) for entry in case.get("fields", [])],
        "notices": case.get("notices", []),
        "trouble": case.get("trouble"),
        "created_on_second_run": case.get("created_on_second_run"),
        "cleaned_up": case.get("cleaned_up", {}),
    }


def _row(entry: dict[str, Any], mapped: Rules) -> dict[str, Any]:
    verdict, tone = VERDICTS.get(entry["result"], (entry["result"], "plain"))
    return {
        "field": f"{entry['source']} → {entry['target']}",
        "left": entry.get("source_value"),
        "rule": mapped.get((entry["source"], entry["target"])) or _compared(entry.get("rule", "")),
        "right": entry.get("actual"),
        "verdict": verdict,
        "tone": tone,
    }


def _compared(rule: str) -> str:
    """How the two values were compared, in words."""
    return RULES[rule][0] if rule in RULES else rule
