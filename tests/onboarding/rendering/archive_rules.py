"""What PDF/A-3a and PDF/UA-1 ask of a file and a program can see: both tables of rules over one file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from tests.onboarding.rendering import pdfa_clauses, ua_conditions


def broken(content: bytes) -> list[str]:
    """Every rule this file breaks, by its number; an empty list is a file as archives and readers aloud want it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [*pdfa_clauses.broken(pdf, content), *ua_conditions.broken(pdf)]


def is_a(one: Any, kind: str) -> bool:
    """True for a dictionary of this type."""
    return isinstance(one, pikepdf.Dictionary) and one.get("/Type") == kind


def elements(node: Any) -> Iterator[Any]:
    """The elements of a structure tree in reading order."""
    if not isinstance(node, pikepdf.Dictionary):
        return
    if "/S" in node:
        yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        yield from elements(kid)
