"""What the engine can do with a QuickBooks Online company."""

import json
import re
import uuid
from collections.abc import Sequence
from typing import Any

from integrations.addresses import check_url
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
from integrations.net import Trace
from integrations.quickbooks_online import custom_fields
from integrations.quickbooks_online.client import Company
from integrations.quickbooks_online.errors import VENDOR, translated
from integrations.quickbooks_online.fields import OBJECTS, flat, nested, schema_of
from integrations.quickbooks_online.oauth import RULES, App

_GONE = frozenset({"not_found"})
_EPOCH = "1970-01-01T00:00:00+00:00"
_MOST_ROWS = 1000  # a query gives no more


class QuickBooksOnlineConnector:
    """One company, as engine.connector.Connector wants it."""

    system = VENDOR
    rules = RULES

    def __init__(self, tokens: TokenStore, *, app: App) -> None:
        self.app = app
        self.company = Company(app, tokens)
        self._custom: dict[str, dict[str, str]] = {}

    # --- Who ---

    def endpoint(self) -> tuple[str, int]:
        with translated(Trace()):
            return check_url(self.app.api_url, self.rules)

    def sign_in(self) -> None:
        self._company_info()

    def identify(self) -> Identity:
        found = self._company_info()
        extra = {"country": found.get("Country", ""), "legal_name": found.get("LegalName", "")}
        return Identity(self.company.realm_id, found["CompanyName"], self.app.is_sandbox, extra)

    def _company_info(self) -> dict[str, Any]:
        realm = self.company.realm_id
        return dict(self.company.call(lambda books: books.get_single_object("companyinfo", realm))["CompanyInfo"])

    # --- Schema ---

    def describe(self, name: str) -> ObjectSchema:
        return schema_of(_known(name), custom=self._definitions(name), may_read=self._may_read(name))

    def _may_read(self, name: str) -> bool:
        try:
            self.count(name)
        except Failure as trouble:
            if trouble.code != "permission":
                raise
            return False
        return True

    def _definitions(self, name: str) -> dict[str, str]:
        """The company's custom fields on an object: name → definition id."""
        if _known(name) not in self._custom:
            self._custom[name] = custom_fields.defined(self.company, name)
        return self._custom[name]

    # --- Reading ---

    def find(self, name: str, *, where: Values, limit: int = 100) -> list[Record]:
        tests = " and ".join(f"{_checked(field)} = {_quoted(value)}" for field, value in where.items())
        return self._query(name, f"where {tests} startposition 1 maxresults {int(limit)}")

    def read(self, name: str, record_id: str) -> Record:
        return flat(self._entity(name, record_id))

    def count(self, name: str) -> int:
        query = f"select count(*) from {_known(name)}"  # noqa: S608 - a known name
        return int(self.company.call(lambda books: books.query(query))["QueryResponse"]["totalCount"])

    def changed_since(self, name: str, *, cursor: str | None, limit: int = 200, fields: Sequence[str] = ()) -> Page:
        def rows(moment: str, most: int) -> list[Record]:
            test = f"where MetaData.LastUpdatedTime >= '{moment}' orderby MetaData.LastUpdatedTime asc, Id asc"
            found: list[Record] = []
            while len(found) < most:
                size = min(_MOST_ROWS, most - len(found))
                some = self._query(name, f"{test} startposition {len(found) + 1} maxresults {size}")
                found += some
                if len(some) < size:
                    break
            return found

        return page_after(cursor, beginning=_EPOCH, limit=limit, rows=rows)

    # --- Writing ---

    def create(self, name: str, values: Values, *, key: str) -> str:
        body = json.dumps(nested(values, custom=self._definitions(name)))
        request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, key))
        made = self.company.call(
            lambda books: books.create_object(_known(name), body, request_id=request_id, params=self._params(name))
        )
        return str(made[name]["Id"])

    def update(self, name: str, record_id: str, values: Values) -> None:
        self._sparse(name, self._entity(name, record_id), values)

    def upsert(self, name: str, *, by: str, value: str, values: Values) -> tuple[str, bool]:
        if found := self.find(name, where={by: value}, limit=2):
            if len(found) > 1:
                raise failure("ambiguous", vendor=VENDOR, vendor_message=f"{by} = {value}")
            self.update(name, found[0].id, values)
            return found[0].id, False
        return self.create(name, {**values, by: value}, key=f"{name}:{by}:{value}"), True

    def remove(self, name: str, record_id: str) -> None:
        """Lists are never deleted here: the record is put out of use."""
        try:
            there = self._entity(name, record_id)
            if there.get("Active", True):
                self._sparse(name, there, {"Active": False})
        except Failure as trouble:
            if trouble.code not in _GONE:
                raise

    def _sparse(self, name: str, there: dict[str, Any], values: Values) -> None:
        change = nested(values, custom=self._definitions(name), there=there)
        body = json.dumps({"Id": there["Id"], "SyncToken": there["SyncToken"], "sparse": True, **change}, default=str)
        self.company.call(lambda books: books.update_object(_known(name), body, params=self._params(name)))

    # --- Custom fields ---

    def ensure_field(self, wish: FieldWish) -> FieldOutcome:
        if wish.name in self._definitions(wish.object):
            return FieldOutcome("exists", f"{wish.label} is there.")
        outcome = custom_fields.define(self.company, wish)
        self._custom.pop(wish.object, None)
        return outcome

    # --- Rows ---

    def _params(self, name: str) -> dict[str, str]:
        return {"include": custom_fields.INCLUDE} if self._definitions(name) else {}

    def _entity(self, name: str, record_id: str) -> dict[str, Any]:
        if not re.fullmatch(r"\d{1,20}", record_id):
            raise failure("not_found", vendor=VENDOR, vendor_message=f"{record_id} is not an id.")
        params = self._params(name)
        return dict(self.company.call(lambda books: books.get_single_object(_known(name), record_id, params))[name])

    def _query(self, name: str, rest: str) -> list[Record]:
        query = f"select * from {_known(name)} {rest}"  # noqa: S608 - checked names, quoted values
        params = self._params(name)
        answer = self.company.call(lambda books: books.query(query, params=params))
        return [flat(entity) for entity in answer["QueryResponse"].get(name, ())]


def _known(name: str) -> str:
    if name not in OBJECTS:
        raise failure("unsupported", vendor=VENDOR, vendor_message=f"{name} is not an object we move.")
    return name


def _checked(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][\w.]{0,79}", name):
        raise failure("field_missing", vendor=VENDOR, vendor_message=f"{name} is not a name.")
    return name


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
