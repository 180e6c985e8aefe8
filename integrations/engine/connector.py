"""What a connector offers. The engine speaks to other systems through this and nothing else, so it never names a vendor.

Records are flat: a name to a JSON value; a nested field is written with dots (`BillAddr.City`). An absent field and an
empty one are the same thing. Every method raises engine.errors.Failure and nothing else of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from integrations.addresses import Rules

Values = Mapping[str, Any]
READ, CREATE, UPDATE, REMOVE = "read", "create", "update", "remove"


class TokenStore(Protocol):
    """Where one connection's credentials live."""

    def current(self) -> dict[str, Any]:
        """The credentials as last saved."""
        ...

    def renewed(self, renew: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Single flight: lock, read again, save and return renew(what was read).

        `renew` gives back what it was given when another flight has already renewed it.
        """
        ...


@dataclass(frozen=True)
class Identity:
    """Which company or organisation answers."""

    id: str
    name: str
    is_sandbox: bool
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FieldSchema:
    """One field. `type` is one of TYPES; `length` in characters, None when unlimited or not text."""

    name: str
    label: str = ""
    type: str = "text"
    length: int | None = None
    required: bool = False
    createable: bool = True
    updateable: bool = True
    custom: bool = False
    unique: bool = False
    external_id: bool = False
    picklist: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()


TYPES = (
    "text", "long_text", "email", "phone", "url", "id", "reference", "picklist", "boolean", "number", "currency",
    "date", "datetime", "other",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ObjectSchema:
    """One object as this connection sees it: hidden fields are not in it. `rights`: None = only trying tells."""

    name: str
    label: str
    fields: tuple[FieldSchema, ...]
    rights: Mapping[str, bool | None]

    def field(self, name: str) -> FieldSchema | None:
        """The field of this name, or None."""
        return next((entry for entry in self.fields if entry.name == name), None)

    def as_dict(self) -> dict[str, Any]:
        """JSON values, for an editor: name, label, rights, fields."""
        fields = [
            {
                "name": entry.name,
                "label": entry.label,
                "type": entry.type,
                "length": entry.length,
                "required": entry.required,
                "createable": entry.createable,
                "updateable": entry.updateable,
                "custom": entry.custom,
                "picklist": list(entry.picklist),
            }
            for entry in self.fields
        ]
        return {"name": self.name, "label": self.label, "rights": dict(self.rights), "fields": fields}


@dataclass(frozen=True)
class Record:
    """One record, flat. `modified_at` in UTC, ISO 8601; `is_active` False for records put out of use."""

    id: str
    values: Values
    modified_at: str = ""
    is_active: bool = True


@dataclass(frozen=True)
class Page:
    """A stretch of records, oldest change first; `cursor` goes on after the last of them."""

    records: Sequence[Record]
    cursor: str
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class FieldWish:
    """A custom field that must exist. `type` is one of TYPES or checkbox."""

    object: str
    name: str
    label: str
    type: str = "text"
    length: int | None = None
    unique: bool = False
    external_id: bool = False
    values: tuple[str, ...] = ()
    help_text: str = ""
    is_optional: bool = False


@dataclass(frozen=True)
class FieldOutcome:
    """What ensure_field did: `state` is exists, created, differs or not_possible, with words for a person."""

    state: str
    words: str


class Connector(Protocol):
    """One connection to one system."""

    system: str
    rules: Rules

    def endpoint(self) -> tuple[str, int]:
        """Host and port of the API, without calling anybody."""
        ...

    def sign_in(self) -> None:
        """Make sure a working token is there: renews it when it is old, and tries it."""
        ...

    def identify(self) -> Identity:
        """Which company or organisation is this?"""
        ...

    def describe(self, name: str) -> ObjectSchema:
        """Fields, types, lengths and rights of one object."""
        ...

    def find(self, name: str, *, where: Values, limit: int = 100) -> list[Record]:
        """Active records whose fields equal all of `where`."""
        ...

    def read(self, name: str, record_id: str) -> Record:
        """One record; Failure not_found."""
        ...

    def create(self, name: str, values: Values, *, key: str) -> str:
        """Make a record, once per idempotency key where the vendor knows such a thing; returns its id."""
        ...

    def update(self, name: str, record_id: str, values: Values) -> None:
        """Change the fields given, and no others; None empties a field."""
        ...

    def upsert(self, name: str, *, by: str, value: str, values: Values) -> tuple[str, bool]:
        """Create or change the one record whose unique field `by` has this value; returns its id and whether created."""
        ...

    def changed_since(self, name: str, *, cursor: str | None, limit: int = 200, fields: Sequence[str] = ()) -> Page:
        """The next active records changed after the cursor; None starts at the beginning of time.

        `fields` names what is needed; empty means everything.
        """
        ...

    def count(self, name: str) -> int:
        """How many active records there are."""
        ...

    def remove(self, name: str, record_id: str) -> None:
        """Delete the record, or put it out of use where the vendor never deletes; fine when it is gone already."""
        ...

    def ensure_field(self, wish: FieldWish) -> FieldOutcome:
        """Make a custom field exist and visible; never changes one that is there."""
        ...
