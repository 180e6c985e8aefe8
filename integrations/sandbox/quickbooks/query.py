"""Intuit's query language: no joins, no OR, conditions joined by AND; at most 1000 rows a page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.quickbooks import errors
from integrations.sandbox.quickbooks.company import Company, moment_of
from integrations.sandbox.quickbooks.entities import BY_PATH, Entity
from integrations.sandbox.state import Body

TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)\b|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|=|<|>|\(|\)|,|\*))""",
    re.VERBOSE,
)
USUAL_ROWS, MOST_ROWS = 100, 1000
TEXT_OF = ("FreeFormNumber", "Address", "URI", "value")


@dataclass
class Query:
    columns: list[str] = field(default_factory=list)
    entity: Entity = BY_PATH["customer"]
    tests: list[tuple[str, str, list[str]]] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    start: int = 1
    most: int = USUAL_ROWS


class Reader:
    """Walks the tokens of one query."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._place, at, text = 0, 0, text.strip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise errors.bad_query(f"Encountered unexpected character at column {at + 1}: {text[at : at + 12]}")
            self._tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
            at = match.end()

    def peek(self) -> str:
        return self._tokens[self._place][1] if self._place < len(self._tokens) else "<EOF>"

    def kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def take(self, kind: str = "") -> str:
        if kind and self.kind() != kind:
            raise errors.bad_query(
                f'Encountered " <{self.kind().upper() or "EOF"}> "{self.peek()} "" where {kind} was expected'
            )
        found = self.peek()
        self._place += 1
        return found

    def has(self, *words: str) -> bool:
        ahead = [
            text.lower() for kind, text in self._tokens[self._place : self._place + len(words)] if kind != "string"
        ]
        if ahead != list(words):
            return False
        self._place += len(words)
        return True

    def expect(self, word: str) -> None:
        if not self.has(word):
            raise errors.bad_query(f'Encountered "{self.peek()}" where "{word}" was expected')

    def value(self) -> str:
        if self.kind() == "string":
            return re.sub(r"\\(.)", r"\1", self.take()[1:-1])
        if self.kind() == "number" or self.peek().lower() in {"true", "false"}:
            return self.take()
        raise errors.bad_query(f'Encountered "{self.peek()}" where a value was expected; text needs quotes')


def parse(text: str) -> Query:
    """The query as data. Raises Fault 4000 for grammar, 4001 for names and numbers that can't be."""
    reader, query = Reader(text), Query()
    reader.expect("select")
    query.columns.append(column(reader))
    while reader.has(","):
        query.columns.append(column(reader))
    reader.expect("from")
    name = reader.take("word")
    if name.lower() not in BY_PATH:
        raise errors.bad_query(f"Entity {name} is not queryable", "4001")
    query.entity = BY_PATH[name.lower()]
    if reader.has("where"):
        query.tests.append(test(reader, query.entity))
        while reader.has("and"):
            query.tests.append(test(reader, query.entity))
    if reader.has("orderby") or reader.has("order", "by"):
        query.order.append(sorting(reader, query.entity))
        while reader.has(","):
            query.order.append(sorting(reader, query.entity))
    if reader.has("startposition"):
        query.start = whole(reader, 1, 10**9)
    if reader.has("maxresults"):
        query.most = whole(reader, 0, MOST_ROWS)
    if reader.kind():
        raise errors.bad_query(f'Encountered "{reader.peek()}"')
    check_columns(query)
    return query


def column(reader: Reader) -> str:
    if reader.has("*"):
        return "*"
    name = reader.take("word")
    if name.lower() != "count":
        return name
    reader.expect("(")
    reader.expect("*")
    reader.expect(")")
    return "count(*)"


def check_columns(query: Query) -> None:
    for name in query.columns:
        if name not in {"*", "count(*)"} and name.partition(".")[0] not in query.entity.properties:
            raise errors.bad_query(f"Property {name} not found for Entity {query.entity.name}", "4001")


def test(reader: Reader, entity: Entity) -> tuple[str, str, list[str]]:
    name = filterable(reader.take("word"), entity)
    if reader.has("in"):
        reader.expect("(")
        values = [reader.value()]
        while reader.has(","):
            values.append(reader.value())
        reader.expect(")")
        return name, "in", values
    if reader.has("like"):
        return name, "like", [reader.value()]
    sign = reader.take("sign")
    if sign not in {"=", "<", ">", "<=", ">="}:
        raise errors.bad_query(f'Encountered "{sign}"')
    return name, sign, [reader.value()]


def filterable(name: str, entity: Entity) -> str:
    if name not in entity.filterable:
        known = name.partition(".")[0] in entity.properties
        detail = f"Property {name} is not queryable" if known else f"Property {name} not found for Entity {entity.name}"
        raise errors.bad_query(detail, "4001")
    return name


def sorting(reader: Reader, entity: Entity) -> tuple[str, bool]:
    name = filterable(reader.take("word"), entity)
    return name, not reader.has("asc") and reader.has("desc")


def whole(reader: Reader, least: int, most: int) -> int:
    text = reader.take("number")
    if not text.isdigit() or not least <= int(text) <= most:
        raise errors.bad_query(f"{text} must be a number from {least} to {most}", "4001")
    return int(text)


def answered(company: Company, text: str) -> Body:
    """The QueryResponse. Inactive records only show when the query speaks of Active."""
    query = parse(text)
    if {name.partition(".")[0] for name, _, _ in query.tests} & company.hidden(query.entity):
        raise errors.bad_query("Property not found", "4001")
    rows = [row for row in company.rows(query.entity.name) if all(holds(row, *asked) for asked in query.tests)]
    if query.entity.is_list and not any(name == "Active" for name, _, _ in query.tests):
        rows = [row for row in rows if row.get("Active") is not False]
    if "count(*)" in query.columns:
        return {"totalCount": len(rows)}
    rows.sort(key=lambda row: in_order(row["Id"]))
    for name, descending in reversed(query.order):
        rows.sort(key=sort_key(name), reverse=descending)
    page = rows[query.start - 1 : query.start - 1 + query.most]
    if not page:
        return {}
    shown = [projected(query, company.shown(query.entity, row)) for row in page]
    return {query.entity.name: shown, "startPosition": query.start, "maxResults": len(shown)}


def projected(query: Query, row: Body) -> Body:
    if "*" in query.columns:
        return row
    wanted = {name.partition(".")[0] for name in query.columns} | {"domain"}
    return {name: value for name, value in row.items() if name in wanted} | {"sparse": True}


def read(row: Body, name: str) -> Any:
    """A property by path; objects of one text stand for that text."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = next((value[key] for key in TEXT_OF if key in value), None)
    return value


def sort_key(name: str) -> Callable[[Body], tuple[bool, Any]]:
    def key(row: Body) -> tuple[bool, Any]:
        value = read(row, name)
        comparable = in_order(value) if name == "Id" else value.casefold() if isinstance(value, str) else value
        return (value is not None, 0 if value is None else comparable)

    return key


def in_order(record_id: Any) -> str:
    """Ids are text that counts like numbers, except a few that are words."""
    return str(record_id).rjust(20)


def holds(row: Body, name: str, sign: str, values: list[str]) -> bool:
    mine = read(row, name)
    if mine is None:
        return False
    if sign == "like":
        return bool(re.fullmatch(re.escape(values[0]).replace("%", ".*"), str(mine), re.IGNORECASE | re.DOTALL))
    if sign == "in":
        return any(compare(name, mine, value) == 0 for value in values)
    side = compare(name, mine, values[0])
    return {"=": side == 0, "<": side < 0, ">": side > 0, "<=": side <= 0, ">=": side >= 0}[sign]


def compare(name: str, mine: Any, value: str) -> int:
    """-1, 0 or 1. Times as times, numbers as numbers, text without regard to case."""
    try:
        left, right = as_kind(name, mine, mine), as_kind(name, mine, value)
    except ValueError:
        raise errors.bad_query(f"value {value} is not of the type of property {name}", "4001") from None
    return int(left > right) - int(left < right)


def as_kind(name: str, like: Any, value: Any) -> Any:
    """The value in the kind the stored one has. Raises ValueError when it can't be."""
    if name.startswith("MetaData."):
        moment = moment_of(str(value))
        if moment is None:
            raise ValueError(value)
        return moment
    if isinstance(like, bool) or not isinstance(like, int | float):
        return in_order(value) if name == "Id" else str(value).casefold()
    return float(value)
