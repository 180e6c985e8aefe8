"""What criteria look up: standing questions, each put to the database once within one look at an engagement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, TypeVar, cast

from onboarding.standing import Standing

L = TypeVar("L", bound=Callable[..., Any])
_seen: ContextVar[dict[Any, Any] | None] = ContextVar("seen", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Inside the block nothing changes, so every lookup is answered once; a look within a look is part of it."""
    if _seen.get() is not None:
        yield
        return
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def once(lookup: L) -> L:
    """Let a lookup remember its answer while a look lasts; outside of one it asks every time."""

    @wraps(lookup)
    def answer(subject: Any, *args: Any) -> Any:
        seen = _seen.get()
        if seen is None:
            return lookup(subject, *args)
        question = (lookup, subject.pk, args)
        if question not in seen:
            seen[question] = lookup(subject, *args)
        return seen[question]

    return cast("L", answer)


def rows(query: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """A lookup of rows: `query(subject)` must depend on nothing but the subject's id."""

    @once
    @wraps(query)
    def answer(subject: Any) -> list[Any]:
        return _standing(query, subject._meta.model)(subject.pk, of=subject)

    return answer


def row(query: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A lookup of one row, the first of `query(subject)`, or None."""
    found = rows(query)

    @wraps(query)
    def answer(subject: Any) -> Any:
        return next(iter(found(subject)), None)

    return answer


@cache
def _standing(query: Callable[[Any], Any], model: type[Any]) -> Standing:
    return Standing(lambda pk: query(model(pk=pk)))


@rows
def _meetings(engagement: Any) -> Any:
    return engagement.meetings.select_related("record").filter(cancelled_at=None)


def held_meetings(engagement: Any, kind: str) -> list[Any]:
    """The meetings of this kind that took place, by their start."""
    return [meeting for meeting in _meetings(engagement) if meeting.kind == kind and meeting.held_at]


def is_booked(engagement: Any, kind: str) -> bool:
    """True while a meeting of this kind is ahead."""
    return any(meeting.kind == kind and not meeting.held_at for meeting in _meetings(engagement))


@row
def signoff_in_force(engagement: Any) -> Any:
    """The customer's sign-off of the list of requirements as it stands, or None."""
    return engagement.requirements_signoffs.filter(superseded_at=None).order_by("-id")[:1]
