"""Checks one value against its field, as Salesforce does on every write, and puts it into the stored form."""

import math
import re
from datetime import UTC, date, datetime
from typing import Any

from integrations.sandbox.salesforce import ids
from integrations.sandbox.salesforce.errors import SalesforceError
from integrations.sandbox.salesforce.fields import NUMERIC, TEXTUAL, Field
from integrations.sandbox.salesforce.org import Org, stamp

EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")


def accepted(org: Org, entity: str, field: Field, value: Any) -> Any:
    """The value as the row keeps it; raises SalesforceError with the vendor's code when it doesn't fit."""
    if value is None or (value == "" and field.type != "boolean"):
        if field.type == "boolean":
            raise SalesforceError(
                "INVALID_TYPE_ON_FIELD_IN_RECORD",
                f"{field.label}: value not of required type: null",
                fields=[field.name],
            )
        return None
    if field.type in TEXTUAL:
        return _text(field, value)
    if field.type in NUMERIC:
        return _number(field, value)
    if field.type == "reference":
        return _reference(org, entity, field, value)
    return {"boolean": _boolean, "date": _date, "datetime": _datetime}[field.type](field, value)


def _text(field: Field, value: Any) -> str | None:
    if isinstance(value, bool | int | float):
        value = str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str):
        raise _unreadable(field, value, "xsd:string")
    value = value.strip()
    if field.length and len(value) > field.length:
        raise SalesforceError(
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {value} (max length={field.length})",
            fields=[field.name],
        )
    if field.type == "email" and value and not EMAIL.fullmatch(value):
        raise SalesforceError(
            "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", fields=[field.name]
        )
    if field.restricted and value and value not in field.values:
        raise SalesforceError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.label}: bad value for restricted picklist field: {value}",
            fields=[field.name],
        )
    return value or None


def _number(field: Field, value: Any) -> float | int:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise _unreadable(field, value, "xsd:double") from None
    if isinstance(value, bool) or not math.isfinite(number) or (field.type == "int" and number != int(number)):
        raise _unreadable(field, value, "xsd:int" if field.type == "int" else "xsd:double")
    if abs(number) >= 10 ** (field.precision - field.scale):
        raise SalesforceError(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {value}",
            fields=[field.name],
        )
    return int(number) if field.type == "int" else round(number, field.scale)


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise _unreadable(field, value, "xsd:boolean")
    return value


def _date(field: Field, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise _unreadable(field, value, "xsd:date") from None


def _datetime(field: Field, value: Any) -> str:
    moment = moment_of(value)
    if moment is None:
        raise _unreadable(field, value, "xsd:dateTime")
    return stamp(moment)


def moment_of(value: Any) -> datetime | None:
    """A time as written in JSON or a query; without an offset it isn't one."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _reference(org: Org, entity: str, field: Field, value: Any) -> str:
    whole = ids.canonical(value)
    targets = [name for name in field.refers_to if whole and whole.startswith(org.sobject(name).prefix)]
    if whole is None or not targets:
        raise SalesforceError(
            "MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", fields=[field.name]
        )
    row = org.row(targets[0], whole)
    if row is None:
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=[field.name])
    if row["IsDeleted"]:
        raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", fields=[field.name])
    return whole


def _unreadable(field: Field, value: Any, wanted: str) -> SalesforceError:
    return SalesforceError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {wanted.partition(':')[2]} from VALUE_STRING value {value} "
        f"or request may be missing a required field at [line:1, column:1] ({field.name})",
    )
