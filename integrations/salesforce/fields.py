"""Salesforce's field types, ours, and the metadata that makes a custom field."""

from collections.abc import Mapping
from typing import Any

from integrations.engine.connector import FieldSchema, FieldWish

TYPES = {
    "string": "text",
    "textarea": "long_text",
    "email": "email",
    "phone": "phone",
    "url": "url",
    "id": "id",
    "reference": "reference",
    "picklist": "picklist",
    "multipicklist": "picklist",
    "combobox": "picklist",
    "boolean": "boolean",
    "int": "number",
    "double": "number",
    "percent": "number",
    "currency": "currency",
    "date": "date",
    "datetime": "datetime",
}
_COUNTED = {"text", "long_text", "email", "phone", "url", "picklist"}
_METADATA = {
    "text": "Text",
    "long_text": "LongTextArea",
    "datetime": "DateTime",
    "date": "Date",
    "checkbox": "Checkbox",
    "number": "Number",
    "currency": "Currency",
    "email": "Email",
    "phone": "Phone",
    "url": "Url",
    "picklist": "Picklist",
}


def schema_of(described: Mapping[str, Any]) -> FieldSchema:
    """One entry of `describe` as the engine reads it."""
    kind = TYPES.get(described["type"], "other")
    has_default = described.get("defaultedOnCreate", False)
    is_required = not described["nillable"] and described["createable"] and not has_default and kind != "boolean"
    picklist = [entry["value"] for entry in described.get("picklistValues") or () if entry.get("active", True)]
    return FieldSchema(
        name=described["name"],
        label=described["label"],
        type=kind,
        length=(described.get("length") or None) if kind in _COUNTED else None,
        required=is_required,
        createable=described["createable"],
        updateable=described["updateable"],
        custom=described["custom"],
        unique=described.get("unique", False),
        external_id=described.get("externalId", False),
        picklist=tuple(picklist),
        refers_to=tuple(described.get("referenceTo") or ()),
    )


def metadata_of(wish: FieldWish) -> dict[str, Any]:
    """The Tooling API's Metadata of a wished field. KeyError for a type Salesforce has no field for."""
    metadata: dict[str, Any] = {
        "label": wish.label,
        "type": _METADATA[wish.type],
        "description": "Made for the InterWeave integration.",
        "inlineHelpText": wish.help_text,
        "required": False,
    }
    if wish.type == "text":
        metadata |= {"length": wish.length or 255, "unique": wish.unique, "externalId": wish.external_id}
    elif wish.type == "long_text":
        metadata |= {"length": wish.length or 32768, "visibleLines": 3}
    elif wish.type in ("number", "currency"):
        metadata |= {"precision": 18, "scale": 2}
    elif wish.type == "checkbox":
        metadata |= {"defaultValue": "false"}
        del metadata["required"]
    elif wish.type == "picklist":
        values = [{"fullName": value, "label": value, "default": False} for value in wish.values]
        metadata |= {"valueSet": {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values}}}
    return metadata
