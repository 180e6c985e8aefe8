"""QuickBooks Online has no call that describes its objects: the facts stand here. Records, flat and nested."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.engine.connector import FieldSchema, ObjectSchema, Record, Values

CUSTOM_LENGTH = 31  # characters a custom field's value may have


def _text(name: str, label: str, length: int, kind: str = "text", *, required: bool = False) -> FieldSchema:
    return FieldSchema(name=name, label=label, type=kind, length=length, required=required)


def _plain(name: str, label: str, kind: str, *, can_write: bool = True) -> FieldSchema:
    return FieldSchema(name=name, label=label, type=kind, createable=can_write, updateable=can_write)


def _address(prefix: str, label: str) -> tuple[FieldSchema, ...]:
    return (
        *(_text(f"{prefix}.Line{number}", f"{label} line {number}", 500) for number in range(1, 6)),
        _text(f"{prefix}.City", f"{label} city", 255),
        _text(f"{prefix}.CountrySubDivisionCode", f"{label} state", 255),
        _text(f"{prefix}.PostalCode", f"{label} postal code", 30),
        _text(f"{prefix}.Country", f"{label} country", 255),
    )


CUSTOMER = (
    _plain("Id", "Id", "id", can_write=False),
    _text("DisplayName", "Display name", 100, required=True),
    _text("CompanyName", "Company name", 100),
    _text("Title", "Title", 16),
    _text("GivenName", "First name", 100),
    _text("MiddleName", "Middle name", 100),
    _text("FamilyName", "Last name", 100),
    _text("Suffix", "Suffix", 16),
    _text("PrintOnCheckName", "Name on cheques", 110),
    _text("PrimaryEmailAddr.Address", "E-mail", 100, "email"),
    _text("PrimaryPhone.FreeFormNumber", "Phone", 30, "phone"),
    _text("AlternatePhone.FreeFormNumber", "Other phone", 30, "phone"),
    _text("Mobile.FreeFormNumber", "Mobile", 30, "phone"),
    _text("Fax.FreeFormNumber", "Fax", 30, "phone"),
    _text("WebAddr.URI", "Website", 1000, "url"),
    *_address("BillAddr", "Billing"),
    *_address("ShipAddr", "Shipping"),
    _text("Notes", "Notes", 2000, "long_text"),
    _text("ResaleNum", "Resale number", 16),
    _plain("Taxable", "Taxable", "boolean"),
    _plain("Job", "Is a job", "boolean"),
    _plain("BillWithParent", "Bill with parent", "boolean"),
    _plain("ParentRef.value", "Parent customer", "reference"),
    _plain("SalesTermRef.value", "Terms", "reference"),
    _plain("PaymentMethodRef.value", "Payment method", "reference"),
    FieldSchema(name="CurrencyRef.value", label="Currency", type="reference", updateable=False),
    _plain("Active", "Active", "boolean"),
    _plain("Balance", "Balance", "currency", can_write=False),
    _plain("FullyQualifiedName", "Full name", "text", can_write=False),
    _plain("MetaData.CreateTime", "Created at", "datetime", can_write=False),
    _plain("MetaData.LastUpdatedTime", "Changed at", "datetime", can_write=False),
)
OBJECTS: dict[str, tuple[str, tuple[FieldSchema, ...]]] = {"Customer": ("Customer", CUSTOMER)}


def schema_of(name: str, *, custom: Iterable[str], may_read: bool) -> ObjectSchema:
    """An object with the company's own custom fields. Writing rights show only when something is written."""
    label, fields = OBJECTS[name]
    own = tuple(
        FieldSchema(name=entry, label=entry, type="text", length=CUSTOM_LENGTH, custom=True) for entry in custom
    )
    rights = {"read": may_read, "create": None, "update": None, "remove": None}
    return ObjectSchema(name=name, label=label, fields=(*fields, *own), rights=rights)


def flat(body: Mapping[str, Any]) -> Record:
    """An entity as it comes → a record: nested names with dots, custom fields under their own names."""
    values: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, Mapping):
            values |= {f"{name}.{inner}": entry for inner, entry in value.items() if not isinstance(entry, Mapping)}
        elif name == "CustomField":
            values |= {entry["Name"]: entry.get("StringValue") for entry in value if entry.get("Name")}
        elif not isinstance(value, list):
            values[name] = value
    changed = _utc(values.get("MetaData.LastUpdatedTime"))
    return Record(str(body["Id"]), values, modified_at=changed, is_active=bool(body.get("Active", True)))


def _utc(text: str | None) -> str:
    """A time as Intuit writes it, with the Pacific offset → the same moment in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="seconds") if text else ""


def nested(values: Values, *, custom: Mapping[str, str], there: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A record's values → an entity to send. `custom`: a custom field's name → its definition id.

    What is nested is replaced as a whole by an update, so the parts `there` that are not given are sent again.
    """
    there, body = there or {}, dict[str, Any]()
    for name, given in values.items():
        value = "" if given is None else str(given) if isinstance(given, Decimal) else given
        outer, _, inner = name.partition(".")
        if name in custom:
            entry = {"DefinitionId": custom[name], "Name": name, "Type": "StringType", "StringValue": value}
            body.setdefault("CustomField", _others(there, but=name)).append(entry)
        elif inner:
            body.setdefault(outer, dict(there.get(outer) or {}))[inner] = value
        else:
            body[name] = value
    return body


def _others(there: Mapping[str, Any], *, but: str) -> list[dict[str, Any]]:
    return [dict(entry) for entry in there.get("CustomField") or () if entry.get("Name") != but]
