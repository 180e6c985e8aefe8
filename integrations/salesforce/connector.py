"""What the engine can do with a Salesforce organisation."""

import re
from collections.abc import Sequence
from typing import Any

from simple_salesforce import Salesforce
from simple_salesforce.format import format_external_id, quote_soql_value

from integrations.addresses import Rules
from integrations.engine.connector import (
    FieldOutcome,
    FieldWish,
    Identity,
    ObjectSchema,
    Page,
    Record,
    TokenStore,
    Values,
)
from integrations.engine.cursor import page_after
from integrations.engine.errors import Failure, failure
from integrations.engine.fields import difference
from integrations.salesforce.client import RULES, Organisation
from integrations.salesforce.errors import VENDOR
from integrations.salesforce.fields import metadata_of, schema_of

PERMISSION_SET = "InterWeave_Integration"
_NAME = re.compile(r"[A-Za-z]\w{0,79}")
# Queries are built from checked names and quoted values: S608 has no better way to say it.
_EPOCH = "1970-01-01T00:00:00.000Z"
_GONE = frozenset({"not_found"})


class SalesforceConnector:
    """One organisation, as engine.connector.Connector wants it."""

    system = VENDOR

    def __init__(self, tokens: TokenStore, *, rules: Rules = RULES) -> None:
        self.rules = rules
        self.organisation = Organisation(tokens, rules=rules)
        self._described: dict[str, ObjectSchema] = {}

    # --- Who ---

    def endpoint(self) -> tuple[str, int]:
        return self.organisation.endpoint()

    def sign_in(self) -> None:
        self.organisation.call(lambda org: org.limits())

    def identify(self) -> Identity:
        found = self._rows("SELECT Id, Name, IsSandbox, OrganizationType FROM Organization LIMIT 1")[0]
        extra = {"edition": found["OrganizationType"]}
        return Identity(found["Id"], found["Name"], bool(found["IsSandbox"]), extra)

    # --- Schema ---

    def describe(self, name: str) -> ObjectSchema:
        if name not in self._described:
            self._described[name] = self._describe(name)
        return self._described[name]

    def _describe(self, name: str) -> ObjectSchema:
        try:
            told = self.organisation.call(lambda org: _object(org, name).describe())
        except Failure as trouble:
            if trouble.code not in _GONE:
                raise
            # An object the user has no right on answers as one that isn't there.
            raise failure(
                "permission", vendor=VENDOR, vendor_code=trouble.vendor_code, vendor_message=f"{name} is not visible."
            ) from trouble
        fields = tuple(schema_of(entry) for entry in told["fields"] if entry["type"] not in ("address", "location"))
        rights = {
            "read": bool(told["queryable"]),
            "create": bool(told["createable"]),
            "update": bool(told["updateable"]),
            "remove": bool(told["deletable"]),
        }
        return ObjectSchema(name=name, label=told["label"], fields=fields, rights=rights)

    # --- Reading ---

    def find(self, name: str, *, where: Values, limit: int = 100) -> list[Record]:
        tests = " AND ".join(f"{_checked(field)} = {quote_soql_value(value)}" for field, value in where.items())
        return self._records(name, f"WHERE {tests} LIMIT {int(limit)}")

    def read(self, name: str, record_id: str) -> Record:
        # The path takes the id as it is: an empty or odd one would ask for something else.
        if not re.fullmatch(r"[A-Za-z0-9]{15,18}", record_id):
            raise failure("not_found", vendor=VENDOR, vendor_message=f"{record_id} is not an id.")
        return _record(self.organisation.call(lambda org: _object(org, name).get(record_id)))

    def count(self, name: str) -> int:
        query = f"SELECT COUNT() FROM {_checked(name)}"  # noqa: S608
        return int(self.organisation.call(lambda org: org.query(query))["totalSize"])

    def changed_since(self, name: str, *, cursor: str | None, limit: int = 200, fields: Sequence[str] = ()) -> Page:
        wanted = (*fields, "SystemModstamp") if fields else ()

        def rows(moment: str, most: int) -> list[Record]:
            rest = f"WHERE SystemModstamp >= {moment} ORDER BY SystemModstamp, Id LIMIT {most}"
            return self._records(name, rest, fields=wanted)

        return page_after(cursor, beginning=_EPOCH, limit=limit, rows=rows)

    # --- Writing ---

    def create(self, name: str, values: Values, *, key: str) -> str:
        return str(self.organisation.call(lambda org: _object(org, name).create(dict(values)))["id"])

    def update(self, name: str, record_id: str, values: Values) -> None:
        self.organisation.call(lambda org: _object(org, name).update(record_id, dict(values)))

    def upsert(self, name: str, *, by: str, value: str, values: Values) -> tuple[str, bool]:
        path = format_external_id(_checked(by), value)
        body = {field: entry for field, entry in values.items() if field != by}
        answer: Any = self.organisation.call(lambda org: _object(org, name).upsert(path, body, raw_response=True))
        told = answer.json()
        return str(told["id"]), bool(told.get("created", answer.status_code == 201))

    def remove(self, name: str, record_id: str) -> None:
        try:
            self.organisation.call(lambda org: _object(org, name).delete(record_id))
        except Failure as trouble:
            if trouble.code not in _GONE:
                raise

    # --- Custom fields ---

    def ensure_field(self, wish: FieldWish) -> FieldOutcome:
        """A field made by the API is invisible until a permission set grants it: grants it to the integration user."""
        there = self._describe(wish.object).field(wish.name)
        is_new = there is None and self._create_field(wish)
        if there is None:
            self._grant(wish)
            self._described.pop(wish.object, None)
            there = self.describe(wish.object).field(wish.name)
        if there is None:
            return FieldOutcome("not_possible", f"{wish.label} was made, but the user still can't see it.")
        if differs := difference(wish, there):
            return FieldOutcome("differs", f"{wish.label} {differs}.")
        return FieldOutcome("created" if is_new else "exists", f"{wish.label} is there and visible.")

    def _create_field(self, wish: FieldWish) -> bool:
        body = {"FullName": f"{wish.object}.{wish.name}", "Metadata": metadata_of(wish)}
        try:
            self.organisation.call(lambda org: org.toolingexecute("sobjects/CustomField/", "POST", body))
        except Failure as trouble:
            if trouble.vendor_code not in ("DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE"):
                raise
            return False  # there, but hidden from the user
        return True

    def _grant(self, wish: FieldWish) -> None:
        parent = self._once("PermissionSet", {"Name": PERMISSION_SET}, {"Label": "InterWeave Integration"})
        self._once("PermissionSetAssignment", {"AssigneeId": self.organisation.user_id, "PermissionSetId": parent}, {})
        field = {"ParentId": parent, "SobjectType": wish.object, "Field": f"{wish.object}.{wish.name}"}
        self._once("FieldPermissions", field, {"PermissionsRead": True, "PermissionsEdit": True})

    def _once(self, name: str, key: dict[str, str], more: dict[str, Any]) -> str:
        tests = " AND ".join(f"{field} = {quote_soql_value(value)}" for field, value in key.items())
        if found := self._rows(f"SELECT Id FROM {name} WHERE {tests} LIMIT 1"):  # noqa: S608
            return str(found[0]["Id"])
        return str(self.organisation.call(lambda org: _object(org, name).create({**key, **more}))["id"])

    # --- Rows ---

    def _records(self, name: str, rest: str, *, fields: Sequence[str] = ()) -> list[Record]:
        known = [entry.name for entry in self.describe(name).fields]
        wanted = [entry for entry in known if not fields or entry == "Id" or entry in fields]
        return [_record(row) for row in self._rows(f"SELECT {', '.join(wanted)} FROM {_checked(name)} {rest}")]  # noqa: S608

    def _rows(self, query: str) -> list[dict[str, Any]]:
        return list(self.organisation.call(lambda org: org.query_all(query))["records"])


def _object(org: Salesforce, name: str) -> Any:
    return getattr(org, _checked(name))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise failure("field_missing", vendor=VENDOR, vendor_message=f"{name} is not a name.")
    return name


def _record(row: Any) -> Record:
    values = {name: value for name, value in row.items() if name != "attributes" and not isinstance(value, dict)}
    return Record(str(row["Id"]), values, modified_at=_moment(row.get("SystemModstamp") or ""))


def _moment(text: str) -> str:
    """2026-11-22T20:16:11.000+0000, as rows have it → 2026-11-22T20:16:11.000Z, as queries take it."""
    return re.sub(r"\+00:?00$", "Z", text)
