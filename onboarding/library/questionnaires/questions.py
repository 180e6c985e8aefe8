"""What a questionnaire is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["text", "long_text", "choice", "multi_choice", "number", "date", "yes_no", "email", "url", "host_port"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One possible answer: what is stored and what people read."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Another question's answer that shows this one: any of the values (for several choices: among the chosen)."""

    question: str
    values: tuple[Any, ...]

    def holds(self, value: Any) -> bool:
        """True when the answer is one of the values, or holds one of them."""
        given = value if isinstance(value, list) else [value]
        return any(one in self.values for one in given if one is not None)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `ask` is said when a required answer is missing; `unit` and the bounds belong to numbers."""

    code: str
    label: str
    type: Type
    ask: str = ""
    required: bool = False
    hint: str = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    minimum: int = 0
    maximum: int = 1_000_000_000
    max_length: int = 200
    show_if: Condition | None = None

    @property
    def unit_to_say(self) -> str:
        """The unit, unless the label says it already."""
        return "" if self.unit in self.label else self.unit

    def label_of(self, value: str) -> str:
        """The label of one choice; the value itself when this version does not know it."""
        return next((choice.label for choice in self.choices if choice.value == value), value)


@dataclass(frozen=True, kw_only=True)
class Section:
    """Questions under one heading: one page."""

    code: str
    title: str
    questions: tuple[Question, ...]
    intro: str = ""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """One version of a questionnaire; `minutes` is how long people need for it."""

    kind: str
    version: int
    title: str
    intro: str
    minutes: int
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in its order, shown or not."""
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, code: str) -> Question | None:
        """The question of this code, or None."""
        return next((question for question in self.questions if question.code == code), None)
