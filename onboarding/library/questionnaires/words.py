"""A stored answer in words for people: on pages, in the PDF, in mails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from onboarding.library.questionnaires.questions import Question


def is_answered(value: Any) -> bool:
    """True for anything but nothing: no and 0 are answers."""
    return value not in (None, "", [])


def display(question: Question, value: Any) -> str | list[str]:
    """A stored answer in words: labels instead of codes, yes and no, a line a row; empty when unanswered."""
    if not is_answered(value):
        return ""
    return WORDS[question.type](question, value) if question.type in WORDS else str(value)


def row_in_words(question: Question, row: Mapping[str, Any]) -> str:
    """One row of a table on one line: “Days to an invoice; today: 5; target: 1”."""
    first, *others = question.columns
    rest = [f"{_inside(one.label)}: {cell(one, row[one.code])}" for one in others if one.code in row]
    return "; ".join([cell(first, row.get(first.code)) or "–", *rest])


def as_table(question: Question, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows of a table as printed: its columns' names and each row's cells in words."""
    return {
        "columns": [f"{one.label} ({one.unit})" if one.unit else one.label for one in question.columns],
        "rows": [[str(display(one, row.get(one.code))) for one in question.columns] for row in rows],
    }


def cell(column: Question, value: Any) -> str:
    """One cell of a table in words, with its unit."""
    shown = str(display(column, value))
    return f"{shown} {column.unit}" if shown and column.unit else shown


def _inside(label: str) -> str:
    """Target → target, but CRM stays as it is written."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _figure(value: int | str) -> str:
    """A whole number, or one with decimals that is kept as text: 1250.5 as 1,250.5."""
    return f"{value:,}" if isinstance(value, int) else f"{Decimal(value):,}"


WORDS: dict[str, Callable[[Question, Any], str | list[str]]] = {
    "choice": lambda question, value: question.label_of(value),
    "multi_choice": lambda question, value: [question.label_of(code) for code in value],
    "yes_no": lambda question, value: "Yes" if value else "No",
    "date": lambda question, value: f"{date.fromisoformat(value):%d %B %Y}".removeprefix("0"),
    "number": lambda question, value: _figure(value),
    "table": lambda question, value: [row_in_words(question, row) for row in value],
    "file": lambda question, value: [str(one) for one in value],
}
