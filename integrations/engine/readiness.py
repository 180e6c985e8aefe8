"""Data readiness: which records would move as they are, found out before anything is written."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from integrations.engine.connector import ObjectSchema, Record
from integrations.engine.mapping import FieldMapping, apply, as_text, transform

CHARACTERS_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class ReadinessFinding:
    """One thing to put right in one record. `kind`: too_long, colon, duplicate_name, missing_required, missing_parent,
    unknown_country, not_a_date, not_a_number."""

    record: str
    name: str
    field: str
    kind: str
    words: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Readiness:
    """How many of the scanned records would pass as they are, and what stands in the others' way."""

    total: int
    passing: int
    findings: tuple[ReadinessFinding, ...]

    def as_dict(self) -> dict[str, object]:
        """{total, passing, findings: [{record, name, field, kind, words}]}."""
        return {"total": self.total, "passing": self.passing, "findings": [entry.as_dict() for entry in self.findings]}


def normalised(name: str) -> str:
    """A name as the target sees it when it looks for doubles: letters and digits, small, in their order."""
    return re.sub(r"[\W_]+", "", name.casefold())


def scan(
    records: Sequence[Record],
    *,
    mappings: Sequence[FieldMapping],
    target: ObjectSchema,
    name_field: str,
    target_name_field: str,
    parent_field: str = "",
    parent_exists: Callable[[str], bool] = lambda _: True,
) -> Readiness:
    """Look through source records with the mapping they would be moved by. Writes nothing, calls nobody.

    `parent_exists` answers for ids in `parent_field` that are not among the records themselves.
    """
    findings: list[ReadinessFinding] = []
    known = {record.id for record in records}
    for record in records:
        found = [*_values(record, mappings, target), *_name(record, name_field)]
        parent = as_text(record.values.get(parent_field)) if parent_field else ""
        if parent and parent not in known and not parent_exists(parent):
            found.append((parent_field, "missing_parent", "The parent record is not part of the flow."))
        name = as_text(record.values.get(name_field))
        findings += [_finding(record.id, name, *entry) for entry in found]
    findings += _doubles(records, mappings, name_field=name_field, target_name_field=target_name_field)
    stopped = {finding.record for finding in findings}
    return Readiness(len(records), len(records) - len(stopped), tuple(findings))


def _finding(record: str, name: str, field: str, kind: str, words: str) -> ReadinessFinding:
    short = name if len(name) <= CHARACTERS_SHOWN else name[: CHARACTERS_SHOWN - 1] + "…"
    return ReadinessFinding(record=record, name=short, field=field, kind=kind, words=words)


def _name(record: Record, name_field: str) -> Iterable[tuple[str, str, str]]:
    if ":" in as_text(record.values.get(name_field)):
        yield name_field, "colon", "The name has a colon, which would become a dash."


def _values(record: Record, mappings: Sequence[FieldMapping], target: ObjectSchema) -> Iterable[tuple[str, str, str]]:
    applied = apply(mappings, record.values)
    for name in applied.missing:
        source = next(mapping.source for mapping in mappings if mapping.target == name)
        yield source, "missing_required", f"{source} is empty, and {name} must be filled."
    for notice in applied.notices:
        if notice.kind not in ("cut", "strip_colons"):  # counted by length and by name, once each
            source = next(mapping.source for mapping in mappings if mapping.target == notice.field)
            yield source, notice.kind, notice.words
    seen: set[str] = set()
    for mapping in mappings:
        length = _room(mapping, target)
        uncut = len(_before_cut(mapping, record))
        if length is not None and uncut > length and mapping.source not in seen:
            seen.add(mapping.source)
            yield mapping.source, "too_long", f"{uncut} characters; {mapping.target} holds {length}."


def _room(mapping: FieldMapping, target: ObjectSchema) -> int | None:
    field = target.field(mapping.target)
    sizes = [int(step.partition(":")[2]) for step in mapping.transforms if step.startswith("cut:")]
    if field and field.length is not None:
        sizes.append(field.length)
    return min(sizes, default=None)


def _before_cut(mapping: FieldMapping, record: Record) -> str:
    steps = tuple(step for step in mapping.transforms if not step.startswith("cut:"))
    uncut = FieldMapping(source=mapping.source, target=mapping.target, transforms=steps)
    return transform(uncut, record.values.get(mapping.source))[0]


def _doubles(
    records: Sequence[Record], mappings: Sequence[FieldMapping], *, name_field: str, target_name_field: str
) -> Iterable[ReadinessFinding]:
    named = next((mapping for mapping in mappings if mapping.target == target_name_field), None)
    if named is None:
        return
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[normalised(transform(named, record.values.get(named.source))[0])].append(record)
    for key, group in groups.items():
        if key and len(group) > 1:
            for record in group:
                others = ", ".join(other.id for other in group if other is not record)
                name = as_text(record.values.get(name_field))
                yield _finding(record.id, name, name_field, "duplicate_name", f"The same name as {others}.")
