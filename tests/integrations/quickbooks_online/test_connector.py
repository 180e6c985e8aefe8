"""The QuickBooks Online connector against the stand-in: records, custom fields, refusals."""

import pytest

from integrations.engine.connector import FieldWish
from integrations.quickbooks_online.fields import flat, nested
from tests.integrations.quickbooks_online.refusals import refused

ACCOUNT_ID = FieldWish(object="Customer", name="AccountID", label="AccountID", length=31)

# --- Who and what ---


def test_identity(finance, books):
    found = finance.identify()

    assert (found.id, found.name, found.is_sandbox, found.extra["country"]) == (
        books["realm_id"],
        "Acme Widgets Books",
        True,
        "US",
    )


@pytest.mark.parametrize(
    ("fault", "code", "vendor_code"),
    [
        ("not_admin", "permission", "120"),
        ("company_inactive", "company_inactive", "6190"),
        ("server_error_once", "vendor_error", "10000"),
    ],
)
def test_a_company_that_refuses(fault, code, vendor_code, finance, sandbox, books):
    finance.describe("Customer")
    sandbox.fault("quickbooks", books["realm_id"], fault)

    trouble = refused(finance.create, "Customer", {"DisplayName": "x"}, key="k")

    assert (trouble.code, trouble.vendor_code) == (code, vendor_code)
    assert trouble.request_id


def test_a_throttle_says_how_long_to_wait(finance, sandbox, books):
    sandbox.fault("quickbooks", books["realm_id"], "throttle", count=1)

    trouble = refused(finance.identify)

    assert (trouble.code, trouble.vendor_code, trouble.http_status, trouble.retry_after) == (
        "rate_limited",
        "3001",
        429,
        60,
    )


def test_a_token_for_another_company(finance, books_tokens, sandbox):
    other = sandbox.new_company("Somebody Else")
    books_tokens.credentials["realm_id"] = other["realm_id"]

    assert refused(finance.identify).code == "permission"


def test_description(finance):
    customer = finance.describe("Customer")

    name, balance = customer.field("DisplayName"), customer.field("Balance")
    assert (name.length, name.required, balance.createable, customer.field("AccountID")) == (100, True, False, None)
    assert customer.rights == {"read": True, "create": None, "update": None, "remove": None}


def test_an_object_we_do_not_move(finance):
    assert refused(finance.describe, "Payroll").code == "unsupported"


# --- Records ---


def test_a_records_life(finance):
    made = finance.create(
        "Customer",
        {"DisplayName": "O'Hara \\ Sons", "BillAddr.City": "Boston", "BillAddr.Line1": "1 Quay", "PrimaryPhone.FreeFormNumber": "1"},
        key="k",
    )  # fmt: skip
    finance.update("Customer", made, {"BillAddr.City": "Salem", "PrimaryPhone.FreeFormNumber": None})

    (found,) = finance.find("Customer", where={"DisplayName": "O'Hara \\ Sons"})
    values = found.values
    assert (found.id, values["BillAddr.City"], values["BillAddr.Line1"]) == (made, "Salem", "1 Quay")
    assert not values.get("PrimaryPhone.FreeFormNumber")

    finance.remove("Customer", made)
    finance.remove("Customer", made)
    assert (finance.read("Customer", made).is_active, finance.find("Customer", where={"Id": made})) == (False, [])


@pytest.mark.parametrize("record_id", ["999999", "abc", "../item/1"])
def test_a_record_that_is_not_there(record_id, finance):
    assert refused(finance.read, "Customer", record_id).code == "not_found"
    finance.remove("Customer", record_id)


def test_the_same_key_creates_once(finance, sandbox, books):
    ids = {finance.create("Customer", {"DisplayName": "Once"}, key="same") for _ in range(3)}

    assert (len(ids), sandbox.state("quickbooks", books["realm_id"])["created"]["Customer"]) == (1, 1)


@pytest.mark.parametrize(
    ("values", "code", "vendor_code"),
    [
        ({"DisplayName": "x" * 101}, "too_long", "2050"),
        ({"DisplayName": "Twice"}, "duplicate", "6240"),
        ({"Nickname": "x", "DisplayName": "y"}, "validation", "2010"),
    ],
)
def test_what_records_are_refused_for(values, code, vendor_code, finance):
    finance.create("Customer", {"DisplayName": "Twice"}, key="first")

    trouble = refused(finance.create, "Customer", values, key="second")

    assert (trouble.code, trouble.vendor_code) == (code, vendor_code)


def test_a_record_changed_by_somebody_else_meanwhile(finance, sandbox, books):
    made = finance.create("Customer", {"DisplayName": "Busy"}, key="k")
    sandbox.fault("quickbooks", books["realm_id"], "stale_next")

    assert refused(finance.update, "Customer", made, {"Notes": "x"}).code == "stale"
    finance.update("Customer", made, {"Notes": "x"})


def test_a_slip_in_a_query_is_ours(finance):
    assert refused(finance.find, "Customer", where={"Notes": "x"}).code == "unexpected"
    assert refused(finance.find, "Customer", where={"1 = 1 or Id": "x"}).code == "field_missing"


def test_upsert_creates_then_changes(finance):
    first = finance.upsert("Customer", by="DisplayName", value="Up", values={"Notes": "1"})
    second = finance.upsert("Customer", by="DisplayName", value="Up", values={"Notes": "2"})

    assert (first[1], second, finance.read("Customer", first[0]).values["Notes"]) == (True, (first[0], False), "2")


def test_upsert_over_several_is_ambiguous(finance):
    for name in ("A", "B"):
        finance.create("Customer", {"DisplayName": name, "CompanyName": "Twins"}, key=name)

    assert refused(finance.upsert, "Customer", by="CompanyName", value="Twins", values={}).code == "ambiguous"


def test_changes_come_in_stretches_without_gaps_or_repeats(finance):
    for number in range(7):
        finance.create("Customer", {"DisplayName": f"Row {number}"}, key=str(number))
    seen, cursor, more = [], None, True
    while more:
        page = finance.changed_since("Customer", cursor=cursor, limit=3)
        seen += [record.id for record in page.records]
        cursor, more = page.cursor, page.has_more

    assert (len(seen), len(set(seen))) == (finance.count("Customer"),) * 2
    assert finance.changed_since("Customer", cursor=cursor).records == []
    finance.update("Customer", seen[0], {"Notes": "changed"})
    assert seen[0] in [record.id for record in finance.changed_since("Customer", cursor=cursor).records]


# --- Custom fields ---


def test_a_custom_field_is_made_written_and_read(finance):
    assert finance.ensure_field(ACCOUNT_ID).state == "created"
    assert finance.ensure_field(ACCOUNT_ID).state == "exists"

    made = finance.create("Customer", {"DisplayName": "Bound", "AccountID": "001A"}, key="k")
    finance.update("Customer", made, {"Notes": "other"})
    assert finance.read("Customer", made).values["AccountID"] == "001A"
    finance.update("Customer", made, {"AccountID": "001B"})
    assert finance.find("Customer", where={"DisplayName": "Bound"})[0].values["AccountID"] == "001B"
    assert finance.describe("Customer").field("AccountID").length == 31


def test_a_company_without_custom_fields(finance, sandbox, books):
    sandbox.fault("quickbooks", books["realm_id"], "no_custom_fields")

    outcome = finance.ensure_field(ACCOUNT_ID)

    assert (outcome.state, outcome.words) == (
        "not_possible",
        "This company does not let us make AccountID: make it by hand.",
    )


def test_a_company_that_is_full(finance):
    for number in range(12):
        finance.ensure_field(FieldWish(object="Customer", name=f"F{number}", label=f"F{number}"))

    assert finance.ensure_field(ACCOUNT_ID).words == "The company has no room for another custom field."


def test_a_label_that_is_taken_elsewhere(finance):
    finance.ensure_field(FieldWish(object="Customer", name="ACCOUNTID", label="ACCOUNTID"))

    assert finance.ensure_field(ACCOUNT_ID).state == "differs"


def test_a_definition_the_company_refuses(finance):
    trouble = refused(finance.ensure_field, FieldWish(object="Customer", name=" ", label="Nothing"))

    assert (trouble.code, trouble.vendor_code) == ("validation", "VALIDATION_ERROR")


def test_flat_and_nested_are_each_others_way_back():
    body = {
        "Id": "7",
        "DisplayName": "A",
        "Active": False,
        "BillAddr": {"City": "Boston", "Line1": "1 Quay"},
        "CustomField": [{"DefinitionId": "9", "Name": "AccountID", "Type": "StringType", "StringValue": "001"}],
        "Line": [1],
    }

    record = flat(body)

    assert (record.id, record.is_active, dict(record.values)) == (
        "7",
        False,
        {"Id": "7", "DisplayName": "A", "Active": False, "BillAddr.City": "Boston", "BillAddr.Line1": "1 Quay", "AccountID": "001"},
    )  # fmt: skip
    assert nested(record.values, custom={"AccountID": "9"}) == {name: body[name] for name in body if name != "Line"}
