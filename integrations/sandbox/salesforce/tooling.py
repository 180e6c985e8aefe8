"""The Tooling API, as far as custom fields go: they are made here, and stay unseen until somebody grants them."""

import re
from typing import Any

from integrations.sandbox.salesforce.errors import SalesforceError
from integrations.sandbox.salesforce.fields import Field, reference, text, whole, yes_no
from integrations.sandbox.salesforce.objects import OBJECTS, SObject
from integrations.sandbox.salesforce.org import Org, as_field
from integrations.sandbox.state import Body

CUSTOM_FIELD = SObject(
    "CustomField",
    "Custom Fields",
    "00N",
    (
        text("DeveloperName", "Developer Name", 40),
        text("TableEnumOrId", "Table Enum or Id", 40),
        text("NamespacePrefix", "Namespace Prefix", 15),
        text("FullName", "Full Name"),
        Field("Metadata", "Metadata", "complexvalue"),
    ),
)
ENTITY_DEFINITION = SObject(
    "EntityDefinition",
    "Entity Definitions",
    "4ie",
    (text("QualifiedApiName", "Name", 70), text("DurableId", "Durable ID"), text("Label", "Label", 80)),
)
FIELD_DEFINITION = SObject(
    "FieldDefinition",
    "Field Definitions",
    "4fe",
    (
        reference("EntityDefinitionId", "Entity Definition ID", "EntityDefinition"),
        text("QualifiedApiName", "Name", 70),
        text("DeveloperName", "Developer Name", 70),
        text("DurableId", "Durable ID"),
        text("Label", "Label", 80),
        text("DataType", "Data Type", 800),
        whole("Length", "Length"),
        yes_no("IsNillable", "Nillable"),
    ),
)
KINDS = {
    "Text": "string",
    "LongTextArea": "textarea",
    "TextArea": "textarea",
    "DateTime": "datetime",
    "Date": "date",
    "Checkbox": "boolean",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Picklist": "picklist",
}
LENGTHS = {"Email": 80, "Phone": 40, "Url": 255, "Picklist": 255, "TextArea": 255}
MAY_BE_EXTERNAL = {"Text", "Number", "Email"}


class ToolingOrg(Org):
    """The same org with the Tooling API's objects: schema as rows, whatever the user may see."""

    catalogue = {made.name.lower(): made for made in (CUSTOM_FIELD, ENTITY_DEFINITION, FIELD_DEFINITION)}

    def rows(self, name: str) -> list[Body]:
        if name == "EntityDefinition":
            return [entity_row(made) for made in OBJECTS.values()]
        if name == "FieldDefinition":
            data = Org(self.world, self.id, self.user_id)
            return [field_row(entity, field) for entity in OBJECTS for field in data.every_field(entity)]
        return self.world.store.all("custom_field", self.id) if name == "CustomField" else super().rows(name)

    def row(self, name: str, record_id: str) -> Body | None:
        if name == "CustomField":
            return self.world.store.get("custom_field", self.id, record_id)
        return next((row for row in self.rows(name) if row["Id"] == record_id), None)


def entity_row(made: SObject) -> Body:
    return {
        "Id": made.name,
        "IsDeleted": False,
        "QualifiedApiName": made.name,
        "DurableId": made.name,
        "Label": made.name,
    }


def field_row(entity: str, field: Field) -> Body:
    return {
        "Id": f"{entity}.{field.name}",
        "IsDeleted": False,
        "EntityDefinitionId": entity,
        "QualifiedApiName": field.name,
        "DeveloperName": field.name.removesuffix("__c"),
        "DurableId": f"{entity}.{field.name}",
        "Label": field.label,
        "DataType": f"Text({field.length})" if field.type == "string" else field.type,
        "Length": field.length,
        "IsNillable": not field.required,
    }


def create_field(org: Org, body: Body) -> Body:
    """A custom field from {FullName: "Account.X__c", Metadata: {...}}. Raises SalesforceError."""
    refuse_without_right(org)
    entity, _, name = str(body.get("FullName", "")).partition(".")
    metadata = body.get("Metadata")
    if not isinstance(metadata, dict):
        raise SalesforceError("REQUIRED_FIELD_MISSING", "Required fields are missing: [Metadata]", fields=["Metadata"])
    if entity not in OBJECTS:
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", f"Entity of type '{entity}' named could not be found")
    field = field_from(name, metadata)
    taken = {known.name.lower() for known in Org(org.world, org.id, org.user_id).every_field(entity)}
    developer_name = name.removesuffix("__c")
    if name.lower() in taken:
        raise SalesforceError(
            "DUPLICATE_DEVELOPER_NAME",
            f"There is already a field named {developer_name} on {entity}.",
            fields=["DeveloperName"],
        )
    own = {
        "DeveloperName": developer_name,
        "TableEnumOrId": entity,
        "NamespacePrefix": None,
        "FullName": f"{entity}.{name}",
        "Metadata": metadata,
    }
    row = org.insert("CustomField", own)
    return keep(org, row, entity, field)


def keep(org: Org, row: Body, entity: str, field: Field) -> Body:
    row = row | {"entity": entity, "field": {**vars(field), "values": list(field.values), "refers_to": []}}
    org.world.store.remove("sf:CustomField", org.id, row["Id"])
    org.world.store.put("custom_field", org.id, row["Id"], row)
    org.forget_permissions()
    return row


def change_field(org: Org, row: Body, body: Body) -> Body:
    """New metadata for a custom field; its kind stays."""
    refuse_without_right(org)
    metadata = row["Metadata"] | (body.get("Metadata") or {})
    if metadata["type"] != row["Metadata"]["type"]:
        raise invalid(f"Cannot change type of {row['FullName']} from {row['Metadata']['type']} to {metadata['type']}")
    field = field_from(as_field(row["field"]).name, metadata)
    return keep(org, org.save("CustomField", row | {"Metadata": metadata}), row["entity"], field)


def remove_field(org: Org, row: Body) -> None:
    refuse_without_right(org)
    for granted in [found for found in org.rows("FieldPermissions") if found["Field"] == row["FullName"]]:
        org.world.store.remove("sf:FieldPermissions", org.id, granted["Id"])
    org.world.store.remove("custom_field", org.id, row["Id"])
    org.forget_permissions()


def refuse_without_right(org: Org) -> None:
    if org.is_readonly() or org.world.faults.on("salesforce", org.id, "no_customize"):
        raise SalesforceError(
            "INSUFFICIENT_ACCESS", "You do not have sufficient privileges: Customize Application", status=403
        )


def field_from(name: str, metadata: Body) -> Field:
    """The field that metadata asks for. Raises SalesforceError in the Metadata API's words."""
    if not re.fullmatch(r"[A-Za-z](?:_?[A-Za-z0-9])*__c", name) or len(name) > 43:
        raise invalid(
            f"The Fullname {name} is not a valid custom field name: letters, digits, single underscores, ending in __c"
        )
    kind, label = metadata.get("type"), metadata.get("label")
    if not label:
        raise SalesforceError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [Metadata.label]", fields=["Metadata"]
        )
    if kind not in KINDS:
        raise invalid(f"'{kind}' is not a valid value for the enum 'FieldType'")
    if metadata.get("externalId") and kind not in MAY_BE_EXTERNAL:
        raise invalid(f"Can not specify 'externalId' for a CustomField of type {kind}")
    if metadata.get("required") and kind in {"Checkbox", "LongTextArea"}:
        raise invalid(f"Can not specify 'required' for a CustomField of type {kind}")
    values = picklist_values(metadata) if kind == "Picklist" else ()
    return Field(
        name,
        str(label),
        KINDS[kind],
        length_of(kind, metadata),
        **digits(kind, metadata),
        required=bool(metadata.get("required")),
        unique=bool(metadata.get("unique")),
        external_id=bool(metadata.get("externalId")),
        custom=True,
        default=default(kind, metadata),
        values=values,
        restricted=bool((metadata.get("valueSet") or {}).get("restricted")),
        help_text=str(metadata.get("inlineHelpText") or ""),
    )


def length_of(kind: str, metadata: Body) -> int:
    if kind not in {"Text", "LongTextArea"}:
        return LENGTHS.get(kind, 0)
    needed = ["length"] if kind == "Text" else ["length", "visibleLines"]
    for word in needed:
        if not metadata.get(word):
            raise invalid(f"Must specify '{word}' for a CustomField of type {kind}")
    least, most = (1, 255) if kind == "Text" else (256, 131072)
    length = int(metadata["length"])
    if not least <= length <= most:
        raise invalid(f"Value for length must be between {least} and {most} for a CustomField of type {kind}")
    return length


def digits(kind: str, metadata: Body) -> dict[str, Any]:
    if kind not in {"Number", "Currency", "Percent"}:
        return {}
    for word in ("precision", "scale"):
        if metadata.get(word) is None:
            raise invalid(f"Must specify '{word}' for a CustomField of type {kind}")
    precision, scale = int(metadata["precision"]), int(metadata["scale"])
    if not 1 <= precision <= 18 or not 0 <= scale <= precision:
        raise invalid("Precision must be between 1 and 18, and scale no larger than it")
    return {"precision": precision, "scale": scale}


def default(kind: str, metadata: Body) -> Any:
    if kind != "Checkbox":
        return None
    if metadata.get("defaultValue") is None:
        raise invalid("Must specify 'defaultValue' for a CustomField of type Checkbox")
    return str(metadata["defaultValue"]).lower() == "true"


def picklist_values(metadata: Body) -> tuple[str, ...]:
    definition = (metadata.get("valueSet") or {}).get("valueSetDefinition") or {}
    values = tuple(
        str(value.get("fullName") or value.get("valueName") or "") for value in definition.get("value") or []
    )
    if not values or not all(values):
        raise invalid("Must specify 'valueSet' with values for a CustomField of type Picklist")
    if len({value.lower() for value in values}) != len(values):
        raise invalid("Duplicate picklist value")
    return values


def invalid(message: str) -> SalesforceError:
    return SalesforceError("FIELD_INTEGRITY_EXCEPTION", message)
