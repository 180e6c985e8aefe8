"""Doc 1 and Doc 2 of step II as data: one JSON file per kind and version, read into plain dataclasses.

A version is never changed once customers answered it: new questions are a new file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from onboarding.library.questionnaires.checks import LONG_TEXT, check
from onboarding.library.questionnaires.questions import Choice, Condition, Question, Schema, Section

__all__ = [
    "Choice", "Condition", "Question", "Schema", "Section", "check", "display", "is_answered", "missing", "schema",
    "visible",
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
    raw["choices"] = tuple(Choice(value=value, label=label) for value, label in raw.get("choices", {}).items())
    if condition := raw.pop("show_if", None):
        raw["show_if"] = Condition(question=condition["question"], values=tuple(condition["is"]))
    if raw["type"] == "long_text":
        raw.setdefault("max_length", LONG_TEXT)
    return Question(**raw)


def is_answered(value: Any) -> bool:
    """True for anything but nothing: no and 0 are answers."""
    return value not in (None, "", [])


def visible(schema: Schema, answers: Mapping[str, Any]) -> list[Question]:
    """The questions that these answers lead to; one that hangs on a hidden question is hidden too."""
    shown: dict[str, Question] = {}
    for question in schema.questions:
        condition = question.show_if
        if condition is None or (condition.question in shown and condition.holds(answers.get(condition.question))):
            shown[question.code] = question
    return list(shown.values())


def missing(schema: Schema, answers: Mapping[str, Any]) -> dict[str, str]:
    """Each required, visible, unanswered question with the words that ask for it."""
    return {
        question.code: question.ask
        for question in visible(schema, answers)
        if question.required and not is_answered(answers.get(question.code))
    }


def display(question: Question, value: Any) -> str | list[str]:
    """A stored answer in words for people: labels instead of codes, yes and no; empty when unanswered."""
    if not is_answered(value):
        return ""
    if question.type == "multi_choice":
        return [question.label_of(code) for code in value]
    if question.type == "choice":
        return question.label_of(value)
    if question.type == "yes_no":
        return "Yes" if value else "No"
    if question.type == "date":
        return f"{date.fromisoformat(value):%d %B %Y}".removeprefix("0")
    return f"{value:,}" if question.type == "number" else str(value)
