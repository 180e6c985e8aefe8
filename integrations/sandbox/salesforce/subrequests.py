"""Several requests in one call: `composite`, whose later parts may use earlier answers, and `composite/batch`."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from integrations.sandbox.salesforce.call import Call
from integrations.sandbox.salesforce.composite import Undo
from integrations.sandbox.salesforce.errors import SalesforceError, not_found
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, answer

MOST_PARTS = 25
REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
HALTED = "The transaction was rolled back since another operation in the same transaction failed."
Pages = dict[Endpoint, Callable[..., Response]]


def composite(call: Call, urls: Map, pages: Pages) -> Response:
    """Up to 25 parts in order; with allOrNone the first failure undoes them all."""
    body = call.fields
    parts = body.get("compositeRequest") or []
    refuse_too_many(parts)
    results: list[Body] = []
    try:
        with call.world.store.transaction():
            known: Body = {}
            for part in parts:
                results.append(result_of(call, urls, pages, part, known))
                if body.get("allOrNone") and results[-1]["httpStatusCode"] >= 400:
                    raise Undo
    except Undo:
        call.org.forget_permissions()
        results = [halted(part, results) for part in parts]
    return answer({"compositeResponse": results})


def result_of(call: Call, urls: Map, pages: Pages, part: Body, known: Body) -> Body:
    reference = str(part.get("referenceId") or "")
    try:
        part = resolved(part, known)
        body, status, headers = answered(
            call, urls, pages, method=part["method"], url=str(part["url"]), sent=part.get("body")
        )
    except SalesforceError as error:
        body, status, headers = error.as_array(), error.status, {}
    known[reference] = body
    return {"body": body, "httpHeaders": headers, "httpStatusCode": status, "referenceId": reference}


def halted(part: Body, results: list[Body]) -> Body:
    """What a part says after everything was undone: its own failure, or that another one failed."""
    own = next((result for result in results if result["referenceId"] == part.get("referenceId")), None)
    if own and own["httpStatusCode"] >= 400:
        return own
    body = [{"errorCode": "PROCESSING_HALTED", "message": HALTED}]
    return {"body": body, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": part.get("referenceId")}


def resolved(part: Any, known: Body) -> Any:
    """The part with @{reference.path} replaced by what an earlier part answered."""
    if isinstance(part, dict):
        return {name: resolved(value, known) for name, value in part.items()}
    if isinstance(part, list):
        return [resolved(value, known) for value in part]
    return REFERENCE.sub(lambda found: looked_up(found, known), part) if isinstance(part, str) else part


def looked_up(found: re.Match[str], known: Body) -> str:
    value: Any = known.get(found[1])
    for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", found[2]):
        try:
            value = value[name] if name else value[int(place)]
        except (KeyError, IndexError, TypeError):
            value = None
    if value is None:
        raise SalesforceError("PROCESSING_HALTED", f"Invalid reference specified. No value for {found[0]} found")
    return str(value)


def batch(call: Call, urls: Map, pages: Pages) -> Response:
    """Up to 25 parts, each on its own; nothing is undone."""
    body = call.fields
    parts = body.get("batchRequests") or []
    refuse_too_many(parts)
    results = list(batch_results(call, urls, pages, parts, halts=bool(body.get("haltOnError"))))
    return answer({"hasErrors": any(result["statusCode"] >= 400 for result in results), "results": results})


def batch_results(call: Call, urls: Map, pages: Pages, parts: list[Body], *, halts: bool) -> Iterator[Body]:
    has_failed = False
    for part in parts:
        if has_failed and halts:
            yield {"statusCode": 412, "result": [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "halted"}]}
            continue
        url = "/services/data/" + str(part["url"]).lstrip("/")
        result, status, _ = answered(call, urls, pages, method=part["method"], url=url, sent=part.get("richInput"))
        has_failed = has_failed or status >= 400
        yield {"statusCode": status, "result": result}


def refuse_too_many(parts: list[Body]) -> None:
    if not 1 <= len(parts) <= MOST_PARTS:
        raise SalesforceError("INVALID_INPUT", f"between 1 and {MOST_PARTS} subrequests")


def answered(
    call: Call, urls: Map, pages: Pages, *, method: str, url: str, sent: Any
) -> tuple[Any, int, dict[str, str]]:
    """One part, run as if it had come alone: body, status and headers."""
    path, _, query = url.partition("?")
    made = EnvironBuilder(path=path, query_string=query, method=method, json=sent) if sent is not None else None
    request = Request((made or EnvironBuilder(path=path, query_string=query, method=method)).get_environ())
    try:
        endpoint, arguments = urls.bind("localhost").match(path, method)
        page = pages.get(endpoint)
        if page is None:
            raise not_found()
        version = str(dict(arguments).pop("version", call.version))
        given = {name: value for name, value in arguments.items() if name != "version"}
        with call.world.store.transaction():
            response = page(replace(call, request=request, version=version), **given)
    except HTTPException:
        response = not_found().response()
    except SalesforceError as error:
        response = error.response()
    text = response.get_data(as_text=True)
    headers = {"Location": response.headers["Location"]} if "Location" in response.headers else {}
    return (json.loads(text) if text else None), response.status_code, headers
