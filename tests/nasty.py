"""What no form should be sent: for each form a few posts, every typed field at once, every chosen one by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.found_forms import Field, Form

Pairs = list[tuple[str, bytes]]

# As a browser sends it; that nothing is taken without it is a test of its own.
TOKEN = ("csrfmiddlewaretoken", b"the page's")
LONG = b"x" * 30_000
ODD = "a\x00b\x07\x1b[31m\r\nBcc: x@example.org <script>alert(1)</script>{{ 7*7 }} \u202egnp.exe 😀🏴‍☠️".encode()
# By kind of field; the n-th of each are sent together.
TYPED = {
    "text": (LONG, ODD, b"a\xed\xa0\x80\xff\xfeb", "  \u200b".encode()),
    "date": (LONG, b"2026-13-45", b"9999-12-31", b"0001-01-01"),
    "datetime-local": (LONG, b"2026-13-45T99:99", b"9999-12-31T23:59", b"0001-01-01T00:00"),
    "number": (b"9" * 40, b"1e400", b"NaN", b"-0.0000000001"),
}
OFFERED = {"not offered": b"no-such-choice"}
REMEMBERED = {"too many digits": b"9" * 40, "a raised two": "²".encode()}
EXTRA = ("engagement_id", "engagement", "by", "at", "company_id", "company", "state", "is_internal", "id", "pk")


def pairs(values: dict[str, list[str]]) -> Pairs:
    """What a browser sends for these values."""
    return [TOKEN, *((name, value.encode()) for name, given in values.items() for value in given)]


def attacks(form: Form) -> Iterator[tuple[str, Pairs]]:
    """What the form is sent, each with a name."""
    filled = form.filled()
    yield "nothing", pairs({"act": filled["act"]} if "act" in filled else {})
    yield "twice and more", [*pairs(filled), *pairs(filled)[1:], *((name, b"7") for name in EXTRA)]
    typed = {name: field for name, field in form.fields.items() if field.is_written}
    others = pairs({name: values for name, values in filled.items() if name not in typed})
    for number in range(4) if typed else ():
        yield f"typed {number}", [*others, *((name, _value(field, number)) for name, field in typed.items())]
    yield from _chosen(form, filled)


def _value(field: Field, number: int) -> bytes:
    return TYPED.get(field.kind, TYPED["text"])[number]


def _family(field: Field) -> str:
    """mapping-3-source and mapping-4-source, version-crm and version-finance are fields of one kind."""
    numbered = re.sub(r"\d+", "#", field.name)
    return numbered if "#" in numbered or field.kind != "hidden" else numbered.partition("-")[0]


def _chosen(form: Form, filled: dict[str, list[str]]) -> Iterator[tuple[str, Pairs]]:
    """One field at a time; of a table's many lines one is enough."""
    met = set()
    for field in form.fields.values():
        family = _family(field)
        if field.is_written or field.kind == "file" or field.name == "act" or family in met:
            continue
        met.add(family)
        rest = pairs({name: values for name, values in filled.items() if name != field.name})
        for name, value in (OFFERED if field.options else REMEMBERED).items():
            yield f"{field.name}: {name}", [*rest, (field.name, value)]
