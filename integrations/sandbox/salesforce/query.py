"""Answering SOQL: which rows match, in what order, and how they are shown."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from operator import ge, gt, le, lt
from statistics import mean
from typing import Any

from integrations.sandbox.salesforce import ids
from integrations.sandbox.salesforce.errors import SalesforceError, no_such_column
from integrations.sandbox.salesforce.fields import NUMERIC, Field
from integrations.sandbox.salesforce.org import Org, stamp
from integrations.sandbox.salesforce.records import attributes, value_of
from integrations.sandbox.salesforce.soql import Aggregate, Comparison, Condition, Junction, Literal, Query, malformed
from integrations.sandbox.salesforce.values import moment_of
from integrations.sandbox.state import Body

Test = Callable[[Body], bool]
SIGNS: dict[str, Callable[[Any, Any], Any]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {"min": min, "max": max, "sum": sum, "avg": mean}


def matching(org: Org, query: Query, *, deleted_too: bool = False, only: Test | None = None) -> list[Body]:
    """The rows of a query, in order, between its offset and limit; `only` narrows before the limit counts."""
    entity = entity_of(org, query.entity)
    test = condition(org, entity, query.where)
    rows = [row for row in org.rows(entity) if (deleted_too or not row["IsDeleted"]) and test(row)]
    rows = rows if only is None else [row for row in rows if only(row)]
    for path, descending, nulls_last in reversed(query.order):
        rows = ordered(org, entity, rows, path, descending=descending, nulls_last=nulls_last)
    if query.offset > 2000:
        raise SalesforceError("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end]


def entity_of(org: Org, name: str) -> str:
    found = org.catalogue.get(name.lower())
    if found is None:
        raise SalesforceError(
            "INVALID_TYPE",
            f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append "
            "the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
        )
    return found.name


def ordered(org: Org, entity: str, rows: list[Body], path: str, *, descending: bool, nulls_last: bool) -> list[Body]:
    get, field = column(org, entity, path)
    refuse_unfilterable(field, "sorted")
    empty = [row for row in rows if get(row) is None]
    full = [row for row in rows if get(row) is not None]
    full.sort(key=lambda row: folded(field, get(row)), reverse=descending)
    return full + empty if nulls_last else empty + full


def folded(field: Field, value: Any) -> Any:
    """Text compares without regard to case, ids with it."""
    return value.lower() if isinstance(value, str) and field.type not in {"id", "reference"} else value


def column(org: Org, entity: str, path: str) -> tuple[Callable[[Body], Any], Field]:
    """How to read a path (`Name`, `Account.Owner.Name`) off a row, and the field it ends at."""
    head, _, rest = path.partition(".")
    if not rest:
        field = org.visible(entity).get(head.lower())
        if field is None:
            raise no_such_column(head, entity, in_query=True)
        return lambda row: value_of(row, field), field
    if head.lower() == entity.lower():
        return column(org, entity, rest)
    link = relation(org, entity, head)
    target = link.refers_to[0]
    inner, field = column(org, target, rest)

    def get(row: Body) -> Any:
        parent = org.row(target, row.get(link.name) or "")
        return inner(parent) if parent else None

    return get, field


def relation(org: Org, entity: str, name: str) -> Field:
    link = next((field for field in org.visible(entity).values() if field.relation.lower() == name.lower()), None)
    if link is None:
        raise SalesforceError(
            "INVALID_FIELD",
            f"Didn't understand relationship '{name}' in field path. If you are attempting to "
            "use a custom relationship, be sure to append the '__r' after the custom relationship name.",
        )
    return link


def condition(org: Org, entity: str, where: Condition | None) -> Test:
    if where is None:
        return lambda _: True
    if isinstance(where, Junction):
        tests = [condition(org, entity, part) for part in where.parts]
        if where.word == "not":
            return lambda row: not tests[0](row)
        every = all if where.word == "and" else any
        return lambda row: every(test(row) for test in tests)
    return comparison(org, entity, where)


def comparison(org: Org, entity: str, asked: Comparison) -> Test:
    get, field = column(org, entity, asked.path)
    refuse_unfilterable(field, "filtered")
    if asked.sign in {"in", "not in"}:
        wanted = in_values(org, field, asked.value)
        return lambda row: (folded(field, get(row)) in wanted) == (asked.sign == "in")
    assert isinstance(asked.value, Literal)  # noqa: S101 - the grammar allows nothing else here
    if asked.value.kind == "relative":
        first, last = period(org, field, asked.value.value)
        return ranged(get, asked.sign, first, last)
    value = operand(field, asked.value)
    if asked.sign == "like":
        pattern = like(field, value)
        return lambda row: bool(pattern.fullmatch(str(get(row) or "")))
    return lambda row: compared(folded(field, get(row)), asked.sign, value)


def compared(mine: Any, sign: str, value: Any) -> bool:
    if sign in {"=", "!="}:
        return bool(mine == value) == (sign == "=")
    if mine is None or value is None:
        return False
    return bool(SIGNS[sign](mine, value))


def ranged(get: Callable[[Body], Any], sign: str, first: str, last: str) -> Test:
    """A period compares by its edges: `=` inside, `<` before it begins, `>` after it ends."""

    def test(row: Body) -> bool:
        mine = get(row)
        if mine is None:
            return sign == "!="
        inside = bool(first <= mine <= last)
        before, after = bool(mine < first), bool(mine > last)
        return {"=": inside, "!=": not inside, "<": before, ">": after, "<=": not after, ">=": not before}[sign]

    return test


def in_values(org: Org, field: Field, given: Literal | tuple[Literal, ...] | Query) -> set[Any]:
    if isinstance(given, Query):
        if len(given.columns) != 1 or not isinstance(given.columns[0], str):
            raise malformed("a semi join sub-select must have exactly one field")
        get, inner = column(org, entity_of(org, given.entity), given.columns[0])
        return {folded(inner, get(row)) for row in matching(org, given)}
    assert isinstance(given, tuple)  # noqa: S101
    return {operand(field, literal) for literal in given}


def operand(field: Field, literal: Literal) -> Any:
    """A literal as rows hold it; Salesforce refuses one written in the wrong way for its field."""
    if literal.kind == "null":
        return None
    wanted = {"boolean": "boolean", "date": "date", "datetime": "datetime"}.get(field.type)
    wanted = wanted or ("number" if field.type in NUMERIC else "string")
    if literal.kind != wanted:
        quotes = " and should not be enclosed in quotes" if literal.kind == "string" else ""
        if wanted == "string":
            quotes = " and should be enclosed in quotes"
        kind = {"datetime": "dateTime", "number": "double"}.get(wanted, wanted)
        raise SalesforceError(
            "INVALID_FIELD", f"value of filter criterion for field '{field.name}' must be of type {kind}{quotes}"
        )
    if wanted == "datetime":
        moment = moment_of(literal.value)
        if moment is None:
            raise malformed(f"invalid dateTime '{literal.value}'")
        return stamp(moment).lower()
    if field.type in {"id", "reference"}:
        whole = ids.canonical(literal.value)
        if whole is None:
            raise SalesforceError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {literal.value}")
        return whole
    return folded(field, literal.value)


def like(field: Field, value: Any) -> re.Pattern[str]:
    if field.type in {"id", "reference"} or not isinstance(value, str):
        raise SalesforceError("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.type} field")
    text = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in value)
    return re.compile(text, re.IGNORECASE | re.DOTALL)


def period(org: Org, field: Field, word: str) -> tuple[str, str]:
    """The first and last moment (or day) a relative date names, in the field's own form."""
    if field.type not in {"date", "datetime"}:
        raise SalesforceError(
            "INVALID_FIELD", f"value of filter criterion for field '{field.name}' must be of type {field.type}"
        )
    today = org.world.clock.now().date()
    name, _, days = word.partition(":")
    first, last = days_of(today, name, int(days or 0))
    if field.type == "date":
        return first.isoformat(), last.isoformat()
    return stamp(datetime.combine(first, time.min, UTC)), stamp(datetime.combine(last, time.max, UTC))


def days_of(today: date, name: str, days: int) -> tuple[date, date]:
    day = timedelta(days=1)
    month = today.replace(day=1)
    last_month = month - day
    next_month = (month + 31 * day).replace(day=1)
    return {
        "TODAY": (today, today),
        "YESTERDAY": (today - day, today - day),
        "TOMORROW": (today + day, today + day),
        "LAST_N_DAYS": (today - days * day, today),
        "NEXT_N_DAYS": (today + day, today + days * day),
        "THIS_MONTH": (month, next_month - day),
        "LAST_MONTH": (last_month.replace(day=1), last_month),
        "THIS_YEAR": (today.replace(month=1, day=1), today.replace(month=12, day=31)),
    }[name]


def refuse_unfilterable(field: Field, how: str) -> None:
    if not field.filterable:
        raise SalesforceError("INVALID_FIELD", f"field '{field.name}' can not be {how} in a query call")


def displayed(org: Org, query: Query, rows: Iterable[Body], *, version: str) -> list[Body]:
    """Rows as the answer shows them: the columns asked for, parents nested, children as lists."""
    entity = entity_of(org, query.entity)
    columns = expanded(org, entity, query)
    for path in columns:
        if isinstance(path, str):
            column(org, entity, path)
    return [display(org, entity, columns, row, version) for row in rows]


def expanded(org: Org, entity: str, query: Query) -> list[Any]:
    """FIELDS(ALL) and its like become names; all but STANDARD need a LIMIT of at most 200."""
    found: list[Any] = []
    for item in query.columns:
        if not (isinstance(item, str) and item.startswith("FIELDS(")):
            found.append(item)
            continue
        if item != "FIELDS(STANDARD)" and not (query.limit and query.limit <= 200):
            raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
        wanted = {"FIELDS(ALL)": {True, False}, "FIELDS(CUSTOM)": {True}, "FIELDS(STANDARD)": {False}}.get(item, set())
        found += [field.name for field in org.visible(entity).values() if field.custom in wanted]
    return found


def display(org: Org, entity: str, columns: list[Any], row: Body, version: str) -> Body:
    body: Body = {"attributes": attributes(entity, row, version)}
    nested: dict[str, list[str]] = {}
    for item in columns:
        if isinstance(item, Query):
            name, records = children(org, entity, item, row, version)
            body[name] = {"totalSize": len(records), "done": True, "records": records} if records else None
        elif "." in item and item.split(".")[0].lower() != entity.lower():
            head, _, rest = item.partition(".")
            nested.setdefault(relation(org, entity, head).relation, []).append(rest)
        else:
            field = org.visible(entity)[item.split(".")[-1].lower()]
            body[field.name] = value_of(row, field)
    for head, rests in nested.items():
        link = relation(org, entity, head)
        parent = org.row(link.refers_to[0], row.get(link.name) or "")
        body[head] = display(org, link.refers_to[0], rests, parent, version) if parent else None
    return body


def children(org: Org, entity: str, query: Query, row: Body, version: str) -> tuple[str, list[Body]]:
    known = {name.lower(): (name, child, field) for name, child, field in org.sobject(entity).children}
    if query.entity.lower() not in known:
        raise SalesforceError(
            "INVALID_TYPE", f"Didn't understand relationship '{query.entity}' in FROM part of query call."
        )
    name, child, field = known[query.entity.lower()]
    inner = Query(**{**vars(query), "entity": child})
    rows = matching(org, inner, only=lambda found: bool(found.get(field) == row["Id"]))
    return name, displayed(org, inner, rows, version=version)


def aggregated(org: Org, query: Query, rows: list[Body]) -> list[Body]:
    """One row a group: its fields and the functions over it, named by alias or expr0, expr1."""
    entity = entity_of(org, query.entity)
    keys = [column(org, entity, path) for path in query.group]
    groups: dict[tuple[Any, ...], list[Body]] = {}
    for row in rows:
        groups.setdefault(tuple(folded(field, get(row)) for get, field in keys), []).append(row)
    found = []
    for members in groups.values() if query.group else [rows]:
        body: Body = {"attributes": {"type": "AggregateResult"}}
        unnamed = 0
        for item in query.columns:
            if isinstance(item, Aggregate):
                body[item.alias or f"expr{unnamed}"] = folded_over(org, entity, item, members)
                unnamed += not item.alias
            elif isinstance(item, str) and item.lower() in {path.lower() for path in query.group}:
                body[item.rpartition(".")[2]] = column(org, entity, item)[0](members[0])
            else:
                raise malformed("Field must be grouped or aggregated: " + str(item))
        found.append(body)
    return found


def folded_over(org: Org, entity: str, item: Aggregate, rows: list[Body]) -> Any:
    if not item.path:
        return len(rows)
    get, field = column(org, entity, item.path)
    values = [value for value in map(get, rows) if value is not None]
    if item.function in {"count", "count_distinct"}:
        return len(values) if item.function == "count" else len({folded(field, value) for value in values})
    if not values:
        return None
    return FUNCTIONS[item.function](values)
