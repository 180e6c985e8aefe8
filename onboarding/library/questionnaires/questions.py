"""What a questionnaire is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Type = Literal[
    "text", "long_text", "choice", "multi_choice", "number", "date", "yes_no", "email", "url", "host_port", "table", "file",
]  # fmt: skip
# What a cell of a table may be.
SIMPLE: frozenset[Type] = frozenset(["text", "choice", "number", "date", "yes_no", "email", "url", "host_port"])
# Who usually knows the answer.
WHO = {
    "you": "",
    "sales": "your head of sales",
    "crm_admin": "your CRM administrator",
    "bookkeeper": "your bookkeeper",
    "it": "your IT",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One possible answer: what is stored and what people read."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Another question's answer that shows this one: any of the values (for several choices: among the chosen).

    The other question may stand in the other document: codes are unique across both.
    """

    question: str
    values: tuple[Any, ...]

    def holds(self, value: Any) -> bool:
        """True when the answer is one of the values, or holds one of them."""
        given = value if isinstance(value, list) else [value]
        return any(one in self.values for one in given if one is not None)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `ask` is said when a required answer is missing.

    `unit`, the bounds and `decimals` belong to numbers (with decimals an answer is stored as text, never as a float);
    `columns`, the row limits and `row` (what one row is called) to tables, `most` to files. `not_before` names the column
    whose date this one, in the same row, may not precede. `who` usually knows it, `prefill` names what registration
    knows of it, `key` marks the facts that later steps cannot do without.
    """

    code: str
    label: str
    type: Type
    ask: str = ""
    required: bool = False
    hint: str = ""
    who: str = ""
    prefill: str = ""
    key: bool = False
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    minimum: int = 0
    maximum: int = 1_000_000_000
    decimals: int = 0
    max_length: int = 200
    columns: tuple[Question, ...] = ()
    row: str = "Row"
    min_rows: int = 0
    max_rows: int = 20
    not_before: str = ""
    most: int = 5
    show_if: Condition | None = None

    @property
    def unit_to_say(self) -> str:
        """The unit, unless the label says it already."""
        return "" if self.unit in self.label else self.unit

    @property
    def knower(self) -> str:
        """Who else usually knows the answer, in words; empty when it is you, who lead the project."""
        return WHO.get(self.who, "")

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

    def section(self, code: str) -> Section | None:
        """The section of this code, or None."""
        return next((section for section in self.sections if section.code == code), None)

    def section_of(self, question: str) -> Section | None:
        """The section that asks the question of this code, or None."""
        return next((one for one in self.sections if any(asked.code == question for asked in one.questions)), None)
