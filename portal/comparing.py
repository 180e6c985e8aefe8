"""The submissions of a questionnaire and what changed between two of them, as both sides' pages show it."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from onboarding.models import Questionnaire, QuestionnaireSubmission
from onboarding.queries import submissions
from portal.plain_text import whole_number

KINDS = {"added": ("Added", "good"), "changed": ("Changed", "warn"), "removed": ("Removed", "bad")}


def drawn(found: Questionnaire, asked: QueryDict, *, document_url: str) -> dict[str, Any]:
    """Every submission, newest first, and the comparison asked for by `from` and `to` (else the last two).

    `document_url` names the page of a document. A number that is no submission's is said in `unknown`.
    """
    rows = {row.number: row for row in found.submissions.select_related("document")}
    numbers = sorted(rows)
    given = [asked.get("from", ""), asked.get("to", "")]
    earlier, later = given if any(given) else [str(number) for number in [0, 0, *numbers][-2:]]
    unknown = [one for one in (earlier, later) if any(given) and whole_number(one) not in rows]
    pair = [rows.get(whole_number(one) or 0) for one in (earlier, later)]
    is_compared = len(numbers) > 1 and all(pair)
    return {
        "submissions": [_row(rows[number], document_url) for number in reversed(numbers)],
        "numbers": numbers if len(numbers) > 1 else [],
        "earlier": pair[0],
        "later": pair[1],
        "unknown": [_unknown(one, numbers) for one in unknown],
        "is_compared": is_compared,
        "changes": _changes(*pair) if is_compared else [],
        "has_file": any(row is not None and row.is_file for row in pair),
    }


def _unknown(given: str, numbers: list[int]) -> str:
    there = "There are no submissions yet." if not numbers else f"Choose from {numbers[0]} to {numbers[-1]}."
    return f"There is no submission “{given[:20]}”. {there}"


def _row(row: QuestionnaireSubmission, document_url: str) -> dict[str, Any]:
    return {"row": row, "url": reverse(document_url, args=[row.document.uuid]), "answers": len(row.answers)}


def _changes(earlier: QuestionnaireSubmission, later: QuestionnaireSubmission) -> list[dict[str, Any]]:
    return [
        {"change": change, "word": KINDS[change.kind][0], "tone": KINDS[change.kind][1]}
        for change in submissions.compare(earlier, later)
    ]
