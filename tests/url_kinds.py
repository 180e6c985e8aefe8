"""What a sample of a route is made of: what kind of page it is, and what fills its address or its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from onboarding.models import (
    Document,
    PartialUpload,
    Payment,
)
from tests.journey.cast import Cast

Builder = Callable[[Cast], dict[str, Any]]


class Kind(Enum):
    """Who may see what is behind a route, and how it answers the others."""

    OPEN = auto()  # everybody, signed in or not
    ACCOUNT = auto()  # whoever is signed in, about themselves
    MINE = auto()  # a page of the viewer's company
    ACT = auto()  # a button of the viewer's company: POST only
    STAFF = auto()  # InterWeave's people; nobody else learns that it is there
    API = auto()  # a program with a token
    BACK_OFFICE = auto()  # superusers


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`kwargs` fill the address; `is_owned` when they name something that belongs to one company.

    `data` is what a form of the page sends: good enough to be taken from somebody who may. `statuses` are the answers
    to a viewer of the company, where it is not 200.
    """

    kind: Kind
    kwargs: Builder = field(default=lambda cast: {})
    is_owned: bool = False
    data: Builder | None = None
    statuses: frozenset[int] = frozenset({200})
    method: str = "get"
    headers: dict[str, str] = field(default_factory=dict)


def mine(*statuses: int, data: Builder | None = None, **values: Any) -> Sample:
    """A page of the company; `values` that are functions ask the cast and name something owned."""
    is_owned = any(callable(value) for value in values.values())
    return Sample(
        kind=Kind.MINE, kwargs=as_filled(values), is_owned=is_owned, data=data, statuses=frozenset(statuses or {200})
    )


def act(data: dict[str, Any] | None = None, *statuses: int, **values: Any) -> Sample:
    is_owned = any(callable(value) for value in values.values())
    return Sample(
        kind=Kind.ACT, kwargs=as_filled(values), is_owned=is_owned, data=lambda cast: data or {},
        statuses=frozenset(statuses or {403}), method="post",
    )  # fmt: skip


def staff(method: str = "get", **values: Any) -> Sample:
    return Sample(kind=Kind.STAFF, kwargs=as_filled({"reference": reference} | values), is_owned=True, method=method)


def api(
    method: str = "get", data: Builder | None = None, headers: dict[str, str] | None = None, **values: Any
) -> Sample:
    return Sample(
        kind=Kind.API, kwargs=as_filled({"reference": reference} | values), is_owned=True, method=method, data=data,
        headers=headers or {},
    )  # fmt: skip


def as_filled(values: dict[str, Any]) -> Builder:
    return lambda cast: {name: value(cast) if callable(value) else value for name, value in values.items()}


def reference(cast: Cast) -> str:
    return str(cast.engagement.reference)


def first(name: str, **where: Any) -> Callable[[Cast], int]:
    """The id of the engagement's first row of a related name."""
    return lambda cast: getattr(cast.engagement, name).filter(**where).order_by("pk")[0].pk


def reviewed(cast: Cast) -> int:
    """The meeting that was recorded."""
    return cast.engagement.meetings.get(kind="requirements_review").pk


def number(name: str) -> Callable[[Cast], int]:
    """The number of the engagement's first row of a related name, as no other company has it."""
    return lambda cast: getattr(cast.engagement, name).order_by("pk")[0].number


def id_of(model: Any) -> Callable[[Cast], int]:
    """The id of the company's first row of a model."""
    return lambda cast: model.objects.filter(company=cast.company).order_by("pk")[0].pk


def payment(cast: Cast) -> int:
    return Payment.objects.filter(company=cast.company, state=Payment.State.CONFIRMED).order_by("pk")[0].pk


def uuid(cast: Cast) -> Any:
    return Document.objects.filter(engagement=cast.engagement, kind="customer_document")[0].uuid


def statement(cast: Cast) -> Any:
    return Document.objects.filter(engagement=cast.engagement, kind="statement")[0].uuid


def upload(cast: Cast) -> Any:
    return PartialUpload.objects.filter(company=cast.company)[0].uuid


def as_file(cast: Cast) -> dict[str, Any]:
    return {"files": SimpleUploadedFile("price-list.csv", b"item,price\nA,1\n")}


def filled_document(cast: Cast) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("filled.pdf", b"%PDF-1.4\n%%EOF\n")}


def signed(cast: Cast) -> dict[str, Any]:
    return {
        "typed_name": "Vera Viewer",
        "title": "Reader",
        "consent": "on",
        "consent_sha256": "0" * 64,
        "seen_sha256": "0" * 64,
    }


OPEN, ACCOUNT = Sample(kind=Kind.OPEN), Sample(kind=Kind.ACCOUNT)
REASON = {"reason": "It is no longer true."}
