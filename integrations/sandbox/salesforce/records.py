"""Making, reading, changing and deleting records, with the checks Salesforce makes."""

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.salesforce import ids, rules
from integrations.sandbox.salesforce.errors import SalesforceError, no_such_column, not_found, readonly
from integrations.sandbox.salesforce.fields import Field
from integrations.sandbox.salesforce.objects import SObject
from integrations.sandbox.salesforce.org import Org
from integrations.sandbox.salesforce.values import accepted
from integrations.sandbox.state import Body


def create(org: Org, name: str, body: Mapping[str, Any], *, allow_duplicates: bool = False) -> Body:
    """A new record. Raises SalesforceError; nothing is written then."""
    entity = org.sobject(name)
    if not entity.createable:
        raise SalesforceError(
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {entity.name}", fields=[]
        )
    _refuse_readonly(org)
    values = _checked(org, entity, body, making=True)
    _refuse_missing(org, entity, values)
    if not allow_duplicates:
        _refuse_duplicate(org, entity, values)
    _refuse_taken(org, entity, values, own_id=None)
    values = rules.completed(org, entity.name, values, old=None)
    row = org.insert(entity.name, values)
    rules.settle(org, entity.name, row)
    org.world.store.put("created", org.id, entity.name, {"count": created(org, entity.name) + 1})
    return row


def created(org: Org, name: str) -> int:
    row = org.world.store.get("created", org.id, name)
    return row["count"] if row else 0


def update(org: Org, name: str, record_id: str, body: Mapping[str, Any]) -> Body:
    """The record with some fields changed. Raises SalesforceError."""
    entity = org.sobject(name)
    row = existing(org, entity.name, record_id, deleted_is="ENTITY_IS_DELETED")
    if not entity.updateable:
        raise SalesforceError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be updated: {entity.name}")
    _refuse_readonly(org)
    if org.world.faults.take("salesforce", org.id, "stale_next"):
        raise SalesforceError(
            "UNABLE_TO_LOCK_ROW", f"unable to obtain exclusive access to this record or 1 records: {row['Id']}"
        )
    values = _checked(org, entity, body, making=False)
    for field in org.visible(entity.name).values():
        if field.required and field.name in values and values[field.name] is None:
            raise _missing([field.name])
    _refuse_taken(org, entity, values, own_id=row["Id"])
    values = rules.completed(org, entity.name, values, old=row)
    row = org.save(entity.name, row | values)
    rules.settle(org, entity.name, row)
    return row


def delete(org: Org, name: str, record_id: str) -> None:
    """To the recycle bin, with everything that can't live without it."""
    entity = org.sobject(name)
    row = existing(org, entity.name, record_id, deleted_is="ENTITY_IS_DELETED")
    if not entity.deletable:
        raise SalesforceError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", status=403)
    _refuse_readonly(org)
    org.save(entity.name, row | {"IsDeleted": True})
    for _, child, field in entity.children:
        for lost in [other for other in org.live(child) if other.get(field) == row["Id"]]:
            if child == entity.name:
                org.save(child, lost | {field: None})
            else:
                delete(org, child, lost["Id"])
    rules.settle(org, entity.name, row)


def upsert(
    org: Org, name: str, key: str, value: str, body: Mapping[str, Any], *, update_only: bool
) -> tuple[Body, bool]:
    """The record with that external id, made or changed; and whether it was made. 300 when several have it."""
    entity = org.sobject(name)
    matches = by_external_id(org, entity, key, value)
    if len(matches) > 1:
        raise ManyMatches(entity.name, [row["Id"] for row in matches])
    if any(given.lower() == key.lower() for given in body):
        raise SalesforceError("INVALID_FIELD", f"The {key} field should not be specified in the sobject data.")
    if matches:
        return update(org, entity.name, matches[0]["Id"], body), False
    if update_only:
        raise not_found()
    if key.lower() == "id":
        raise not_found()
    return create(org, entity.name, {**body, key: value}), True


class ManyMatches(SalesforceError):
    """Several records carry the external id: the answer lists where they are."""

    def __init__(self, name: str, found: list[str]) -> None:
        super().__init__("MULTIPLE_CHOICES", "several records match", status=300)
        self.urls = [f"/services/data/v62.0/sobjects/{name}/{record_id}" for record_id in found]

    def as_array(self) -> list[Any]:
        return self.urls


def by_external_id(org: Org, entity: SObject, key: str, value: str) -> list[Body]:
    """Live records whose external id (or id) is that; case doesn't matter. Raises 404 for a field that is none."""
    field = org.visible(entity.name).get(key.lower())
    if field is None or not (field.external_id or field.name == "Id"):
        raise not_found("Provided external ID field does not exist or is not accessible: " + key)
    if field.name == "Id":
        row = org.row(entity.name, ids.canonical(value) or "")
        return [row] if row and not row["IsDeleted"] else []
    return [row for row in org.live(entity.name) if str(row.get(field.name) or "").lower() == value.lower()]


def existing(org: Org, name: str, record_id: str, *, deleted_is: str = "NOT_FOUND") -> Body:
    """The record, or the vendor's words for its absence."""
    whole = ids.canonical(record_id)
    if whole is None or not whole.startswith(org.sobject(name).prefix):
        raise not_found() if whole is None else SalesforceError("MALFORMED_ID", "malformed id " + record_id)
    row = org.row(name, whole)
    if row is None:
        raise not_found()
    if row["IsDeleted"]:
        message = "entity is deleted" if deleted_is == "ENTITY_IS_DELETED" else "The requested resource does not exist"
        raise SalesforceError(deleted_is, message, status=404)
    return row


def shown(org: Org, name: str, row: Body, only: list[str] | None = None, *, version: str = "62.0") -> Body:
    """A record as the API returns it: the fields the user may see, or those asked for."""
    fields = org.visible(name)
    if only:
        for asked in only:
            if asked.lower() not in fields:
                raise no_such_column(asked, name, in_query=True)
        wanted = {asked.lower() for asked in only} | {"id"}
        fields = {key: field for key, field in fields.items() if key in wanted}
    body: Body = {"attributes": attributes(name, row, version)}
    return body | {field.name: value_of(row, field) for field in fields.values()}


def attributes(name: str, row: Body, version: str) -> Body:
    return {"type": name, "url": f"/services/data/v{version}/sobjects/{name}/{row['Id']}"}


def value_of(row: Body, field: Field) -> Any:
    if field.type != "address":
        return row.get(field.name, field.default)
    parts = {key: row.get(column) for key, column in field.parts.items()}
    if not any(parts.values()):
        return None
    return {"city": None, "geocodeAccuracy": None, "latitude": None, "longitude": None} | parts


def _checked(org: Org, entity: SObject, body: Mapping[str, Any], *, making: bool) -> Body:
    """The body with exact names and stored values; unknown, hidden and read-only fields are refused."""
    fields = org.visible(entity.name)
    values: Body = {}
    refused = []
    for given, value in body.items():
        if given == "attributes":
            continue
        field = fields.get(given.lower())
        if field is None:
            raise no_such_column(given, entity.name)
        allowed = field.createable if making else field.updateable
        if not allowed or not org.may_edit(entity.name, field):
            refused.append(field.name)
        else:
            values[field.name] = accepted(org, entity.name, field, value)
    if refused:
        raise SalesforceError(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this field "
            "and verify that it is read/write for your profile or permission set.",
            fields=refused,
        )
    return values


def _refuse_missing(org: Org, entity: SObject, values: Body) -> None:
    lacking = [
        field.name
        for field in org.every_field(entity.name)
        if field.required and field.default is None and values.get(field.name) is None
    ]
    if lacking:
        raise _missing(lacking)


def _missing(names: list[str]) -> SalesforceError:
    return SalesforceError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", fields=names)


def _refuse_taken(org: Org, entity: SObject, values: Body, *, own_id: str | None) -> None:
    for field in org.every_field(entity.name):
        value = values.get(field.name)
        if not field.unique or value is None:
            continue
        for other in org.live(entity.name):
            if other["Id"] != own_id and str(other.get(field.name) or "").lower() == str(value).lower():
                raise SalesforceError(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: {field.name} duplicates value on record with id: {other['Id'][:15]}",
                )


def _refuse_duplicate(org: Org, entity: SObject, values: Body) -> None:
    if "Name" not in values or not org.world.faults.take("salesforce", org.id, "duplicate_name"):
        return
    matches = [row for row in org.live(entity.name) if row.get("Name") == values["Name"]]
    records = [{"record": {"attributes": attributes(entity.name, row, "62.0"), "Id": row["Id"]}} for row in matches]
    result = {
        "allowSave": True,
        "duplicateRule": f"Standard_{entity.name}_Duplicate_Rule",
        "errorMessage": "Use one of these records?",
        "matchResults": [{"entityType": entity.name, "matchRecords": records, "size": len(records), "success": True}],
    }
    raise SalesforceError("DUPLICATES_DETECTED", "Use one of these records?", extra={"duplicateResult": result})


def _refuse_readonly(org: Org) -> None:
    if org.is_readonly():
        raise readonly()
