"""What Intuit refuses at the edges: batches, moments, lines, numbers, payments that don't fit."""

import json

import pytest
from quickbooks.exceptions import QuickbooksException

pytestmark = pytest.mark.usefixtures("no_leftovers")


def refused(work, *given, **named) -> int:
    with pytest.raises(QuickbooksException) as caught:
        work(*given, **named)
    return caught.value.error_code


@pytest.fixture
def buyer(qb) -> str:
    return qb.create_object("Customer", json.dumps({"DisplayName": "Buyer"}))["Customer"]["Id"]


@pytest.fixture
def bill(qb, buyer):
    item = qb.query("select Id from Item maxresults 1")["QueryResponse"]["Item"][0]["Id"]

    def bill(**more) -> dict:
        detail = {"ItemRef": {"value": item}}
        body = {
            "CustomerRef": {"value": buyer},
            "Line": [{"DetailType": "SalesItemLineDetail", "Amount": 10, "SalesItemLineDetail": detail}],
            **more,
        }
        return qb.create_object("Invoice", json.dumps(body))["Invoice"]

    return bill


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Line": []}, 2020),
        ({"Line": [{"Amount": 1}]}, 2020),
        ({"Line": [{"DetailType": "DescriptionOnly", "Description": "x"}], "DocNumber": "x" * 22}, 2050),
        ({"Line": [{"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}]}, 2020),
        ({"CustomerRef": {"value": "99999"}}, 2500),
        ({"CustomField": [{"DefinitionId": "1", "StringValue": "x"}]}, 2500),
        ({"TxnDate": "tomorrow"}, 2010),
        ({"CustomerMemo": "x"}, 2010),
    ],
)
def test_invoices_that_cant_be(bill, more, code):
    assert refused(bill, **more) == code


def test_numbers_are_given_once(bill):
    assert bill(DocNumber="IW-1")["DocNumber"] == "IW-1"
    assert refused(bill, DocNumber="IW-1") == 6140
    assert bill()["DocNumber"] == "1001"


def test_an_invoice_changes_and_keeps_its_payments(qb, bill, buyer):
    made = bill()
    pay = {
        "CustomerRef": {"value": buyer},
        "TotalAmt": 4,
        "Line": [{"Amount": 4, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}],
    }
    qb.create_object("Payment", json.dumps(pay))
    now = qb.get_single_object("Invoice", made["Id"])["Invoice"]
    line = {**now["Line"][0], "Amount": 20}
    change = {"Id": now["Id"], "SyncToken": now["SyncToken"], "sparse": True, "Line": [line]}

    changed = qb.update_object("Invoice", json.dumps(change))["Invoice"]

    assert (changed["TotalAmt"], changed["Balance"], changed["DocNumber"]) == (20, 16, made["DocNumber"])
    body = json.dumps({"Id": made["Id"], "SyncToken": changed["SyncToken"]})
    assert refused(qb.post, f"{qb.api_url}/company/{qb.company_id}/invoice", body, params={"operation": "void"}) == 6000


def test_payments_that_dont_fit(qb, bill, buyer):
    made = bill()
    other = qb.create_object("Customer", json.dumps({"DisplayName": "Other"}))["Customer"]["Id"]
    link = [{"TxnId": made["Id"], "TxnType": "Invoice"}]

    def pay(customer: str, total: float, amount: float, linked: list) -> None:
        line = [{"Amount": amount, "LinkedTxn": linked}]
        body = {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": line}
        qb.create_object("Payment", json.dumps(body))

    assert refused(pay, buyer, 1, 2, link) == 6000
    assert refused(pay, other, 5, 5, link) == 6000
    assert refused(pay, buyer, 5, 5, [{"TxnId": "99999", "TxnType": "Invoice"}]) == 2500
    assert refused(qb.create_object, "Payment", json.dumps({"CustomerRef": {"value": buyer}})) == 2020


def test_updates_need_a_token_and_a_record(qb, buyer):
    assert refused(qb.update_object, "Customer", json.dumps({"Id": buyer})) == 2020
    assert refused(qb.update_object, "Customer", json.dumps({"Id": "99999", "SyncToken": "0"})) == 610
    change = {"Id": buyer, "SyncToken": "0", "sparse": True, "CurrencyRef": {"value": "EUR"}}
    assert refused(qb.update_object, "Customer", json.dumps(change)) == 6000


def test_batches_query_and_refuse_in_their_own_items(qb, buyer):
    item = {"bId": "1", "Query": "select count(*) from Customer"}
    answer = qb.batch_operation(
        json.dumps({"BatchItemRequest": [item, {"bId": "2", "operation": "dance", "Customer": {}}]})
    )

    assert answer["BatchItemResponse"][0]["QueryResponse"] == {"totalCount": 3}
    assert answer["BatchItemResponse"][1]["Fault"]["Error"][0]["code"] == "500"
    assert refused(qb.batch_operation, json.dumps({"BatchItemRequest": [item] * 31})) == 6000


def test_changes_go_back_thirty_days(qb):
    assert refused(qb.change_data_capture, "Customer", "2020-01-01T00:00:00Z") == 2010
    assert refused(qb.change_data_capture, "Customer", "whenever") == 2010


@pytest.mark.parametrize(
    ("path", "body", "params", "code"),
    [
        ("nonsense", "{}", {}, 500),
        ("customer", "{}", {"operation": "dance"}, 500),
        ("taxcode", '{"Name": "x"}', {}, 500),
        ("customer", "[]", {}, 2010),
        ("customer", "{", {}, 2010),
    ],
)
def test_operations_there_are_not(qb, path, body, params, code):
    url = f"{qb.api_url}/company/{qb.company_id}/{path}"

    assert refused(qb.post, url, body, params=params) == code


def test_customers_are_not_voided(qb, buyer):
    body = json.dumps({"Id": buyer, "SyncToken": "0"})
    url = f"{qb.api_url}/company/{qb.company_id}/customer"

    assert refused(qb.post, url, body, params={"operation": "void"}) == 500


def test_a_name_is_built_from_its_parts(qb):
    made = qb.create_object("Vendor", json.dumps({"GivenName": "Rosa", "FamilyName": "Lind"}))["Vendor"]

    assert (made["DisplayName"], made["PrintOnCheckName"]) == ("Rosa Lind", "Rosa Lind")


@pytest.mark.parametrize(("length", "code"), [(30, 2050), (300, 0)])
def test_the_length_of_names_is_the_companys(sandbox, connect, length, code):
    qb = connect(sandbox.new_company("Lengths", name_length=length))
    body = json.dumps({"DisplayName": "x" * 200})

    if code:
        assert refused(qb.create_object, "Customer", body) == code
    else:
        assert qb.create_object("Customer", body)["Customer"]["Id"]
