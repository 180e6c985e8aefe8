"""Items, invoices, payments: what Intuit adds up by itself."""

import json

import pytest
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import (
    Account,
    CompanyInfo,
    Customer,
    Invoice,
    Item,
    Payment,
    PaymentLine,
    Preferences,
    SalesItemLine,
    SalesItemLineDetail,
)


def customer(qb, name: str = "Buyer") -> Customer:
    made = Customer()
    made.DisplayName = name
    return made.save(qb=qb)


def invoice(qb, buyer: Customer, amount: float = 25, quantity: float = 2, price: float = 12.5) -> Invoice:
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Item.filter(Name="Widget, small", qb=qb)[0].to_ref()
    line.SalesItemLineDetail.Qty, line.SalesItemLineDetail.UnitPrice = quantity, price
    bill = Invoice()
    bill.CustomerRef, bill.Line = buyer.to_ref(), [line]
    return bill.save(qb=qb)


def payment(qb, buyer: Customer, bill: Invoice, amount: float, total: float) -> Payment:
    line = PaymentLine()
    line.Amount, line.LinkedTxn = amount, [bill.to_linked_txn()]
    paid = Payment()
    paid.CustomerRef, paid.Line, paid.TotalAmt = buyer.to_ref(), [line], total
    return paid.save(qb=qb)


def test_an_invoice_is_added_up_numbered_and_owed(qb):
    buyer = customer(qb)
    bill = invoice(qb, buyer)

    assert (bill.TotalAmt, bill.Balance, bill.DocNumber) == (25, 25, "1001")
    assert [line.DetailType for line in bill.Line] == ["SalesItemLineDetail", "SubTotalLineDetail"]
    assert Customer.get(buyer.Id, qb=qb).Balance == 25
    with pytest.raises(QuickbooksException) as caught:
        invoice(qb, buyer, amount=26)
    assert caught.value.error_code == 6070


def test_a_payment_pays_and_its_void_unpays(qb):
    buyer = customer(qb)
    bill = invoice(qb, buyer)
    paid = payment(qb, buyer, bill, 20, 30)
    after = Invoice.get(bill.Id, qb=qb)

    assert (after.Balance, after.LinkedTxn[0].TxnId, paid.UnappliedAmt) == (5, paid.Id, 10)
    assert Customer.get(buyer.Id, qb=qb).Balance == -5
    with pytest.raises(QuickbooksException) as caught:
        payment(qb, buyer, bill, 6, 6)
    assert caught.value.error_code == 6000
    with pytest.raises(QuickbooksException):
        after.delete(qb=qb)
    paid.void(qb=qb)
    assert Invoice.get(bill.Id, qb=qb).Balance == 25


def test_void_then_delete(qb):
    buyer = customer(qb)
    bill = invoice(qb, buyer)
    bill.void(qb=qb)
    voided = Invoice.get(bill.Id, qb=qb)

    assert (voided.TotalAmt, voided.Balance, voided.PrivateNote) == (0, 0, "Voided")
    assert Customer.get(buyer.Id, qb=qb).Balance == 0
    assert voided.delete(qb=qb)["Invoice"]["status"] == "Deleted"
    assert Invoice.filter(CustomerRef=buyer.Id, qb=qb) == []


def test_lists_are_never_deleted(qb):
    body = {"Id": customer(qb).Id, "SyncToken": "0"}

    with pytest.raises(QuickbooksException) as caught:
        qb.post(f"{qb.api_url}/company/{qb.company_id}/customer", json.dumps(body), params={"operation": "delete"})

    assert caught.value.error_code == 500


def test_an_item_needs_its_accounts(qb):
    item = Item()
    item.Name, item.Type = "Gadget", "Inventory"
    with pytest.raises(QuickbooksException):
        item.save(qb=qb)
    item.Type = "Service"
    with pytest.raises(QuickbooksException) as caught:
        item.save(qb=qb)
    assert caught.value.error_code == 2020
    item.IncomeAccountRef = Account.filter(AccountType="Income", qb=qb)[0].to_ref()
    assert item.save(qb=qb).FullyQualifiedName == "Gadget"


def test_a_batch_is_item_by_item(qb):
    people = []
    for name in ("One", "Two", "One"):
        made = Customer()
        made.DisplayName = name
        people.append(made)

    answer = batch_create(people, qb=qb)

    assert [made.DisplayName for made in answer.successes] == ["One", "Two"]
    assert [fault.Error[0].code for fault in answer.faults] == ["6240"]


def test_changes_since_a_moment(qb):
    buyer = customer(qb, "Changed")
    bill = invoice(qb, buyer)
    bill.delete(qb=qb)
    since = Customer.get(buyer.Id, qb=qb).MetaData["CreateTime"]

    found = change_data_capture([Customer, Invoice], since, qb=qb)

    assert "Changed" in [made.DisplayName for made in found.Customer._object_list]
    assert [(gone.Id, gone.status) for gone in found.Invoice._object_list] == [(bill.Id, "Deleted")]


def test_the_company_tells_about_itself(sandbox, connect):
    company = sandbox.new_company("Maple Books", country="CA", sales_fields=["AccountID"])
    qb = connect(company)
    info = CompanyInfo.get(company["realm_id"], qb=qb)
    forms = Preferences.get(qb=qb).SalesFormsPrefs

    assert (info.CompanyName, info.Country) == ("Maple Books", "CA")
    named = [
        entry["StringValue"] for group in forms.CustomField for entry in group["CustomField"] if "StringValue" in entry
    ]
    assert named == ["AccountID"]
    assert customer(qb).CurrencyRef.value == "CAD"
