"""Many records in one call: sObject collections, each record on its own or all or none."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from integrations.sandbox.salesforce import records
from integrations.sandbox.salesforce.call import Call
from integrations.sandbox.salesforce.errors import SalesforceError
from integrations.sandbox.state import Body
from integrations.sandbox.web import answer

MOST_RECORDS = 200
ROLLED_BACK = {
    "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "message": "Record rolled back because not all records were valid and the request was using AllOrNone header",
    "fields": [],
}


class Undo(Exception):
    """Leaves the transaction so that nothing of it stays."""


def collection(call: Call) -> Response:
    """POST makes, PATCH changes, DELETE ?ids= removes up to 200 records."""
    if call.request.method == "DELETE":
        found = [{"Id": part} for part in call.request.args.get("ids", "").split(",") if part]
        all_or_none = call.request.args.get("allOrNone", "").lower() == "true"
        return many(call, found, lambda record: remove(call, record["Id"]), all_or_none=all_or_none)
    body = call.fields
    deed = make if call.request.method == "POST" else change
    return many(
        call, body.get("records") or [], lambda record: deed(call, record), all_or_none=bool(body.get("allOrNone"))
    )


def upsert_many(call: Call, name: str, key: str) -> Response:
    body = call.fields

    def deed(record: Body) -> Body:
        values = {field: value for field, value in record.items() if field.lower() != key.lower()}
        given = next((value for field, value in record.items() if field.lower() == key.lower()), "")
        row, made = records.upsert(call.org, name, key, str(given), values, update_only=False)
        return {"id": row["Id"], "success": True, "errors": [], "created": made}

    return many(call, body.get("records") or [], deed, all_or_none=bool(body.get("allOrNone")))


def read_many(call: Call, name: str) -> Response:
    body, entity = call.fields, call.org.sobject(name)
    found: list[Body | None] = []
    for record_id in body.get("ids") or []:
        row = call.org.row(entity.name, record_id)
        if row is None or row["IsDeleted"]:
            found.append(None)
        else:
            found.append(records.shown(call.org, entity.name, row, body.get("fields"), version=call.version))
    return answer(found)


def many(call: Call, found: list[Body], deed: Callable[[Body], Body], *, all_or_none: bool) -> Response:
    """One result a record, in the order of the request."""
    if not found or len(found) > MOST_RECORDS:
        raise SalesforceError(
            "EXCEEDED_MAX_RECORDS" if found else "REQUIRED_FIELD_MISSING", f"between 1 and {MOST_RECORDS} records"
        )
    results: list[Body] = []
    try:
        with call.world.store.transaction():
            results += [attempted(call, record, deed) for record in found]
            if all_or_none and not all(result["success"] for result in results):
                raise Undo
    except Undo:
        call.org.forget_permissions()
        results = [{"success": False, "errors": [ROLLED_BACK]} if result["success"] else result for result in results]
    return answer(results)


def attempted(call: Call, record: Body, deed: Callable[[Body], Body]) -> Body:
    try:
        with call.world.store.transaction():
            return deed(record)
    except SalesforceError as error:
        return {"success": False, "errors": [error.as_save_error()]}


def make(call: Call, record: Body) -> Body:
    row = records.create(call.org, kind_of(record), record)
    return {"id": row["Id"], "success": True, "errors": []}


def change(call: Call, record: Body) -> Body:
    record_id = next((value for field, value in record.items() if field.lower() == "id"), "")
    values = {field: value for field, value in record.items() if field.lower() != "id"}
    row = records.update(call.org, kind_of(record), str(record_id), values)
    return {"id": row["Id"], "success": True, "errors": []}


def remove(call: Call, record_id: str) -> Body:
    entity = next((made for made in call.org.catalogue.values() if record_id.startswith(made.prefix)), None)
    if entity is None:
        raise SalesforceError("MALFORMED_ID", "malformed id " + record_id)
    records.delete(call.org, entity.name, record_id)
    return {"id": record_id, "success": True, "errors": []}


def kind_of(record: Body) -> str:
    name = (record.get("attributes") or {}).get("type")
    if not name:
        raise SalesforceError("INVALID_TYPE", "Record is missing attributes.type")
    return str(name)
