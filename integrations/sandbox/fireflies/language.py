"""As much of GraphQL as its callers write: one operation, its variables, arguments and selections, checked by a schema."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r'[\s,]*(?:#[^\n]*[\s,]*)*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|\$?[A-Za-z_]\w*|\.{3}|[{}()\[\]:=!])', re.ASCII
)
BLANK = re.compile(r"[\s,]*(?:#[^\n]*[\s,]*)*")
CONSTANTS = {"true": True, "false": False, "null": None}


class Malformed(Exception):
    """The text is no GraphQL, or asks for what the schema does not have. `code` as Apollo names it."""

    def __init__(self, message: str, code: str = "GRAPHQL_VALIDATION_FAILED") -> None:
        super().__init__(message)
        self.message, self.code = message, code


@dataclass
class Selection:
    """One field asked for."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    inside: list["Selection"] = field(default_factory=list)


@dataclass
class Operation:
    """A query or mutation."""

    kind: str
    selections: list[Selection]


class Reader:
    """Reads one document, token by token."""

    def __init__(self, text: str, variables: dict[str, Any]) -> None:
        self.tokens = [*tokens(text), ""]
        self.at = 0
        self.given = variables
        self.variables: dict[str, Any] = {}

    def operation(self) -> Operation:
        kind = "query"
        if self.peek() in {"query", "mutation"}:
            kind = self.take()
            if self.peek() not in {"{", "("}:
                self.take()  # its name
            if self.peek() == "(":
                self.declare_variables()
        selections = self.selections()
        if self.peek():
            raise Malformed(f'Syntax Error: Unexpected Name "{self.peek()}".', "GRAPHQL_PARSE_FAILED")
        return Operation(kind, selections)

    def declare_variables(self) -> None:
        self.take("(")
        while self.peek() != ")":
            name = self.take().removeprefix("$")
            self.take(":")
            kind = self.kind()
            if self.given.get(name) is None and kind.endswith("!"):
                raise Malformed(
                    f'Variable "${name}" of required type "{kind}" was not provided.', code="BAD_USER_INPUT"
                )
            self.variables[name] = self.given.get(name)
        self.take(")")

    def kind(self) -> str:
        if self.peek() == "[":
            self.take("[")
            inner = self.kind()
            self.take("]")
            text = f"[{inner}]"
        else:
            text = self.take()
        return text + (self.take("!") if self.peek() == "!" else "")

    def selections(self) -> list[Selection]:
        self.take("{")
        found: list[Selection] = []
        while self.peek() != "}":
            name = alias = self.take()
            if self.peek() == ":":
                self.take(":")
                name = self.take()
            one = Selection(name, alias)
            if self.peek() == "(":
                one.arguments = self.pairs("(", ")")
            if self.peek() == "{":
                one.inside = self.selections()
            found.append(one)
        self.take("}")
        return found

    def pairs(self, opening: str, closing: str) -> dict[str, Any]:
        self.take(opening)
        found: dict[str, Any] = {}
        while self.peek() != closing:
            name = self.take()
            self.take(":")
            found[name] = self.value()
        self.take(closing)
        return found

    def value(self) -> Any:
        word = self.peek()
        if word == "{":
            return self.pairs("{", "}")
        if word == "[":
            self.take("[")
            found = []
            while self.peek() != "]":
                found.append(self.value())
            self.take("]")
            return found
        word = self.take()
        if word.startswith("$"):
            if word[1:] not in self.variables:
                raise Malformed(f'Variable "{word}" is not defined.')
            return self.variables[word[1:]]
        if word.startswith('"'):
            return word[1:-1].encode().decode("unicode_escape")
        if word[0].isdigit() or word[0] == "-":
            return float(word) if "." in word else int(word)
        return CONSTANTS.get(word, word)

    def peek(self) -> str:
        return self.tokens[self.at]

    def take(self, wanted: str = "") -> str:
        word = self.peek()
        if not word or (wanted and word != wanted):
            expected = f'Expected "{wanted}", found' if wanted else "Unexpected"
            raise Malformed(f"Syntax Error: {expected} {word or '<EOF>'}.", "GRAPHQL_PARSE_FAILED")
        self.at += 1
        return word


def tokens(text: str) -> Iterator[str]:
    at, end = 0, len(text)
    while at < end:
        found = TOKEN.match(text, at)
        if found is None:
            if BLANK.fullmatch(text, at):
                return
            raise Malformed(f"Syntax Error: Unexpected character: {text[at : at + 10]!r}.", "GRAPHQL_PARSE_FAILED")
        yield found[1]
        at = found.end()


def check(selections: list[Selection], kind: str, schema: dict[str, dict[str, str]]) -> None:
    """Every field asked for is one of its type: scalars without, objects with a selection. Raises Malformed."""
    for one in selections:
        if one.name not in schema[kind]:
            raise Malformed(f'Cannot query field "{one.name}" on type "{kind}".')
        inner = schema[kind][one.name]
        if inner and not one.inside:
            raise Malformed(f'Field "{one.name}" of type "{inner}" must have a selection of subfields.')
        if one.inside and not inner:
            raise Malformed(f'Field "{one.name}" must not have a selection since it has no subfields.')
        if one.inside:
            check(one.inside, inner, schema)


def shown(value: Any, inside: list[Selection]) -> Any:
    """Only what was asked for of a value."""
    if value is None or not inside:
        return value
    if isinstance(value, list):
        return [shown(one, inside) for one in value]
    return {one.alias: shown(value.get(one.name), one.inside) for one in inside}
