"""Test records through the whole of step X, against the stand-ins."""

import pytest

from integrations import registry
from integrations.engine.testcase import Case, run_cases

FLOW = "account_to_customer"
ONE = [Case(code="bare", title="Nothing but a name", name="Bare Minimum Inc")]


@pytest.fixture
def tried(prepared, crm, finance):
    def tried(cases, *, run="7", **more):
        ends = {"source": crm, "target": finance, "scope": "c1", "pause": lambda _: None, **more}
        return run_cases(registry.flow(FLOW), cases, run=run, **ends)

    return tried


def left_over(sandbox, org, books) -> list[str]:
    accounts = [row["Name"] for row in sandbox.records("salesforce", org["org_id"], "Account")]
    customers = sandbox.records("quickbooks", books["realm_id"], "Customer")
    names = accounts + [row["DisplayName"] for row in customers if row.get("Active", True)]
    return [name for name in names if "IW-TEST" in name]


def test_the_librarys_cases_pass_and_leave_nothing(tried, sandbox, org, books):
    seen = []

    twin = tried(registry.cases(FLOW), on_case=seen.append)

    assert [(case["code"], case["passed"]) for case in twin["cases"]] == [
        ("complete", True),
        ("colon", True),
        ("long_name", True),
        ("bare", True),
    ]
    assert (twin["run"], twin["flow"], twin["passed"]) == ("7", FLOW, True)
    assert {case["created_on_second_run"] for case in twin["cases"]} == {0}
    assert [case["cleaned_up"] for case in twin["cases"]] == [{"crm": True, "finance": True}] * 4
    assert [result.as_dict() for result in seen] == twin["cases"]
    assert left_over(sandbox, org, books) == []
    assert sandbox.state("quickbooks", books["realm_id"])["created"]["Customer"] == 4


def test_the_twin_view_shows_both_sides_and_the_tie(tried):
    (case,) = tried([Case(code="c", title="t", name="A: B", values={"BillingCountry": "Germany"})])["cases"]

    fields = {entry["target"]: entry for entry in case["fields"]}
    assert fields["DisplayName"] == {
        "source": "Name",
        "source_value": "IW-TEST 7-1 A: B",
        "rule": "trim",
        "target": "DisplayName",
        "expected": "IW-TEST 7-1 A - B",
        "actual": "IW-TEST 7-1 A - B",
        "result": "match",
    }
    assert fields["BillAddr.Country"]["expected"] == "DEU"
    assert fields["AccountID"]["actual"] == case["source_id"]
    assert (fields["QB_Customer_Id__c"]["actual"], fields["QB_Customer_Id__c"]["result"]) == (
        case["target_id"],
        "match",
    )
    assert case["notices"] == [{"field": "DisplayName", "kind": "strip_colons", "words": "The colon became a dash."}]


def test_a_run_that_was_killed_picks_up_its_own_records(tried, crm, sandbox, org, books):
    crm.upsert("Account", by="QB_Customer_Id__c", value="IW-TEST 7-1", values={"Name": "IW-TEST 7-1 Bare Minimum Inc"})

    twin = tried(ONE)

    assert (twin["passed"], sandbox.state("salesforce", org["org_id"])["created"]["Account"]) == (True, 1)
    assert left_over(sandbox, org, books) == []


def test_a_record_whose_tag_is_cleared_already_is_picked_up_by_its_name(tried, crm, sandbox, org):
    crm.create("Account", {"Name": "IW-TEST 7-1 Bare Minimum Inc"}, key="x")

    assert (tried(ONE)["passed"], sandbox.state("salesforce", org["org_id"])["created"]["Account"]) == (True, 1)


def test_a_failure_is_in_the_result_and_both_sides_are_cleaned(tried, sandbox, org, books):
    sandbox.fault("quickbooks", books["realm_id"], "readonly_user")

    twin = tried(ONE)

    (case,) = twin["cases"]
    assert (twin["passed"], case["passed"], case["trouble"]["who_can_fix"], case["cleaned_up"]) == (
        False,
        False,
        case["trouble"]["who_can_fix"],
        {"crm": True, "finance": True},
    )
    assert left_over(sandbox, org, books) == []


def test_a_name_that_is_taken_fails_the_case_and_spares_the_other_record(tried, finance):
    taken = finance.create(
        "Customer", {"DisplayName": "IW-TEST 7-1 Bare Minimum Inc", "AccountID": "001other"}, key="x"
    )

    (case,) = tried(ONE)["cases"]

    assert (case["passed"], case["trouble"]["class"]) == (False, "duplicate")
    assert finance.read("Customer", taken).is_active


def test_a_target_that_stays_down_is_told(tried, sandbox, books):
    sandbox.fault("quickbooks", books["realm_id"], "throttle", count=500)

    (case,) = tried(ONE)["cases"]

    assert (case["passed"], case["trouble"]["class"], case["cleaned_up"]) == (
        False,
        "rate_limited",
        {"crm": False, "finance": False},
    )


def test_a_cancelled_run_has_not_passed(tried):
    seen = []

    twin = tried(registry.cases(FLOW), on_case=seen.append, cancelled=lambda: bool(seen))

    assert (len(twin["cases"]), twin["passed"]) == (1, False)


def test_no_cases_prove_nothing(tried):
    assert tried([])["passed"] is False
