"""What each path under /v3/company/{realm} answers."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.quickbooks import errors, query, records
from integrations.sandbox.quickbooks.company import Company, moment_of
from integrations.sandbox.quickbooks.entities import BY_PATH, ENTITIES, Entity
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

MOST_ITEMS = 30
CDC_DAYS = 30


@dataclass(frozen=True)
class Call:
    """One signed-in request to one company."""

    world: World
    request: Request
    company: Company

    @property
    def body(self) -> Body:
        if self.request.mimetype != "application/json":
            raise errors.Fault(
                "2010", "Request has invalid or unsupported property", "Unsupported Content-Type", status=415
            )
        body = self.request.get_json(silent=True, force=True)
        if not isinstance(body, dict):
            raise errors.Fault(
                "2010", "Request has invalid or unsupported property", "Malformed JSON in the request body"
            )
        return body

    def answer(self, data: Body) -> Response:
        return answer({**data, "time": self.company.stamp()})


def entity_at(path: str) -> Entity:
    found = BY_PATH.get(path)
    if found is None:
        raise errors.unsupported_operation(path)
    return found


def write(call: Call, path: str) -> Response:
    """POST of an entity: create, update, delete or void, by operation and Id."""
    entity, body = entity_at(path), call.body
    deed = operation_for(call, body)
    request_id = call.request.args.get("requestid", "")
    if not request_id:
        return call.answer({entity.name: deed(call.company, entity, body)})
    mark = hashlib.sha256(call.request.full_path.encode() + b"\n" + call.request.get_data()).hexdigest()
    remembered = call.world.store.get("qb_request", call.company.realm, request_id)
    if remembered and remembered["mark"] != mark:
        raise errors.Fault("600", "Duplicate Request ID", f"Request id {request_id} was used for another request")
    if remembered is None:
        remembered = {"mark": mark, "result": {entity.name: deed(call.company, entity, body)}}
        call.world.store.put("qb_request", call.company.realm, request_id, remembered)
    return call.answer(remembered["result"])


def operation_for(call: Call, body: Body) -> Callable[[Company, Entity, Body], Body]:
    word = call.request.args.get("operation", "")
    if word == "delete":
        return records.delete
    if word == "void" or call.request.args.get("include") == "void":
        return records.void
    if word not in {"", "update"}:
        raise errors.unsupported_operation(word)
    return changed if body.get("Id") else made


def made(company: Company, entity: Entity, body: Body) -> Body:
    return company.shown(entity, records.create(company, entity, body))


def changed(company: Company, entity: Entity, body: Body) -> Body:
    return company.shown(entity, records.update(company, entity, body))


def one(call: Call, path: str, record_id: str) -> Response:
    entity = entity_at(path)
    row = call.company.row(entity.name, record_id)
    if entity.name == "CompanyInfo":  # asked for by the realm, though its own Id is 1
        row = call.company.row("CompanyInfo", "1") if record_id in {"1", call.company.realm} else None
    if row is None:
        raise errors.not_found()
    return call.answer({entity.name: call.company.shown(entity, row)})


def preferences(call: Call) -> Response:
    return one(call, "preferences", "1")


def ask(call: Call) -> Response:
    """GET ?query= or POST of the text itself."""
    text = call.request.args.get("query", "")
    if call.request.method == "POST":
        if call.request.mimetype not in {"application/text", "text/plain"}:
            raise errors.Fault("4000", "Error parsing query", "Unsupported Content-Type for a query", status=415)
        text = call.request.get_data(as_text=True)
    return call.answer({"QueryResponse": query.answered(call.company, text)})


def batch(call: Call) -> Response:
    """Up to 30 operations, each on its own."""
    items = call.body.get("BatchItemRequest") or []
    if len(items) > MOST_ITEMS:
        raise errors.rule_broken(f"a batch has at most {MOST_ITEMS} items", "BatchItemRequest")
    return call.answer({"BatchItemResponse": [batch_item(call, item) for item in items]})


def batch_item(call: Call, item: Body) -> Body:
    try:
        with call.world.store.transaction():
            result = batch_result(call, item)
    except errors.Fault as fault:
        result = {"Fault": fault.body()}
    return {"bId": item.get("bId"), **result}


def batch_result(call: Call, item: Body) -> Body:
    if "Query" in item:
        return {"QueryResponse": query.answered(call.company, item["Query"])}
    name = next((name for name in item if name in ENTITIES), None)
    deeds: dict[Any, Callable[[Company, Entity, Body], Body]] = {
        "create": made,
        "update": changed,
        "delete": records.delete,
    }
    if name is None or item.get("operation") not in deeds:
        raise errors.unsupported_operation(str(item.get("operation")))
    return {name: deeds[item["operation"]](call.company, ENTITIES[name], item[name])}


def cdc(call: Call) -> Response:
    """Everything changed since a moment, at most 30 days ago; deleted rows come as Id and status."""
    since = moment_of(call.request.args.get("changedSince", ""))
    if since is None or since < call.world.clock.now() - timedelta(days=CDC_DAYS):
        raise errors.Fault(
            "2010", "Request has invalid or unsupported property", "changedSince must be a time in the last 30 days"
        )
    found = []
    for name in call.request.args.get("entities", "").split(","):
        entity = entity_at(name.strip().lower())
        rows = [row for row in call.company.rows(entity.name) if later(row["MetaData"]["LastUpdatedTime"], since)]
        shown = [call.company.shown(entity, row) for row in rows]
        shown += [
            {"domain": "QBO", "status": "Deleted", "Id": row["Id"], "MetaData": {"LastUpdatedTime": row["at"]}}
            for row in call.company.gone(entity.name)
            if later(row["at"], since)
        ]
        found.append({entity.name: shown, "startPosition": 1, "maxResults": len(shown)} if shown else {})
    return call.answer({"CDCResponse": [{"QueryResponse": found}]})


def later(text: str, since: Any) -> bool:
    moment = moment_of(text)
    return moment is not None and moment >= since.replace(microsecond=0)


PAGES: list[tuple[str, list[str], Callable[..., Response]]] = [
    ("/query", ["GET", "POST"], ask),
    ("/batch", ["POST"], batch),
    ("/cdc", ["GET"], cdc),
    ("/preferences", ["GET"], preferences),
    ("/<path>", ["POST"], write),
    ("/<path>/<record_id>", ["GET"], one),
]
