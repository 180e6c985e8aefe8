"""Custom field definitions over GraphQL, as far as making and listing them goes."""

import re
import secrets
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.quickbooks.company import Company
from integrations.sandbox.quickbooks.errors import Unauthenticated
from integrations.sandbox.quickbooks.oauth import session_of
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

SCOPE = "app-foundations.custom-field-definitions"
CREATE = "appFoundationsCreateCustomFieldDefinition"
UPDATE = "appFoundationsUpdateCustomFieldDefinition"
LIST = "appFoundationsCustomFieldDefinitions"
MOST_FIELDS = 12
TYPES = {"STRING", "NUMBER", "DATE", "LIST"}
TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_$]\w*)|([{}\[\]:(),]))')


def serve(world: World, request: Request) -> Response:
    """One operation. Problems are told in `errors` with HTTP 200, as GraphQL does; sign-in and scope by status."""
    try:
        session = session_of(world, request)
    except Unauthenticated:
        return answer({"errors": [{"message": "Unauthorized", "extensions": {"code": "UNAUTHENTICATED"}}]}, 401)
    if not any(scope.startswith(SCOPE) for scope in session["scope"].split()):
        return denied("The token has no scope for custom field definitions")
    if world.faults.on("quickbooks", session["realm"], "no_custom_fields"):
        return denied("The company's plan has no custom fields of this kind")
    body = request.get_json(silent=True) or {}
    return answer(operated(Company(world, session["realm"]), str(body.get("query", "")), body.get("variables") or {}))


def operated(company: Company, text: str, variables: Body) -> Body:
    """The answer to the one operation the text names."""
    for name, deed in ((CREATE, create), (UPDATE, update)):
        if name in text:
            return deed(company, given_input(text, name, variables))
    if LIST not in text:
        return {"errors": [problem("VALIDATION_ERROR", "Unknown field on type Query or Mutation")]}
    edges = [{"node": row, "cursor": row["id"]} for row in company.definitions()]
    return {"data": {LIST: {"edges": edges}}}


def denied(message: str) -> Response:
    return answer({"errors": [problem("ACCESS_DENIED", message)]}, 403)


def problem(code: str, message: str) -> Body:
    return {"message": message, "extensions": {"errorCode": {"errorCode": code, "errorMessage": message}}}


def create(company: Company, given: Body) -> Body:
    label, kind = str(given.get("label") or "").strip(), given.get("dataType")
    known = company.definitions()
    if not label or kind not in TYPES or not given.get("associations"):
        return {
            "data": {CREATE: None},
            "errors": [problem("VALIDATION_ERROR", "label, dataType and associations are needed")],
        }
    if any(row["label"].lower() == label.lower() for row in known):
        return {
            "data": {CREATE: None},
            "errors": [problem("LABEL_ALREADY_EXISTS", f"The label {label} is already used")],
        }
    if len(known) >= MOST_FIELDS:
        code = "CUSTOM_FIELD_ASSOCIATED_ENTITY_LIMIT_EXCEEDED"
        return {"data": {CREATE: None}, "errors": [problem(code, "No more custom fields can be made for this entity")]}
    legacy = company.world.store.next_number(f"qb:definitions:{company.realm}", 1000000001)
    row = {
        "id": f"udcf_{secrets.token_hex(6)}",
        "legacyIDV2": str(legacy),
        "label": label,
        "active": bool(given.get("active", True)),
        "dataType": kind,
        "associations": given["associations"],
        "dropDownOptions": given.get("dropDownOptions") or [],
    }
    company.world.store.put("qb_definition", company.realm, row["id"], row)
    return {"data": {CREATE: row}}


def update(company: Company, given: Body) -> Body:
    row = company.world.store.get("qb_definition", company.realm, str(given.get("id")))
    if row is None:
        return {"data": {UPDATE: None}, "errors": [problem("NOT_FOUND", "No such custom field definition")]}
    changed = row | {key: given[key] for key in ("label", "active", "associations") if key in given}
    company.world.store.put("qb_definition", company.realm, row["id"], changed)
    return {"data": {UPDATE: changed}}


def given_input(text: str, operation: str, variables: Body) -> Body:
    """The `input` argument: a variable, or written out in the text."""
    argument = text[text.index(operation) :].partition("input")[2].lstrip(" :\n\r\t")
    if argument.startswith("$"):
        name = re.match(r"\$(\w+)", argument)
        return dict(variables.get(name[1]) or {}) if name else {}
    found, _ = literal(TOKEN.findall(argument), 0)
    return found if isinstance(found, dict) else {}


def literal(tokens: list[tuple[str, str, str, str]], at: int) -> tuple[Any, int]:
    """One GraphQL value from the tokens, and where the next begins."""
    text, number, word, sign = tokens[at]
    if text:
        return re.sub(r"\\(.)", r"\1", text[1:-1]), at + 1
    if number:
        return float(number) if "." in number else int(number), at + 1
    if word:
        return {"true": True, "false": False, "null": None}.get(word, word), at + 1
    if sign == "[":
        return listed(tokens, at + 1)
    return mapped(tokens, at + 1)


def listed(tokens: list[tuple[str, str, str, str]], at: int) -> tuple[list[Any], int]:
    found = []
    while tokens[at][3] != "]":
        if tokens[at][3] == ",":
            at += 1
            continue
        value, at = literal(tokens, at)
        found.append(value)
    return found, at + 1


def mapped(tokens: list[tuple[str, str, str, str]], at: int) -> tuple[Body, int]:
    found: Body = {}
    while tokens[at][3] != "}":
        if tokens[at][3] == ",":
            at += 1
            continue
        name = tokens[at][2]
        found[name], at = literal(tokens, at + 2)
    return found, at + 1
