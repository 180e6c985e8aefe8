"""What each Salesforce path answers."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Response

from integrations.sandbox.salesforce import composite, query, records, tooling
from integrations.sandbox.salesforce.call import Call
from integrations.sandbox.salesforce.errors import SalesforceError, not_found
from integrations.sandbox.salesforce.objects import SObject
from integrations.sandbox.salesforce.org import Org, stamp
from integrations.sandbox.salesforce.soql import Aggregate, parse
from integrations.sandbox.salesforce.values import moment_of
from integrations.sandbox.state import Body
from integrations.sandbox.web import answer

NOTHING = 204
SOME_PAGE = 2000


def limits(call: Call) -> Response:
    used = sum((call.world.store.get("calls", "salesforce", call.org.id) or {}).values())
    most = (call.world.store.get("sf_org", "", call.org.id) or {})["api_limit"]
    day = {"Max": most, "Remaining": max(0, most - used)}
    return answer(
        {
            "DailyApiRequests": day,
            "DataStorageMB": {"Max": 1024, "Remaining": 1019},
            "FileStorageMB": {"Max": 1024, "Remaining": 1024},
        }
    )


def resources(call: Call) -> Response:
    root = f"/services/data/v{call.version}"
    return answer(
        {word: f"{root}/{word}" for word in ("sobjects", "query", "queryAll", "limits", "tooling", "composite")}
    )


def every_object(call: Call) -> Response:
    found = [summary(call, entity) for entity in call.org.catalogue.values()]
    return answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found})


def summary(call: Call, entity: SObject) -> Body:
    base = f"/services/data/v{call.version}/sobjects/{entity.name}"
    may_write = not call.org.is_readonly()
    return {
        "name": entity.name,
        "label": entity.name,
        "labelPlural": entity.plural,
        "keyPrefix": entity.prefix,
        "custom": False,
        "createable": entity.createable and may_write,
        "updateable": entity.updateable and may_write,
        "deletable": entity.deletable and may_write,
        "queryable": True,
        "retrieveable": True,
        "searchable": True,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": base + "/{ID}"},
    }


def one_object(call: Call, name: str) -> Response:
    return answer({"objectDescribe": summary(call, call.org.sobject(name)), "recentItems": []})


def describe(call: Call, name: str) -> Response:
    entity = call.org.sobject(name)
    fields = [
        field.describe(may_edit=call.org.may_edit(entity.name, field))
        for field in call.org.visible(entity.name).values()
    ]
    relations = [
        {"childSObject": child, "field": field, "relationshipName": relation, "cascadeDelete": False}
        for relation, child, field in entity.children
    ]
    return answer(summary(call, entity) | {"fields": fields, "childRelationships": relations, "recordTypeInfos": []})


def create(call: Call, name: str) -> Response:
    allow = "allowsave=true" in call.request.headers.get("Sforce-Duplicate-Rule-Header", "").lower().replace(" ", "")
    row = records.create(call.org, name, call.fields, allow_duplicates=allow)
    return answer(saved(row["Id"]), 201, {"Location": f"/services/data/v{call.version}/sobjects/{name}/{row['Id']}"})


def saved(record_id: str, **more: Any) -> Body:
    return {"id": record_id, "success": True, "errors": [], **more}


def one_record(call: Call, name: str, record_id: str) -> Response:
    if call.request.method == "GET":
        only = [part.strip() for part in call.request.args.get("fields", "").split(",") if part.strip()]
        entity = call.org.sobject(name)
        row = records.existing(call.org, entity.name, record_id)
        return answer(records.shown(call.org, entity.name, row, only, version=call.version))
    if call.request.method == "DELETE":
        records.delete(call.org, name, record_id)
    else:
        records.update(call.org, name, record_id, call.fields)
    return Response(status=NOTHING)


def by_external_id(call: Call, name: str, key: str, value: str) -> Response:
    """Upsert, read or delete by an external id: 201 made, 200 changed, 300 several, 404 none."""
    entity = call.org.sobject(name)
    if call.request.method == "PATCH":
        update_only = call.request.args.get("updateOnly", "").lower() == "true"
        row, made = records.upsert(call.org, entity.name, key, value, call.fields, update_only=update_only)
        return answer(saved(row["Id"], created=made), 201 if made else 200)
    matches = records.by_external_id(call.org, entity, key, value)
    if len(matches) > 1:
        raise records.ManyMatches(entity.name, [row["Id"] for row in matches])
    if not matches:
        raise not_found()
    if call.request.method == "DELETE":
        records.delete(call.org, entity.name, matches[0]["Id"])
        return Response(status=NOTHING)
    return answer(records.shown(call.org, entity.name, matches[0], version=call.version))


def changed(call: Call, name: str, what: str) -> Response:
    """Ids changed or deleted between two moments, at most 30 days apart."""
    entity = call.org.sobject(name)
    start, end = (moment_of(call.request.args.get(word, "").replace(" ", "+")) for word in ("start", "end"))
    if start is None or end is None or end <= start:
        raise SalesforceError("INVALID_REPLICATION_DATE", "start and end must be ISO 8601 times, start before end")
    first, last = stamp(start), stamp(end)
    rows = [row for row in call.org.rows(entity.name) if first <= row["SystemModstamp"] <= last]
    if what == "updated":
        ids = [row["Id"] for row in rows if not row["IsDeleted"]]
        return answer({"ids": ids, "latestDateCovered": last})
    gone = [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in rows if row["IsDeleted"]]
    earliest = stamp(datetime(2020, 1, 1, tzinfo=UTC))
    return answer({"deletedRecords": gone, "earliestDateAvailable": earliest, "latestDateCovered": last})


def ask(call: Call) -> Response:
    return answer(result_of(call, call.org, deleted_too=False))


def ask_deleted_too(call: Call) -> Response:
    return answer(result_of(call, call.org, deleted_too=True))


def result_of(call: Call, org: Org, *, deleted_too: bool) -> Body:
    """The first page of a query's answer."""
    text = call.request.args.get("q", "")
    asked = parse(text)
    rows = query.matching(org, asked, deleted_too=deleted_too)
    first = asked.columns[0]
    if isinstance(first, Aggregate) and first == Aggregate("count", "", "") and not asked.group:
        return {"totalSize": len(rows), "done": True, "records": []}
    if asked.group or isinstance(first, Aggregate):
        found = query.aggregated(org, asked, rows)
        return {"totalSize": len(found), "done": True, "records": found}
    size = page_size(call)
    result: Body = {"totalSize": len(rows), "done": len(rows) <= size}
    if len(rows) > size:
        locator = "01g" + secrets.token_hex(6)
        cursor = {"text": text, "ids": [row["Id"] for row in rows], "size": size}
        call.world.store.put("sf_cursor", org.id, locator, cursor)
        result["nextRecordsUrl"] = f"/services/data/v{call.version}/query/{locator}-{size}"
    return result | {"records": query.displayed(org, asked, rows[:size], version=call.version)}


def page_size(call: Call) -> int:
    wish = call.request.headers.get("Sforce-Query-Options", "").replace(" ", "").partition("batchSize=")[2]
    return min(SOME_PAGE, max(200, int(wish))) if wish.isdigit() else SOME_PAGE


def more(call: Call, locator: str) -> Response:
    """A later page; the rows are those of the first answer."""
    name, _, start = locator.rpartition("-")
    cursor = call.world.store.get("sf_cursor", call.org.id, name)
    if cursor is None or not start.isdigit():
        raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
    asked, begin, end = parse(cursor["text"]), int(start), int(start) + cursor["size"]
    entity = query.entity_of(call.org, asked.entity)
    rows = [row for record_id in cursor["ids"][begin:end] if (row := call.org.row(entity, record_id))]
    result: Body = {"totalSize": len(cursor["ids"]), "done": end >= len(cursor["ids"])}
    if not result["done"]:
        result["nextRecordsUrl"] = f"/services/data/v{call.version}/query/{name}-{end}"
    return answer(result | {"records": query.displayed(call.org, asked, rows, version=call.version)})


def tooling_org(call: Call) -> tooling.ToolingOrg:
    return tooling.ToolingOrg(call.world, call.org.id, call.org.user_id)


def ask_tooling(call: Call) -> Response:
    asked = parse(call.request.args.get("q", ""))
    result = result_of(call, tooling_org(call), deleted_too=False)
    if {"Metadata", "FullName"} & {item for item in asked.columns if isinstance(item, str)} and len(
        result["records"]
    ) > 1:
        raise SalesforceError(
            "MALFORMED_QUERY",
            "When retrieving results with Metadata or FullName fields, the query qualificatons must specify no more than "
            "one row for retrieval. Result size: " + str(len(result["records"])),
        )
    return answer(result | {"size": len(result["records"]), "entityTypeName": asked.entity, "queryLocator": None})


def create_custom_field(call: Call) -> Response:
    row = tooling.create_field(tooling_org(call), call.fields)
    return answer(saved(row["Id"], warnings=[], infos=[]), 201)


def one_custom_field(call: Call, record_id: str) -> Response:
    org = tooling_org(call)
    row = records.existing(org, "CustomField", record_id)
    if call.request.method == "GET":
        return answer(records.shown(org, "CustomField", row, version=call.version))
    if call.request.method == "DELETE":
        tooling.remove_field(org, row)
    else:
        tooling.change_field(org, row, call.fields)
    return Response(status=NOTHING)


PAGES: list[tuple[str, list[str], Callable[..., Response]]] = [
    ("", ["GET"], resources),
    ("/limits", ["GET"], limits),
    ("/query", ["GET"], ask),
    ("/queryAll", ["GET"], ask_deleted_too),
    ("/query/<locator>", ["GET"], more),
    ("/queryAll/<locator>", ["GET"], more),
    ("/sobjects", ["GET"], every_object),
    ("/sobjects/<name>", ["GET"], one_object),
    ("/sobjects/<name>", ["POST"], create),
    ("/sobjects/<name>/describe", ["GET"], describe),
    ("/sobjects/<name>/<any(updated, deleted):what>", ["GET"], changed),
    ("/sobjects/<name>/<record_id>", ["GET", "PATCH", "DELETE"], one_record),
    ("/sobjects/<name>/<key>/<path:value>", ["GET", "PATCH", "DELETE"], by_external_id),
    ("/tooling/query", ["GET"], ask_tooling),
    ("/tooling/sobjects/CustomField", ["POST"], create_custom_field),
    ("/tooling/sobjects/CustomField/<record_id>", ["GET", "PATCH", "DELETE"], one_custom_field),
    ("/composite/sobjects", ["POST", "PATCH", "DELETE"], composite.collection),
    ("/composite/sobjects/<name>", ["POST"], composite.read_many),
    ("/composite/sobjects/<name>/<key>", ["PATCH"], composite.upsert_many),
]
