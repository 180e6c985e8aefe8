"""What a field is: the facts `describe` tells and every write is checked against."""

from dataclasses import dataclass, field
from typing import Any

TEXTUAL = {"string", "textarea", "phone", "url", "email", "picklist", "multipicklist"}
NUMERIC = {"double", "currency", "percent", "int"}


@dataclass(frozen=True)
class Field:
    """One field. `length` in characters, `precision` in digits of which `scale` stand after the point."""

    name: str
    label: str
    type: str = "string"
    length: int = 0
    precision: int = 0
    scale: int = 0
    required: bool = False
    unique: bool = False
    external_id: bool = False
    createable: bool = True
    updateable: bool = True
    calculated: bool = False
    restricted: bool = False
    custom: bool = False
    default: Any = None
    values: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()
    relation: str = ""
    help_text: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def filterable(self) -> bool:
        return self.type != "address" and not (self.type == "textarea" and self.length > 255)

    def describe(self, *, may_edit: bool) -> dict[str, Any]:
        """The field as `describe` lists it."""
        return {
            "aggregatable": self.type not in {"textarea", "address", "boolean"},
            "autoNumber": False,
            "byteLength": self.length * 3,
            "calculated": self.calculated,
            "caseSensitive": False,
            "compoundFieldName": self.parts.get("compound"),
            "createable": self.createable and may_edit,
            "custom": self.custom,
            "defaultValue": self.default,
            "defaultedOnCreate": self.default is not None,
            "deprecatedAndHidden": False,
            "digits": self.precision if self.type == "int" else 0,
            "externalId": self.external_id,
            "filterable": self.filterable,
            "groupable": self.type not in {"textarea", "address", "double", "currency"},
            "idLookup": self.external_id or self.name in {"Id", "Name"},
            "inlineHelpText": self.help_text or None,
            "label": self.label,
            "length": self.length,
            "name": self.name,
            "nameField": self.name == "Name",
            "nillable": not self.required and self.type not in {"id", "boolean"},
            "permissionable": self.name not in {"Id", "Name"} and not self.required,
            "picklistValues": [
                {"active": True, "defaultValue": False, "label": value, "validFor": None, "value": value}
                for value in self.values
            ],
            "precision": self.precision,
            "referenceTo": list(self.refers_to),
            "relationshipName": self.relation or None,
            "restrictedPicklist": self.restricted,
            "scale": self.scale,
            "soapType": SOAP_TYPES.get(self.type, "xsd:string"),
            "sortable": self.filterable,
            "type": self.type,
            "unique": self.unique,
            "updateable": self.updateable and may_edit,
        }


SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}


def text(name: str, label: str, length: int = 255, **more: Any) -> Field:
    return Field(name, label, "string", length, **more)


def area(name: str, label: str, length: int = 32000, **more: Any) -> Field:
    return Field(name, label, "textarea", length, **more)


def phone(name: str, label: str) -> Field:
    return Field(name, label, "phone", 40)


def picklist(name: str, label: str, *values: str, **more: Any) -> Field:
    return Field(name, label, "picklist", 255, values=values, **more)


def money(name: str, label: str, **more: Any) -> Field:
    return Field(name, label, "currency", precision=18, scale=2, **more)


def number(name: str, label: str, **more: Any) -> Field:
    return Field(name, label, "double", precision=18, scale=2, **more)


def whole(name: str, label: str, **more: Any) -> Field:
    return Field(name, label, "int", precision=8, **more)


def yes_no(name: str, label: str, *, default: bool = False, **more: Any) -> Field:
    return Field(name, label, "boolean", default=default, **more)


def reference(name: str, label: str, *to: str, **more: Any) -> Field:
    relation = more.pop("relation", "") or name.removesuffix("Id")
    return Field(name, label, "reference", 18, refers_to=to, relation=relation, **more)


def read_only(made: Field) -> Field:
    return Field(**{**vars(made), "createable": False, "updateable": False})


def fixed(made: Field) -> Field:
    """Set when the record is made, never afterwards."""
    return Field(**{**vars(made), "updateable": False})


def address(prefix: str) -> list[Field]:
    """An address is five writable fields and one read-only compound of them."""
    parts = {"street": "Street", "city": "City", "state": "State", "postalCode": "PostalCode", "country": "Country"}
    sizes = {"Street": 255, "City": 40, "State": 80, "PostalCode": 20, "Country": 80}
    made = []
    for word in parts.values():
        kind = "textarea" if word == "Street" else "string"
        label = f"{prefix} {'Zip/Postal Code' if word == 'PostalCode' else word}"
        label = label.replace(" State", " State/Province")
        made.append(Field(f"{prefix}{word}", label, kind, sizes[word], parts={"compound": f"{prefix}Address"}))
    compound = {key: f"{prefix}{word}" for key, word in parts.items()}
    whole_one = Field(
        f"{prefix}Address", f"{prefix} Address", "address", createable=False, updateable=False, parts=compound
    )
    return [*made, whole_one]
