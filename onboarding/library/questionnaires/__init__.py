"""Doc 1 and Doc 2 of step II as data: one JSON file per kind and version, read into plain dataclasses.

A version is never changed once customers answered it: new questions are a new file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from onboarding.library.questionnaires.checks import LONG_TEXT, check
from onboarding.library.questionnaires.questions import Choice, Condition, Question, Schema, Section
from onboarding.library.questionnaires.words import as_table, cell, display, is_answered, row_in_words

__all__ = [
    "Choice", "Condition", "Question", "Schema", "Section", "as_table", "cell", "check", "display", "is_answered", "lack",
    "missing", "row_in_words", "schema", "visible",
]  # fmt: skip
FOLDER = Path(__file__).parent


@cache
def schema(kind: str, version: int) -> Schema:
    """The questions of one kind and version; FileNotFoundError when there is no such version."""
    raw = json.loads((FOLDER / f"{kind}.v{version}.json").read_text(encoding="utf-8"))
    sections = tuple(_section(section) for section in raw.pop("sections"))
    return Schema(kind=kind, version=version, sections=sections, **raw)


def _section(raw: dict[str, Any]) -> Section:
    questions = tuple(_question(question) for question in raw.pop("questions"))
    return Section(questions=questions, **raw)


def _question(raw: dict[str, Any]) -> Question:
    raw["columns"] = tuple(_question(column) for column in raw.get("columns", ()))
    raw["choices"] = tuple(Choice(value=value, label=label) for value, label in raw.get("choices", {}).items())
    if condition := raw.pop("show_if", None):
        raw["show_if"] = Condition(question=condition["question"], values=tuple(condition["is"]))
    if raw["type"] == "long_text":
        raw.setdefault("max_length", LONG_TEXT)
    return Question(**raw)


def visible(schema: Schema, answers: Mapping[str, Any]) -> list[Question]:
    """The questions that these answers lead to; one that hangs on a hidden question is hidden too.

    `answers` may hold those of the other document as well: what hangs on them is asked here.
    """
    asked = {question.code for question in schema.questions}
    shown: dict[str, Question] = {}
    for question in schema.questions:
        condition = question.show_if
        if condition is None or (
            (condition.question in shown or condition.question not in asked)
            and condition.holds(answers.get(condition.question))
        ):
            shown[question.code] = question
    return list(shown.values())


def missing(schema: Schema, answers: Mapping[str, Any]) -> dict[str, str]:
    """Each visible question that lacks something with the words that ask for it: an answer, a row or a cell."""
    lacking = {question.code: lack(question, answers.get(question.code)) for question in visible(schema, answers)}
    return {code: words for code, words in lacking.items() if words}


def lack(question: Question, value: Any) -> str:
    """What this answer still lacks before it can be submitted, in words; empty when nothing."""
    if not is_answered(value):
        return question.ask if question.required else ""
    if question.type != "table":
        return ""
    if len(value) < question.min_rows:
        return f"{question.ask} At least {question.min_rows} rows are needed."
    gaps = (
        f"{question.row} {place}: {column.ask}"
        for place, row in enumerate(value, start=1)
        for column in question.columns
        if column.required and column.code not in row
    )
    return next(gaps, "")
