"""Field by field: is what we read back what we meant to write?"""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation

from integrations.engine.connector import ObjectSchema, Values
from integrations.engine.countries import iso3
from integrations.engine.mapping import FieldMapping, as_text, transform

MATCH = "match"
EQUAL_AFTER_NORMALISE = "equal_after_normalise"
TRUNCATED = "truncated"
MISSING = "missing"
MISMATCH = "mismatch"
SKIPPED_READONLY = "skipped_readonly"
GOOD = frozenset({MATCH, EQUAL_AFTER_NORMALISE, SKIPPED_READONLY})


@dataclass(frozen=True, kw_only=True)
class FieldResult:
    """One field of the twin view: the source's value, what was expected in the target, what is there."""

    source: str
    source_value: str
    rule: str
    target: str
    expected: str
    actual: str
    result: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def _number(text: str) -> str:
    try:
        return str(round(Decimal(text.replace(",", "")), 2))
    except InvalidOperation:
        return text.strip()


RULES: dict[str, tuple[str, Callable[[str], str]]] = {
    "exact": ("letter by letter", lambda text: text),
    "trim": ("without spaces at the ends", lambda text: text.strip()),
    "ignore_case": ("capitals don't count", lambda text: text.strip().casefold().rstrip("/")),
    "number": ("as a number with two decimals", _number),
    "digits": ("digits only, as phone numbers are", lambda text: re.sub(r"\D", "", text)),
    "date": ("the day only", lambda text: text.strip()[:10]),
    "country": ("the same country, however written", lambda text: iso3(text) or text.strip().casefold()),
}


def compared(expected: object, actual: object, *, rule: str) -> str:
    """The result for two values under a rule (a key of RULES; KeyError otherwise)."""
    wanted, found = as_text(expected), as_text(actual)
    normalise = RULES[rule][1]
    if wanted == found:
        return MATCH
    if wanted and not found:
        return MISSING
    if normalise(wanted) == normalise(found):
        return EQUAL_AFTER_NORMALISE
    if found.strip() and normalise(wanted).startswith(normalise(found)):
        return TRUNCATED
    return MISMATCH


def compare(
    mappings: Iterable[FieldMapping], *, source: Values, target: Values, schema: ObjectSchema
) -> list[FieldResult]:
    """Every mapped field of a pair of records. Fields the target's schema can't take are skipped, not judged."""
    results = []
    for mapping in mappings:
        expected, _ = transform(mapping, source.get(mapping.source))
        actual = as_text(target.get(mapping.target))
        known = schema.field(mapping.target)
        writable = known is not None and known.createable
        result = compared(expected, actual, rule=mapping.compare) if writable else SKIPPED_READONLY
        results.append(
            FieldResult(
                source=mapping.source,
                source_value=as_text(source.get(mapping.source)),
                rule=mapping.compare,
                target=mapping.target,
                expected=expected,
                actual=actual,
                result=result,
            )
        )
    return results


def passed(results: Iterable[FieldResult]) -> bool:
    """Whether every field is as meant."""
    return all(entry.result in GOOD for entry in results)
