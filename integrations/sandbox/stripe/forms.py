"""Stripe's form encoding: `line_items[0][price_data][currency]=usd`, read into nested objects and checked strictly."""

import re
from collections.abc import Iterable
from typing import Any

from integrations.sandbox.state import Body
from integrations.sandbox.stripe.errors import StripeError, missing, unknown_parameter, wrong

NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
PART = re.compile(r"\[([^\[\]]*)\]")


def read(pairs: Iterable[tuple[str, str]]) -> Body:
    """The pairs as nested objects; what is numbered from 0, or has empty brackets, becomes a list."""
    tree: Body = {}
    for name, value in pairs:
        match = NAME.match(name)
        if match is None:
            raise StripeError(f"Invalid parameter name: {name}", param=name)
        put(tree, [match[1], *PART.findall(match[2])], value, name)
    return {key: as_lists(value) for key, value in tree.items()}


def put(tree: Body, path: list[str], value: str, name: str) -> None:
    first, *rest = path
    key = first or str(len(tree))
    if not rest:
        tree[key] = value
        return
    inside = tree.setdefault(key, {})
    if not isinstance(inside, dict):
        raise StripeError(f"Invalid object: {name}", param=name)
    put(inside, rest, value, name)


def as_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {key: as_lists(one) for key, one in value.items()}
    if inside and set(inside) == {str(number) for number in range(len(inside))}:
        return [inside[str(number)] for number in range(len(inside))]
    return inside


def only(given: Any, known: Iterable[str], where: str = "") -> Body:
    """The object with no key but the known ones."""
    if not isinstance(given, dict):
        raise wrong(where, "Invalid object")
    for name in given:
        if name not in known:
            raise unknown_parameter(f"{where}[{name}]" if where else name)
    return given


def needed(given: Body, name: str, where: str = "") -> Any:
    value = given.get(name)
    if value in (None, "", {}, []):
        raise missing(f"{where}[{name}]" if where else name)
    return value


def whole(value: Any, name: str) -> int:
    """A whole number as Stripe takes it."""
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,18}", value):
        raise wrong(name, f"Invalid integer: {value}", "parameter_invalid_integer")
    return int(value)


def metadata(value: Any) -> dict[str, str]:
    """At most 50 keys of 40 characters, values of 500."""
    given = value if isinstance(value, dict) else {}
    if value not in (None, "") and not given:
        raise wrong("metadata", "Invalid object")
    if len(given) > 50:
        raise wrong("metadata", "You can have up to 50 metadata keys.")
    for name, text in given.items():
        if len(name) > 40:
            raise wrong("metadata", f"Metadata keys can have up to 40 characters; {name[:20]}… is longer.")
        if not isinstance(text, str) or len(text) > 500:
            raise wrong(f"metadata[{name}]", "Metadata values can have up to 500 characters.")
    return given
