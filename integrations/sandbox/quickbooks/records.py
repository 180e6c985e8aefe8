"""Making, changing and ending records, with Intuit's checks: names, tokens, references, balances."""

from collections.abc import Callable

from integrations.sandbox.quickbooks import errors
from integrations.sandbox.quickbooks.company import Company
from integrations.sandbox.quickbooks.entities import CURRENCIES, NAMES, Entity
from integrations.sandbox.quickbooks.values import accepted
from integrations.sandbox.state import Body

NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
ITEM_TYPES = {"Service", "NonInventory", "Inventory", "Category", "Group"}


def create(company: Company, entity: Entity, body: Body) -> Body:
    """A new record. Raises Fault; nothing is written then."""
    refuse_readonly(company, entity)
    values = without_unset(dict(entity.defaults) | without_unset(accepted(company, entity, body)))
    for name in entity.needs:
        if values.get(name) is None:
            raise errors.missing(name)
    if company.world.faults.take("quickbooks", company.realm, "duplicate_name"):
        raise errors.duplicate_name("425")
    values = completed(company, entity, values, old=None)
    row = company.insert(entity.name, values)
    company.count_created(entity.name)
    settle(company, entity, old=None, new=row)
    return row


def update(company: Company, entity: Entity, body: Body) -> Body:
    """Full update replaces all that callers may write; `sparse: true` only what is sent. Raises Fault, 5010 when stale."""
    refuse_readonly(company, entity)
    row = current(company, entity, body)
    sent = accepted(company, entity, body)
    if "CurrencyRef" in sent and sent["CurrencyRef"] and sent["CurrencyRef"] != row.get("CurrencyRef"):
        raise errors.rule_broken("the currency can't be changed", "CurrencyRef")
    kept = {name: value for name, value in row.items() if body.get("sparse") or survives(company, entity, name)}
    values = without_unset({**entity.defaults, **kept, **sent})
    for name in entity.needs:
        if values.get(name) is None:
            raise errors.missing(name)
    values = completed(company, entity, values, old=row)
    changed = company.save(entity.name, row, values)
    settle(company, entity, old=row, new=changed)
    return changed


def survives(company: Company, entity: Entity, name: str) -> bool:
    """What a full update leaves alone: Intuit's own, and custom fields the caller can't see."""
    return (
        name not in entity.rules
        or name == "CurrencyRef"
        or (name == "CustomField" and not company.enhanced and entity.is_list)
    )


def delete(company: Company, entity: Entity, body: Body) -> Body:
    """Transactions can be deleted; list entities are made inactive instead."""
    refuse_readonly(company, entity)
    if entity.is_list:
        raise errors.unsupported_operation("delete")
    row = current(company, entity, body)
    if row.get("LinkedTxn"):
        raise errors.rule_broken("the transaction is linked to another one", "LinkedTxn")
    company.remove(entity.name, row)
    settle(company, entity, old=row, new=None)
    return {"Id": row["Id"], "status": "Deleted", "domain": "QBO"}


def void(company: Company, entity: Entity, body: Body) -> Body:
    """The transaction stays with all its amounts at nothing."""
    refuse_readonly(company, entity)
    row = current(company, entity, body)
    if entity.name not in {"Invoice", "Payment"}:
        raise errors.unsupported_operation("void")
    if entity.name == "Invoice" and row.get("LinkedTxn"):
        raise errors.rule_broken("the invoice is linked to a payment")
    lines = [line | {"Amount": 0} for line in row.get("Line", [])] if entity.name == "Invoice" else []
    note = f"Voided {row.get('PrivateNote') or ''}".strip()
    values = row | {"Line": lines, "TotalAmt": 0, "Balance": 0, "UnappliedAmt": 0, "PrivateNote": note}
    changed = company.save(entity.name, row, values if entity.name == "Invoice" else without(values, "Balance"))
    settle(company, entity, old=row, new=changed)
    return changed


def current(company: Company, entity: Entity, body: Body) -> Body:
    """The row a change means. Raises 610 when there is none, 5010 when the token is old."""
    row = company.row(entity.name, str(body.get("Id")))
    if row is None:
        raise errors.not_found()
    if body.get("SyncToken") is None:
        raise errors.missing("SyncToken")
    if str(body["SyncToken"]) != row["SyncToken"] or company.world.faults.take(
        "quickbooks", company.realm, "stale_next"
    ):
        raise errors.stale("Maria Bookkeeper")
    return row


def refuse_readonly(company: Company, entity: Entity) -> None:
    if entity.is_readonly:
        raise errors.unsupported_operation(f"write on {entity.name}")
    if company.world.faults.on("quickbooks", company.realm, "readonly_user"):
        raise errors.wrong_realm()


def without_unset(values: Body) -> Body:
    return {name: value for name, value in values.items() if value is not None}


def without(values: Body, *names: str) -> Body:
    return {name: value for name, value in values.items() if name not in names}


def completed(company: Company, entity: Entity, values: Body, *, old: Body | None) -> Body:
    """What Intuit adds by itself, and the rules that go beyond one property."""
    if entity.name in NAMES:
        return person(company, entity, values, old)
    if entity.unique:
        refuse_taken(company, (entity.name,), entity.unique, values, old)
    rule = COMPLETE.get(entity.name)
    return rule(company, values, old) if rule else values


def person(company: Company, entity: Entity, values: Body, old: Body | None) -> Body:
    built = " ".join(str(values[part]) for part in NAME_PARTS if values.get(part))
    values = {"DisplayName": built or values.get("CompanyName"), **values}
    if not values["DisplayName"]:
        raise errors.missing("DisplayName or one of Title, GivenName, MiddleName, FamilyName, Suffix")
    refuse_taken(company, NAMES, "DisplayName", values, old)
    name = values["DisplayName"]
    values = {"PrintOnCheckName": values.get("CompanyName") or name, "CurrencyRef": home(company), **values}
    if entity.name != "Customer":
        return {"Balance": 0, **values}
    parent = company.row("Customer", values["ParentRef"]["value"]) if values.get("ParentRef") else None
    if parent is not None and not values["Job"]:
        raise errors.rule_broken("a customer with a parent must have Job set to true", "Job")
    values |= {
        "FullyQualifiedName": f"{parent['FullyQualifiedName']}:{name}" if parent else name,
        "Level": parent["Level"] + 1 if parent else 0,
    }
    return {"Balance": 0, "BalanceWithJobs": 0, "PreferredDeliveryMethod": "Print", **values}


def home(company: Company) -> Body:
    code = str(company.facts.get("currency", "USD"))
    return {"value": code, "name": CURRENCIES[code]}


def refuse_taken(company: Company, among: tuple[str, ...], name: str, values: Body, old: Body | None) -> None:
    """Names are taken by inactive records too, whatever the case of their letters."""
    wanted = str(values[name]).casefold()
    for other in among:
        for row in company.rows(other):
            if str(row.get(name, "")).casefold() == wanted and (old is None or row["Id"] != old["Id"]):
                raise errors.duplicate_name(row["Id"])


def item(company: Company, values: Body, old: Body | None) -> Body:
    kind = values["Type"]
    if kind not in ITEM_TYPES:
        raise errors.unsupported("Type")
    needed = {"Service": ["IncomeAccountRef"], "NonInventory": ["IncomeAccountRef"]}.get(kind, [])
    if kind == "Inventory":
        needed = ["IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "QtyOnHand", "InvStartDate"]
        if not values.get("TrackQtyOnHand"):
            raise errors.rule_broken("an inventory item must track its quantity", "TrackQtyOnHand")
    for name in needed:
        if values.get(name) is None:
            raise errors.missing(name)
    return values | {"FullyQualifiedName": values["Name"]}


def sale(company: Company, values: Body, old: Body | None) -> Body:
    """Invoice and estimate: totals, number, dates and the subtotal line."""
    lines = [line for line in values["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    if not lines:
        raise errors.missing("Line")
    total = round(sum(line.get("Amount") or 0 for line in lines), 2)
    if not values.get("DocNumber"):
        number = company.world.store.next_number(f"qb:documents:{company.realm}", 1001)
        values |= {"DocNumber": old["DocNumber"] if old else str(number)}
    subtotal: Body = {"Amount": total, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    today = company.world.clock.now().date().isoformat()
    return {
        "TxnDate": today,
        "CurrencyRef": home(company),
        "LinkedTxn": [],
        **values,
        "Line": [*lines, subtotal],
        "TotalAmt": total,
    }


def invoice(company: Company, values: Body, old: Body | None) -> Body:
    values = sale(company, values, old)
    for row in company.rows("Invoice"):
        if row["DocNumber"] == values["DocNumber"] and (old is None or row["Id"] != old["Id"]):
            raise errors.duplicate_number(values["DocNumber"])
    paid = round(old["TotalAmt"] - old["Balance"], 2) if old else 0
    return {"DueDate": values["TxnDate"], **values, "Balance": round(values["TotalAmt"] - paid, 2)}


def payment(company: Company, values: Body, old: Body | None) -> Body:
    applied = round(sum(line["Amount"] for line in values.get("Line", [])), 2)
    if applied > values["TotalAmt"]:
        raise errors.rule_broken("the payment's lines come to more than its total", "TotalAmt")
    for line in values.get("Line", []):
        for link in line["LinkedTxn"]:
            bill = company.row("Invoice", link["TxnId"])
            own = sum(part["Amount"] for part in (old or {}).get("Line", []) if link in part["LinkedTxn"])
            if bill and bill["CustomerRef"]["value"] != values["CustomerRef"]["value"]:
                raise errors.rule_broken("the invoice belongs to another customer", "LinkedTxn")
            if bill and line["Amount"] > bill["Balance"] + own:
                raise errors.rule_broken("the amount is more than the invoice's balance", "Line.Amount")
    today = company.world.clock.now().date().isoformat()
    unapplied = round(values["TotalAmt"] - applied, 2)
    return {"TxnDate": today, "CurrencyRef": home(company), "Line": [], **values, "UnappliedAmt": unapplied}


COMPLETE: dict[str, Callable[[Company, Body, Body | None], Body]] = {
    "Item": item,
    "Invoice": invoice,
    "Estimate": sale,
    "Payment": payment,
}


def settle(company: Company, entity: Entity, *, old: Body | None, new: Body | None) -> None:
    """After a write: balances of invoices and customers follow."""
    if entity.name == "Payment":
        for source, sign in ((old, 1), (new, -1)):
            for line in (source or {}).get("Line", []):
                for link in line["LinkedTxn"]:
                    apply(company, str((source or {})["Id"]), link["TxnId"], sign * line["Amount"])
    if entity.name in {"Invoice", "Payment"}:
        for customer_id in {source["CustomerRef"]["value"] for source in (old, new) if source}:
            balance(company, customer_id)


def apply(company: Company, payment_id: str, invoice_id: str, amount: float) -> None:
    """Money put on an invoice (negative) or taken off it again (positive)."""
    bill = company.row("Invoice", invoice_id)
    if bill is None:
        return
    links = [link for link in bill["LinkedTxn"] if link != {"TxnId": payment_id, "TxnType": "Payment"}]
    if amount < 0:
        links.append({"TxnId": payment_id, "TxnType": "Payment"})
    company.save("Invoice", bill, bill | {"Balance": round(bill["Balance"] + amount, 2), "LinkedTxn": links})


def balance(company: Company, customer_id: str) -> None:
    """What the customer owes, summed anew; the record's token stays, since nobody edited it."""
    customer = company.row("Customer", customer_id)
    if customer is None:
        return
    owed = sum(row["Balance"] for row in company.rows("Invoice") if row["CustomerRef"]["value"] == customer_id)
    spare = sum(row["UnappliedAmt"] for row in company.rows("Payment") if row["CustomerRef"]["value"] == customer_id)
    left = round(owed - spare, 2)
    company.keep("Customer", customer | {"Balance": left, "BalanceWithJobs": left})
