"""Checks what a caller sent, property by property, and puts it into the form Intuit gives back."""

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from integrations.sandbox.quickbooks import errors
from integrations.sandbox.quickbooks.company import Company
from integrations.sandbox.quickbooks.countries import iso3
from integrations.sandbox.quickbooks.entities import ADDRESS, ADDRESS_IGNORED, COMMON, CURRENCIES, Entity
from integrations.sandbox.state import Body

EMAIL = re.compile(r"[^@\s<>;]+@[^@\s<>;]+\.[^@\s<>;.]+")
UNSET: tuple[Any, ...] = ("", None, [], {})


def accepted(company: Company, entity: Entity, body: Body) -> Body:
    """The body's own properties in stored form; "" and null mean: not set. Raises Fault."""
    hidden = company.hidden(entity)
    values: Body = {}
    for name, value in body.items():
        if name in COMMON or (name in entity.own and name not in hidden):
            continue
        rule = entity.rules.get(name)
        if rule is None or name in hidden:
            raise errors.unsupported(name)
        kind, _, detail = rule.partition(":")
        values[name] = None if value in UNSET else READERS[kind](company, name, value, detail)
    return values


def _text(company: Company, name: str, value: Any, detail: str) -> str | None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise errors.unsupported(name)
    text = str(value).strip()
    if len(text) > int(detail):
        raise errors.too_long(name, int(detail))
    return text or None


def _name(company: Company, name: str, value: Any, detail: str) -> str | None:
    most = str(company.facts.get("name_length") or detail) if name == "DisplayName" else detail
    if isinstance(value, str) and re.search(r"[:\t\n\r]", value.strip()):
        raise errors.rule_broken(f"{name} can't contain a colon, tab or new line", name)
    return _text(company, name, value, most)


def _flag(company: Company, name: str, value: Any, detail: str) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise errors.unsupported(name)
    return value


def _number(company: Company, name: str, value: Any, detail: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise errors.unsupported(name) from None
    if isinstance(value, bool) or not math.isfinite(number):
        raise errors.unsupported(name)
    return round(number, 7)


def _date(company: Company, name: str, value: Any, detail: str) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise errors.unsupported(name) from None


def _part(key: str, most: int) -> Callable[[Company, str, Any, str], Body | None]:
    """Values that are an object of one text: {FreeFormNumber}, {Address}, {URI}, {value}."""

    def read(company: Company, name: str, value: Any, detail: str) -> Body | None:
        if not isinstance(value, dict) or set(value) - {key, "Id", "Default", "Tag"}:
            raise errors.unsupported(name)
        text = _text(company, name, value.get(key) or "", str(most))
        if text and key == "Address" and not EMAIL.fullmatch(text):
            raise errors.Fault(
                "2210", "Invalid Email Address format", "Email Address does not conform to the standard", element=name
            )
        return {key: text} if text else None

    return read


def _address(company: Company, name: str, value: Any, detail: str) -> Body | None:
    if not isinstance(value, dict):
        raise errors.unsupported(name)
    found: Body = {}
    for part, text in value.items():
        if part in ADDRESS_IGNORED or text in UNSET:
            continue
        if part not in ADDRESS:
            raise errors.unsupported(part)
        found[part] = _text(company, part, text, str(ADDRESS[part]))
    if "Country" in found:
        found["Country"] = iso3(found["Country"])
    if not found:
        return None
    number = company.world.store.next_number(f"qb:addresses:{company.realm}", 90)
    return {"Id": str(number), **found}


def _reference(company: Company, name: str, value: Any, detail: str) -> Body | None:
    if not isinstance(value, dict):
        raise errors.unsupported(name)
    if value.get("value") in UNSET:
        return None
    row = company.row(detail, value["value"])
    if row is None or row.get("Active") is False:
        raise errors.invalid_reference(name, f"{detail} {value['value']} was not found or is inactive")
    return {"value": row["Id"], "name": row.get("DisplayName") or row.get("Name")}


def _currency(company: Company, name: str, value: Any, detail: str) -> Body | None:
    code = value.get("value") if isinstance(value, dict) else None
    if code in UNSET:
        return None
    if code not in CURRENCIES:
        raise errors.invalid_reference(name, f"currency {code}")
    return {"value": code, "name": CURRENCIES[code]}


def _lines(company: Company, name: str, value: Any, detail: str) -> list[Body]:
    """Sales lines; Amount must be Qty times UnitPrice where both are given. The subtotal line is Intuit's own."""
    if not isinstance(value, list):
        raise errors.unsupported(name)
    found = []
    for line in value:
        kind = line.get("DetailType")
        if kind in {"SubTotalLineDetail", "GroupLineDetail"}:
            continue
        if kind == "DescriptionOnly":
            found.append({"DetailType": kind, "Description": line.get("Description")})
        elif kind == "SalesItemLineDetail":
            found.append(_sales_line(company, line))
        else:
            raise errors.missing("Line.DetailType")
    return [{"Id": str(number), "LineNum": number, **line} for number, line in enumerate(found, 1)]


def _sales_line(company: Company, line: Body) -> Body:
    given = line.get("SalesItemLineDetail") or {}
    item = _reference(company, "ItemRef", given.get("ItemRef") or {}, "Item")
    own: Body = {"ItemRef": item} if item else {}
    for word in ("Qty", "UnitPrice"):
        if given.get(word) not in UNSET:
            own[word] = _number(company, word, given[word], "")
    if given.get("TaxCodeRef"):
        own["TaxCodeRef"] = given["TaxCodeRef"]
    amount = line.get("Amount")
    both = "Qty" in own and "UnitPrice" in own
    if amount in UNSET and not both:
        raise errors.missing("Line.Amount")
    amount = own["Qty"] * own["UnitPrice"] if amount in UNSET else _number(company, "Amount", amount, "")
    if both and abs(amount - own["Qty"] * own["UnitPrice"]) > 0.01:
        raise errors.Fault(
            "6070", "Amount calculation incorrect in the request.", "Amount is not equal to UnitPrice * Qty."
        )
    text = {"Description": line["Description"]} if line.get("Description") else {}
    return {"Amount": round(amount, 2), "DetailType": "SalesItemLineDetail", **text, "SalesItemLineDetail": own}


def _payments(company: Company, name: str, value: Any, detail: str) -> list[Body]:
    found = []
    for line in value if isinstance(value, list) else []:
        links = [
            {"TxnId": str(link.get("TxnId")), "TxnType": link.get("TxnType")} for link in line.get("LinkedTxn") or []
        ]
        for link in links:
            if link["TxnType"] != "Invoice" or company.row("Invoice", link["TxnId"]) is None:
                raise errors.invalid_reference("LinkedTxn", f"{link['TxnType']} {link['TxnId']}")
        found.append({"Amount": _number(company, "Amount", line.get("Amount"), ""), "LinkedTxn": links})
    return found


def _custom(company: Company, name: str, value: Any, detail: str) -> list[Body]:
    """Values by DefinitionId: of the new definitions when asked for, else of the three old sales fields."""
    if not isinstance(value, list):
        raise errors.unsupported(name)
    known = {row["legacyIDV2"]: (row["label"], 255) for row in company.definitions()} if company.enhanced else {}
    known |= {str(place): (label, 31) for place, label in enumerate(company.facts.get("sales_fields", []), 1)}
    found = []
    for entry in value:
        definition = str(entry.get("DefinitionId") or "")
        if definition not in known:
            raise errors.invalid_reference("CustomField", f"custom field definition {definition or '(none)'}")
        label, most = known[definition]
        text = _text(company, "StringValue", entry.get("StringValue") or "", str(most))
        if text:
            found.append({"DefinitionId": definition, "Name": label, "Type": "StringType", "StringValue": text})
    return found


def _as_it_is(company: Company, name: str, value: Any, detail: str) -> Any:
    return value


READERS: dict[str, Callable[[Company, str, Any, str], Any]] = {
    "text": _text,
    "name": _name,
    "flag": _flag,
    "number": _number,
    "date": _date,
    "address": _address,
    "phone": _part("FreeFormNumber", 30),
    "email": _part("Address", 100),
    "uri": _part("URI", 1000),
    "memo": _part("value", 1000),
    "ref": _reference,
    "currency": _currency,
    "lines": _lines,
    "payments": _payments,
    "custom": _custom,
    "any": _as_it_is,
}
