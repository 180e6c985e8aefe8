"""Customers, vendors and their one list of names, spoken to by python-quickbooks."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects import Address, Customer, PhoneNumber, Vendor

pytestmark = pytest.mark.usefixtures("no_leftovers")


def named(name: str) -> Customer:
    customer = Customer()
    customer.DisplayName = name
    return customer


def test_a_customer_is_made_read_found_and_made_inactive(qb):
    customer = named("  ZZZ-Test ")
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "617 555 0100"
    customer.BillAddr = Address()
    customer.BillAddr.Line1, customer.BillAddr.Country = "1 Main St", "United States"
    made = customer.save(qb=qb)
    found = Customer.filter(DisplayName="zzz-test", qb=qb)

    assert (made.Id, made.SyncToken, made.DisplayName, made.Balance) == (found[0].Id, "0", "ZZZ-Test", 0)
    assert (made.BillAddr.Country, made.BillAddr.Lat) == ("USA", "")
    assert made.FullyQualifiedName == "ZZZ-Test"
    made.Active = False
    assert made.save(qb=qb).SyncToken == "1"
    assert Customer.filter(DisplayName="ZZZ-Test", qb=qb) == []
    assert len(Customer.where("DisplayName = 'ZZZ-Test' AND Active IN (true, false)", qb=qb)) == 1
    assert Customer.get(made.Id, qb=qb).Active is False


def test_names_are_taken_across_kinds_cases_and_inactive_records(qb):
    vendor = Vendor()
    vendor.DisplayName = "old mill CAFE"

    with pytest.raises(QuickbooksException) as caught:
        vendor.save(qb=qb)

    assert caught.value.error_code == 6240


@pytest.mark.parametrize(
    ("name", "code"), [("x" * 101, 2050), ("A: B", 6000), ("", 2020)], ids=["too long", "colon", "no name"]
)
def test_a_name_that_cant_be_is_refused(sandbox, company, qb, name, code):
    with pytest.raises(QuickbooksException) as caught:
        named(name).save(qb=qb)

    assert caught.value.error_code == code
    assert sandbox.state("quickbooks", company["realm_id"])["created"] == {}


def test_an_old_sync_token_is_refused(qb):
    made = named("Token").save(qb=qb)
    stale = Customer.get(made.Id, qb=qb)
    made.Notes = "first"
    made.save(qb=qb)
    stale.Notes = "second"

    with pytest.raises(QuickbooksException) as caught:
        stale.save(qb=qb)

    assert caught.value.error_code == 5010
    assert Customer.get(made.Id, qb=qb).Notes == "first"


@pytest.mark.parametrize(("fault", "code"), [("duplicate_name", 6240), ("stale_next", 5010)])
def test_a_fault_strikes_once(sandbox, company, qb, fault, code):
    made = named("Struck").save(qb=qb)
    sandbox.fault("quickbooks", company["realm_id"], fault)
    again = made if fault == "stale_next" else named("Other")

    with pytest.raises(QuickbooksException) as caught:
        again.save(qb=qb)

    assert caught.value.error_code == code
    assert again.save(qb=qb).DisplayName == again.DisplayName


def test_full_update_clears_what_is_not_sent_and_sparse_keeps_it(qb):
    customer = named("Sparse")
    customer.Notes = "keep me"
    made = customer.save(qb=qb)
    partly = {"Id": made.Id, "SyncToken": "0", "sparse": True, "CompanyName": "Sparse Inc"}
    after_sparse = qb.post(f"{qb.api_url}/company/{qb.company_id}/customer", json.dumps(partly))["Customer"]
    full = {"Id": made.Id, "SyncToken": "1", "DisplayName": "Sparse"}
    after_full = qb.post(f"{qb.api_url}/company/{qb.company_id}/customer", json.dumps(full))["Customer"]

    assert (after_sparse["Notes"], after_sparse["CompanyName"]) == ("keep me", "Sparse Inc")
    assert ("Notes" in after_full, "CompanyName" in after_full) == (False, False)


def test_a_request_id_makes_a_record_once(sandbox, company, qb):
    first = named("Once").save(qb=qb, request_id="run-1")
    again = named("Once").save(qb=qb, request_id="run-1")
    with pytest.raises(QuickbooksException) as caught:
        named("Twice").save(qb=qb, request_id="run-1")

    assert first.Id == again.Id
    assert caught.value.error_code == 600
    assert sandbox.state("quickbooks", company["realm_id"])["created"] == {"Customer": 1}


def test_a_lost_answer_can_be_asked_for_again(sandbox, company, qb):
    sandbox.fault("quickbooks", company["realm_id"], "lost_answer")
    with pytest.raises(QuickbooksException):
        named("Lost").save(qb=qb, request_id="run-2")

    found = named("Lost").save(qb=qb, request_id="run-2")

    assert found.DisplayName == "Lost"
    assert sandbox.state("quickbooks", company["realm_id"])["created"] == {"Customer": 1}


def test_unknown_records_and_references(qb):
    with pytest.raises(ObjectNotFoundException):
        Customer.get(99999, qb=qb)
    customer = named("Child")
    customer.Job, customer.ParentRef = True, {"value": "99999"}
    with pytest.raises(ValidationException) as caught:
        customer.save(qb=qb)
    assert caught.value.error_code == 2500


def test_another_companys_token_is_refused(sandbox, qb):
    qb.company_id = sandbox.new_company("Other")["realm_id"]

    with pytest.raises(QuickbooksException) as caught:
        Customer.all(qb=qb)

    assert caught.value.error_code == 3100


def test_two_at_once_make_one(sandbox, company, connect):
    clients = [connect(company), connect(company)]

    def make(qb) -> int:
        try:
            named("Same").save(qb=qb)
        except QuickbooksException as error:
            return error.error_code
        return 0

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(make, clients))
    with ThreadPoolExecutor(2) as pool:
        ids = {made.Id for made in pool.map(lambda qb: named("Again").save(qb=qb, request_id="r1"), clients)}

    assert (codes, len(ids)) == ([0, 6240], 1)
    assert sandbox.state("quickbooks", company["realm_id"])["created"] == {"Customer": 2}


def test_a_read_only_user_and_a_hidden_property(sandbox, company, qb):
    made = named("Seen").save(qb=qb)
    sandbox.fault("quickbooks", company["realm_id"], "hide_field", value="Customer.Notes")
    sandbox.fault("quickbooks", company["realm_id"], "hide_field", value="Balance")
    with pytest.raises(QuickbooksException) as hidden:
        made.save(qb=qb)
    seen = qb.get_single_object("Customer", made.Id)["Customer"]
    sandbox.clear_faults()
    sandbox.fault("quickbooks", company["realm_id"], "readonly_user")
    with pytest.raises(QuickbooksException) as refused:
        made.save(qb=qb)

    assert (hidden.value.error_code, refused.value.error_code) == (2010, 3100)
    assert "Balance" not in seen
    assert Customer.get(made.Id, qb=qb).SyncToken == "0"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PrimaryEmailAddr": {"Address": "no address"}}, 2210),
        ({"Nonsense": "x"}, 2010),
        ({"BillAddr": {"Street": "x"}}, 2010),
        ({"PrimaryPhone": {"FreeFormNumber": "1" * 31}}, 2050),
        ({"CurrencyRef": {"value": "XYZ"}}, 2500),
        ({"ParentRef": {"value": "1"}}, 6000),
        ({"Taxable": "perhaps"}, 2010),
        ({"OpenBalanceDate": "22.11.2026"}, 2010),
    ],
)
def test_properties_are_checked_one_by_one(qb, change, code):
    with pytest.raises(QuickbooksException) as caught:
        qb.create_object("Customer", json.dumps({"DisplayName": "Wrong", **change}))

    assert caught.value.error_code == code


def test_a_job_hangs_under_its_customer(qb):
    parent = named("Parent").save(qb=qb)
    job = named("Kitchen")
    job.Job, job.ParentRef = True, parent.to_ref()

    made = job.save(qb=qb)

    assert (made.FullyQualifiedName, made.Level) == ("Parent:Kitchen", 1)
