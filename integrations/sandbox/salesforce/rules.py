"""What Salesforce itself fills in or refuses, object by object, beyond a field's own facts."""

from collections.abc import Callable
from typing import Any

from integrations.sandbox.salesforce.errors import SalesforceError
from integrations.sandbox.salesforce.objects import STAGES
from integrations.sandbox.salesforce.org import Org
from integrations.sandbox.state import Body


def completed(org: Org, name: str, values: Body, *, old: Body | None) -> Body:
    """The values of a write with what follows from them; may refuse."""
    rule = COMPLETE.get(name)
    return rule(org, values, old) if rule else values


def settle(org: Org, name: str, row: Body) -> None:
    """After a write: parents whose sums depend on the row."""
    if name == "OpportunityLineItem":
        parent = org.row("Opportunity", row["OpportunityId"])
        lines = [line for line in org.live(name) if line["OpportunityId"] == row["OpportunityId"]]
        if parent and not parent["IsDeleted"]:
            total = sum(line["TotalPrice"] or 0 for line in lines)
            org.save(
                "Opportunity", parent | {"Amount": total or parent["Amount"], "HasOpportunityLineItem": bool(lines)}
            )


def _contact(org: Org, values: Body, old: Body | None) -> Body:
    whole = (old or {}) | values
    return values | {"Name": " ".join(part for part in (whole.get("FirstName"), whole.get("LastName")) if part)}


def _opportunity(org: Org, values: Body, old: Body | None) -> Body:
    stage = values.get("StageName")
    if stage is None:
        return values
    known = STAGES.get(stage, 10)
    return {
        "Probability": known,
        **values,
        "IsClosed": stage.startswith("Closed"),
        "IsWon": stage == "Closed Won",
    }


def _line_item(org: Org, values: Body, old: Body | None) -> Body:
    whole = (old or {}) | values
    entry = org.row("PricebookEntry", whole["PricebookEntryId"])
    if entry is None or not entry["IsActive"]:
        raise SalesforceError("FIELD_INTEGRITY_EXCEPTION", "pricebook entry is inactive", fields=["PricebookEntryId"])
    if whole.get("Quantity") == 0:
        raise SalesforceError("FIELD_INTEGRITY_EXCEPTION", "Quantity must be non-zero", fields=["Quantity"])
    if "UnitPrice" in values and "TotalPrice" in values:
        raise SalesforceError(
            "FIELD_INTEGRITY_EXCEPTION", "field integrity exception: unitprice, totalprice (specify one of the two)"
        )
    if old is None and "UnitPrice" not in values and "TotalPrice" not in values:
        raise SalesforceError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [UnitPrice]", fields=["UnitPrice"]
        )
    quantity = whole["Quantity"]
    price = round(values["TotalPrice"] / quantity, 2) if "TotalPrice" in values else whole["UnitPrice"]
    return values | {
        "UnitPrice": price,
        "TotalPrice": round(price * quantity, 2),
        "Product2Id": entry["Product2Id"],
        "ProductCode": entry["ProductCode"],
    }


def _price_book_entry(org: Org, values: Body, old: Body | None) -> Body:
    if old is not None:
        return values
    book, product = org.row("Pricebook2", values["Pricebook2Id"]), org.row("Product2", values["Product2Id"])
    assert book is not None  # noqa: S101 - references were checked
    assert product is not None  # noqa: S101
    same = [row for row in org.live("PricebookEntry") if row["Product2Id"] == product["Id"]]
    if any(row["Pricebook2Id"] == book["Id"] for row in same):
        raise SalesforceError("DUPLICATE_VALUE", "This price definition already exists in this price book")
    if not book["IsStandard"] and not same:
        raise SalesforceError(
            "STANDARD_PRICE_NOT_DEFINED",
            "Before creating a custom price, create a standard price.",
        )
    return values | {"Name": product["Name"], "ProductCode": product["ProductCode"]}


def _permission_set(org: Org, values: Body, old: Body | None) -> Body:
    taken = {row["Name"].lower() for row in org.live("PermissionSet") if old is None or row["Id"] != old["Id"]}
    if str(values.get("Name", "")).lower() in taken:
        raise SalesforceError("DUPLICATE_DEVELOPER_NAME", f"The name {values['Name']} is already used", fields=["Name"])
    return values if old else {"IsOwnedByProfile": False, "IsCustom": True, **values}


def _assignment(org: Org, values: Body, old: Body | None) -> Body:
    pair = (values.get("AssigneeId"), values.get("PermissionSetId"))
    if any((row["AssigneeId"], row["PermissionSetId"]) == pair for row in org.live("PermissionSetAssignment")):
        raise SalesforceError(
            "DUPLICATE_VALUE", "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
        )
    return values


def _field_permissions(org: Org, values: Body, old: Body | None) -> Body:
    whole: dict[str, Any] = (old or {}) | values
    entity, _, name = whole["Field"].partition(".")
    known = org.catalogue.get(entity.lower())
    fields = org.every_field(known.name) if known else []
    field = next((found for found in fields if found.name.lower() == name.lower()), None)
    if known is None or field is None or whole["SobjectType"].lower() != entity.lower():
        raise SalesforceError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"Field Name: bad value for restricted picklist field: {whole['Field']}",
            fields=["Field"],
        )
    if field.required or field.name in {"Id", "Name"}:
        raise SalesforceError("FIELD_INTEGRITY_EXCEPTION", f"You cannot deploy to a required field: {whole['Field']}")
    if whole.get("PermissionsEdit") and not whole.get("PermissionsRead"):
        raise SalesforceError("FIELD_INTEGRITY_EXCEPTION", "Edit permission requires Read", fields=["PermissionsRead"])
    key = (whole["ParentId"], known.name, f"{known.name}.{field.name}")
    for row in org.live("FieldPermissions"):
        if (row["ParentId"], row["SobjectType"], row["Field"]) == key and (old is None or row["Id"] != old["Id"]):
            raise SalesforceError(
                "DUPLICATE_VALUE", "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
            )
    return values | {"SobjectType": key[1], "Field": key[2]}


COMPLETE: dict[str, Callable[[Org, Body, Body | None], Body]] = {
    "Contact": _contact,
    "Opportunity": _opportunity,
    "OpportunityLineItem": _line_item,
    "PricebookEntry": _price_book_entry,
    "PermissionSet": _permission_set,
    "PermissionSetAssignment": _assignment,
    "FieldPermissions": _field_permissions,
}
