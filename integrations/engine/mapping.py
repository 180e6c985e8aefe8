"""Field mappings: a closed set of transformations, their validation against two schemas, their use on a record."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.engine.connector import FieldSchema, ObjectSchema, Values
from integrations.engine.countries import iso3

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Notice:
    """Something a transformation did that a person may want to know. `kind` is stable, `words` are for people."""

    field: str
    kind: str
    words: str

    def as_dict(self) -> dict[str, str]:
        return {"field": self.field, "kind": self.kind, "words": self.words}


@dataclass(frozen=True)
class Finding:
    """What is wrong with a mapping: `severity` error (can't run) or warning (runs, may lose something)."""

    severity: str
    field: str
    kind: str
    words: str

    def as_dict(self) -> dict[str, str]:
        return {"severity": self.severity, "field": self.field, "kind": self.kind, "words": self.words}


@dataclass(frozen=True, kw_only=True)
class FieldMapping:
    """One source field to one target field; transformations run left to right, each `name` or `name:argument`."""

    source: str
    target: str
    transforms: tuple[str, ...] = ()
    required: bool = False
    compare: str = "trim"
    if_present: bool = False

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "FieldMapping":
        """A mapping as it is stored; keys it does not know are left alone."""
        return cls(
            source=stored["source"],
            target=stored["target"],
            transforms=tuple(stored.get("transforms", ())),
            required=bool(stored.get("required")),
            compare=stored.get("compare", "trim"),
            if_present=bool(stored.get("if_present")),
        )


# --- The closed set ------------------------------------------------------------------------------------------------


class Unsuitable(Exception):
    """A value that a transformation can't work on: a kind and words."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words


@dataclass(frozen=True)
class Transformation:
    """One named transformation. `takes` says what its argument is ("" = none)."""

    name: str
    words: str
    run: Callable[[str, str], str]
    takes: str = ""
    notice: str = ""


def _https_url(text: str, _: str) -> str:
    bare = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", "", text)
    return f"https://{bare}" if bare else ""


def _country(text: str, _: str) -> str:
    code = iso3(text) if text else ""
    if code is None:
        raise Unsuitable("unknown_country", f"We don't know the country “{text}”: it is passed on as it is.")
    return code


def _date(text: str, _: str) -> str:
    try:
        return text and datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)).date().isoformat()
    except ValueError as error:
        raise Unsuitable("not_a_date", f"“{text}” is not a date.") from error


def _number(text: str, places: str) -> str:
    try:
        return text and str(round(Decimal(text.replace(",", "")), int(places)))
    except InvalidOperation as error:
        raise Unsuitable("not_a_number", f"“{text}” is not a number.") from error


TRANSFORMATIONS: dict[str, Transformation] = {
    entry.name: entry
    for entry in (
        Transformation("trim", "without spaces at both ends", lambda text, _: text.strip()),
        Transformation("single_spaces", "one space where several are", lambda text, _: re.sub(r"\s+", " ", text)),
        Transformation(
            "strip_colons",
            "a colon becomes a dash",
            lambda text, _: re.sub(r"\s*:\s*", " - ", text).strip(),
            notice="The colon became a dash.",
        ),
        Transformation(
            "cut",
            "cut to so many characters",
            lambda text, size: text[: int(size)].rstrip() if len(text) > int(size) else text,
            takes="length",
            notice="Cut to {argument} characters.",
        ),
        Transformation("one_line", "lines joined by commas", lambda text, _: ", ".join(text.splitlines())),
        Transformation("upper", "in capitals", lambda text, _: text.upper()),
        Transformation("lower", "in small letters", lambda text, _: text.lower()),
        Transformation("digits", "digits only", lambda text, _: re.sub(r"\D", "", text)),
        Transformation("https_url", "an address beginning with https://", _https_url),
        Transformation("country_iso3", "the country's three-letter code", _country),
        Transformation("date", "the day without the time", _date),
        Transformation("number", "a number with so many decimals", _number, takes="decimals"),
        Transformation("constant", "always this value", lambda _, value: value, takes="text"),
        Transformation("default", "this value when empty", lambda text, value: text or value, takes="text"),
    )
}


def parsed(transform: str) -> tuple[Transformation, str]:
    """`cut:100` → the transformation and its argument; ValueError for an unknown name or a wrong argument."""
    name, _, argument = transform.partition(":")
    known = TRANSFORMATIONS.get(name)
    if known is None or bool(argument) != bool(known.takes):
        raise ValueError(transform)
    if known.takes in ("length", "decimals") and not re.fullmatch(r"\d{1,4}", argument):
        raise ValueError(transform)
    return known, argument


def as_text(value: object) -> str:
    """A record's value as text: None is empty, truth is true/false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# --- Applying --------------------------------------------------------------------------------------------------------


@dataclass
class Applied:
    """A record in the target's fields, and what happened on the way. `missing` lists required targets left empty."""

    values: dict[str, str] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def transform(mapping: FieldMapping, value: object) -> tuple[str, list[Notice]]:
    """One value through one mapping's transformations, with notices of what was changed visibly."""
    text, notices = as_text(value), []
    for step in mapping.transforms:
        known, argument = parsed(step)
        try:
            changed = known.run(text, argument)
        except Unsuitable as unsuitable:
            notices.append(Notice(mapping.target, unsuitable.kind, unsuitable.words))
            continue
        if known.notice and changed != text:
            notices.append(Notice(mapping.target, known.name, known.notice.format(argument=argument)))
        text = changed
    return text, notices


def apply(mappings: Iterable[FieldMapping], record: Values) -> Applied:
    """A flat source record as the target's values. Empty values are left out: an update never empties a field by itself."""
    applied = Applied()
    for mapping in mappings:
        text, notices = transform(mapping, record.get(mapping.source))
        applied.notices += notices
        if text:
            applied.values[mapping.target] = text
        elif mapping.required:
            applied.missing.append(mapping.target)
    return applied


def usable(mappings: Iterable[FieldMapping], target: ObjectSchema) -> list[FieldMapping]:
    """The mappings without those marked `if_present` whose target field is not there."""
    return [mapping for mapping in mappings if not mapping.if_present or target.field(mapping.target)]


# --- Validating ------------------------------------------------------------------------------------------------------

_TEXTUAL = {"text", "long_text", "email", "phone", "url", "id", "reference", "picklist", "other"}
# Target type → what it takes without help, and which transformations make anything fit.
_TAKES: dict[str, tuple[set[str], set[str]]] = {
    "number": ({"number", "currency"}, {"number", "digits"}),
    "currency": ({"number", "currency"}, {"number"}),
    "date": ({"date"}, {"date"}),
    "datetime": ({"datetime", "date"}, set()),
    "boolean": ({"boolean"}, set()),
}


def validate(mappings: Iterable[FieldMapping], source: ObjectSchema, target: ObjectSchema) -> list[Finding]:
    """Everything wrong with a mapping against two live schemas; no finding of severity error means it can run."""
    mappings = list(mappings)
    findings = [finding for mapping in mappings for finding in _of_one(mapping, source, target)]
    mapped = [mapping.target for mapping in mappings]
    findings += [
        Finding(ERROR, name, "mapped_twice", f"{name} is filled by two mappings: leave one.")
        for name in sorted({name for name in mapped if mapped.count(name) > 1})
    ]
    findings += [
        Finding(ERROR, entry.name, "required_unmapped", f"{entry.label or entry.name} must be filled.")
        for entry in target.fields
        if entry.required and entry.createable and entry.name not in mapped
    ]
    return findings


def _of_one(mapping: FieldMapping, source: ObjectSchema, target: ObjectSchema) -> Iterable[Finding]:
    chain, name = [], mapping.target
    for step in mapping.transforms:
        try:
            chain.append(parsed(step))
        except ValueError:
            yield Finding(ERROR, name, "unknown_transform", f"There is no transformation “{step}”.")
            return
    source_field, target_field = source.field(mapping.source), target.field(name)
    is_constant = any(known.name == "constant" for known, _ in chain)
    if source_field is None and not is_constant:
        yield Finding(
            ERROR, name, "unknown_source", f"{source.label} has no field {mapping.source}, or the user can't see it."
        )
    if target_field is None and mapping.if_present:
        yield Finding(WARNING, name, "left_out", f"{target.label} has no field {name}: it is left out.")
    elif target_field is None:
        yield Finding(ERROR, name, "unknown_target", f"{target.label} has no field {name}, or the user can't see it.")
    else:
        yield from _of_target(mapping, chain, source_field, target_field)


def _of_target(
    mapping: FieldMapping,
    chain: list[tuple[Transformation, str]],
    source: FieldSchema | None,
    target: FieldSchema,
) -> Iterable[Finding]:
    name, used = target.name, {known.name for known, _ in chain}
    if not target.createable:
        yield Finding(ERROR, name, "read_only", f"{target.label or name} can't be written.")
    if source is None:
        return
    takes, helped_by = _TAKES.get(target.type, (_TEXTUAL, set()))
    if target.type in _TAKES and source.type not in takes and not used & (helped_by | {"constant"}):
        words = f"{source.name} is {source.type}, {name} takes {target.type}."
        yield Finding(ERROR, name, "type", words)
    yield from _of_length(name, chain, source, target)
    if target.type == "picklist" and target.picklist and set(source.picklist) - set(target.picklist):
        lost = ", ".join(sorted(set(source.picklist) - set(target.picklist)))
        yield Finding(WARNING, name, "picklist", f"{name} does not know: {lost}.")


def _of_length(
    name: str, chain: list[tuple[Transformation, str]], source: FieldSchema, target: FieldSchema
) -> Iterable[Finding]:
    if target.length is None:
        return
    cuts = [int(argument) for known, argument in chain if known.name == "cut"]
    if cuts and min(cuts) > target.length:
        yield Finding(ERROR, name, "cut_too_long", f"Cut at {min(cuts)}, but {name} holds {target.length}.")
    elif not cuts and source.type in _TEXTUAL and (source.length or 0) > target.length:
        words = f"{source.name} holds {source.length} characters, {name} only {target.length}: add a cut."
        yield Finding(WARNING, name, "length", words)
