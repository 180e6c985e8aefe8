"""Reading SOQL: the text of a query becomes a tree, or Salesforce's MALFORMED_QUERY."""

import re
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.salesforce.errors import SalesforceError

TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\]|\\.)*')
    |(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d)
    |(?P<number>[+-]?\d+(?:\.\d+)?)
    |(?P<relative>(?:LAST|NEXT)_N_DAYS:\d+|TODAY|YESTERDAY|TOMORROW|THIS_MONTH|LAST_MONTH|THIS_YEAR)\b
    |(?P<word>[A-Za-z_][\w.]*)
    |(?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
FUNCTIONS = {"count", "count_distinct", "min", "max", "sum", "avg"}
WORDS = {
    "from",
    "where",
    "and",
    "or",
    "not",
    "order",
    "group",
    "limit",
    "offset",
    "by",
    "asc",
    "desc",
    "nulls",
    "using",
    "for",
}


@dataclass(frozen=True)
class Literal:
    """A value in a query and how it was written, since Salesforce minds: string, number, boolean, null, date..."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Comparison:
    path: str
    sign: str
    value: "Literal | tuple[Literal, ...] | Query"


@dataclass(frozen=True)
class Junction:
    """`and`, `or` and `not` over conditions."""

    word: str
    parts: "tuple[Condition, ...]"


Condition = Comparison | Junction


@dataclass(frozen=True)
class Aggregate:
    function: str
    path: str
    alias: str


@dataclass
class Query:
    """One SELECT. `columns` are paths, aggregates and queries over children."""

    columns: "list[str | Aggregate | Query]" = field(default_factory=list)
    entity: str = ""
    where: Condition | None = None
    group: list[str] = field(default_factory=list)
    order: list[tuple[str, bool, bool]] = field(default_factory=list)  # path, descending, nulls last
    limit: int | None = None
    offset: int = 0


def malformed(message: str) -> SalesforceError:
    return SalesforceError("MALFORMED_QUERY", message)


def parse(text: str) -> Query:
    """The query as a tree. Raises SalesforceError MALFORMED_QUERY."""
    reader = Reader(tokens(text))
    query = reader.query()
    if reader.kind():
        raise malformed(f"unexpected token: '{reader.text()}'")
    return query


def tokens(text: str) -> list[tuple[str, str]]:
    found, place, text = [], 0, text.strip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise malformed(f"line 1:{place} no viable alternative at character '{text[place:].strip()[:1]}'")
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        place = match.end()
    return found


class Reader:
    """Walks the tokens from left to right."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self._tokens, self._place = found, 0

    def kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def text(self) -> str:
        return self._tokens[self._place][1] if self._place < len(self._tokens) else "<EOF>"

    def take(self) -> str:
        found = self.text()
        self._place += 1
        return found

    def has(self, *words: str) -> bool:
        """Take these words or signs if they come next."""
        ahead = [
            text.lower() for kind, text in self._tokens[self._place : self._place + len(words)] if kind != "string"
        ]
        if ahead != list(words):
            return False
        self._place += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.has(*words):
            raise malformed(f"unexpected token: '{self.text()}'")

    def name(self) -> str:
        if self.kind() != "word" or self.text().lower() in WORDS:
            raise malformed(f"unexpected token: '{self.text()}'")
        return self.take()

    def query(self) -> Query:
        self.expect("select")
        query = Query(columns=[self.column()])
        while self.has(","):
            query.columns.append(self.column())
        self.expect("from")
        query.entity = self.name()
        if self.has("where"):
            query.where = self.condition()
        if self.has("group", "by"):
            query.group = self.names()
        if self.has("order", "by"):
            query.order = self.ordering()
        if self.has("limit"):
            query.limit = self.whole_number()
        if self.has("offset"):
            query.offset = self.whole_number()
        return query

    def column(self) -> str | Aggregate | Query:
        if self.has("("):
            inner = self.query()
            self.expect(")")
            return inner
        name = self.name()
        if not self.has("("):
            return name
        if name.lower() == "fields":
            return f"FIELDS({self.closed(self.name()).upper()})"
        if name.lower() not in FUNCTIONS:
            raise malformed(f"unexpected token: '{name}'")
        path = "" if self.has(")") else self.closed(self.name())
        alias = self.name() if self.kind() == "word" and self.text().lower() not in WORDS else ""
        return Aggregate(name.lower(), path, alias)

    def closed(self, value: str) -> str:
        self.expect(")")
        return value

    def names(self) -> list[str]:
        found = [self.name()]
        while self.has(","):
            found.append(self.name())
        return found

    def ordering(self) -> list[tuple[str, bool, bool]]:
        found = []
        while True:
            path = self.name()
            descending = not self.has("asc") and self.has("desc")
            nulls_last = not self.has("nulls", "first") and self.has("nulls", "last")
            found.append((path, descending, nulls_last))
            if not self.has(","):
                return found

    def whole_number(self) -> int:
        if self.kind() != "number" or not self.text().isdigit():
            raise malformed(f"unexpected token: '{self.text()}'")
        return int(self.take())

    def condition(self) -> Condition:
        """Terms joined by one word; Salesforce refuses AND beside OR without parentheses."""
        parts = [self.term()]
        word = ""
        while joint := next((joint for joint in ("and", "or") if self.has(joint)), ""):
            if word and joint != word:
                raise malformed(f"unexpected token: '{joint}'")
            word = joint
            parts.append(self.term())
        return Junction(word, tuple(parts)) if word else parts[0]

    def term(self) -> Condition:
        if self.has("not"):
            return Junction("not", (self.term(),))
        if self.has("("):
            inner = self.condition()
            self.expect(")")
            return inner
        path = self.name()
        if self.has("in"):
            return Comparison(path, "in", self.several())
        if self.has("not", "in"):
            return Comparison(path, "not in", self.several())
        if self.has("like"):
            return Comparison(path, "like", self.literal())
        sign = next((sign for sign in ("=", "!=", "<>", "<=", ">=", "<", ">") if self.has(sign)), "")
        if not sign:
            raise malformed(f"unexpected token: '{self.text()}'")
        return Comparison(path, "!=" if sign == "<>" else sign, self.literal())

    def several(self) -> tuple[Literal, ...] | Query:
        self.expect("(")
        if self.text().lower() == "select":
            inner = self.query()
            self.expect(")")
            return inner
        found = [self.literal()]
        while self.has(","):
            found.append(self.literal())
        self.expect(")")
        return tuple(found)

    def literal(self) -> Literal:
        kind, text = self.kind(), self.take()
        if kind == "string":
            return Literal("string", re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text[1:-1]))
        if kind == "number":
            return Literal("number", float(text))
        if kind in {"date", "datetime", "relative"}:
            return Literal(kind, text.upper() if kind == "relative" else text)
        if kind == "word" and text.lower() in {"true", "false"}:
            return Literal("boolean", text.lower() == "true")
        if kind == "word" and text.lower() == "null":
            return Literal("null", None)
        raise malformed(f"unexpected token: '{text}'")
