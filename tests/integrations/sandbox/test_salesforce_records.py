"""Salesforce's records, spoken to by simple-salesforce."""

import pytest
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

pytestmark = pytest.mark.usefixtures("no_leftovers")


def refusal(caught) -> tuple[int, str, list]:
    error = caught.value.content[0]
    return caught.value.status, error["errorCode"], error.get("fields", [])


def test_a_record_is_made_read_changed_and_removed(sf):
    made = sf.Account.create({"Name": "  ZZZ-Test ", "Phone": "1", "BillingCity": "Boston", "BillingCountry": "US"})
    record = sf.Account.get(made["id"])

    assert made == {"id": made["id"], "success": True, "errors": []}
    assert (record["Name"], record["Phone"], record["Fax"]) == ("ZZZ-Test", "1", None)
    assert record["BillingAddress"]["city"] == "Boston"
    assert sf.Account.update(made["id"], {"Phone": "2", "Fax": ""}) == 204
    assert sf.Account.get(made["id"])["Phone"] == "2"
    assert sf.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound) as gone:
        sf.Account.get(made["id"])
    assert gone.value.content[0]["errorCode"] == "NOT_FOUND"
    with pytest.raises(SalesforceResourceNotFound) as gone:
        sf.Account.delete(made["id"])
    assert gone.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"Phone": "1"}, ("REQUIRED_FIELD_MISSING", ["Name"])),
        ({"Name": "x" * 256}, ("STRING_TOO_LONG", ["Name"])),
        ({"Name": "x", "Nonsense__c": 1}, ("INVALID_FIELD", [])),
        ({"Name": "x", "ParentId": "003000000000001"}, ("MALFORMED_ID", ["ParentId"])),
        ({"Name": "x", "ParentId": "001Hs0000000001"}, ("INVALID_CROSS_REFERENCE_KEY", ["ParentId"])),
        ({"Name": "x", "CreatedDate": "2026-01-01"}, ("INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"])),
        ({"Name": "x", "NumberOfEmployees": "many"}, ("JSON_PARSER_ERROR", [])),
    ],
)
def test_a_wrong_record_is_refused_in_the_vendors_words(sandbox, org, sf, body, expected):
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Account.create(body)

    assert refusal(caught) == (400, *expected)
    assert sandbox.state("salesforce", org["org_id"])["created"] == {}


def test_upsert_makes_changes_and_refuses_to_choose(sf, sandbox, org, with_field):
    with_field("Account", "Run__c", externalId=True)

    assert sf.Account.upsert("Run__c/a%2F1", {"Name": "One"}) == 201
    assert sf.Account.upsert("Run__c/A%2F1", {"Name": "Two"}) == 200
    assert sf.Account.get_by_custom_id("Run__c", "a/1")["Name"] == "Two"
    sf.Account.create({"Name": "Three", "Run__c": "a/1"})
    with pytest.raises(SalesforceMoreThanOneRecord) as caught:
        sf.Account.upsert("Run__c/a%2F1", {"Name": "Four"})
    assert len(caught.value.content) == 2
    with pytest.raises(SalesforceResourceNotFound):
        sf.Account.upsert("Missing__c/1", {"Name": "Five"})
    assert sandbox.state("salesforce", org["org_id"])["created"]["Account"] == 2


def test_a_unique_field_is_unique(sf, with_field):
    with_field("Account", "QB_Customer_Id__c", externalId=True, unique=True)
    sf.Account.create({"Name": "One", "QB_Customer_Id__c": "58"})

    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Account.create({"Name": "Two", "QB_Customer_Id__c": "58"})

    assert refusal(caught)[1] == "DUPLICATE_VALUE"


def test_an_opportunity_is_the_sum_of_its_lines(sf):
    deal = sf.Opportunity.create({"Name": "Spring", "StageName": "Closed Won", "CloseDate": "2026-12-01"})["id"]
    entry = sf.query("SELECT Id FROM PricebookEntry WHERE ProductCode = 'WDG-S'")["records"][0]["Id"]

    line = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": 4}
    sf.OpportunityLineItem.create(line | {"UnitPrice": 12.5})
    with pytest.raises(SalesforceMalformedRequest):
        sf.OpportunityLineItem.create(line)

    record = sf.Opportunity.get(deal)
    assert (record["Amount"], record["IsWon"], record["Probability"]) == (50.0, True, 100)


@pytest.mark.parametrize(
    ("fault", "code"), [("duplicate_name", "DUPLICATES_DETECTED"), ("stale_next", "UNABLE_TO_LOCK_ROW")]
)
def test_a_fault_strikes_once(sandbox, org, sf, fault, code):
    made = sf.Account.create({"Name": "Struck"})["id"]
    sandbox.fault("salesforce", org["org_id"], fault)

    def deed():
        if fault == "stale_next":
            return sf.Account.update(made, {"Phone": "1"})
        return sf.Account.create({"Name": "Struck"})

    with pytest.raises(SalesforceMalformedRequest) as caught:
        deed()

    assert refusal(caught)[1] == code
    assert deed()


def test_a_duplicate_rule_can_be_overruled(sandbox, org, sf):
    sandbox.fault("salesforce", org["org_id"], "duplicate_name")

    made = sf.Account.create({"Name": "Vandelay Imports"}, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"})

    assert made["success"] is True


def test_collections_keep_the_order_and_can_be_all_or_none(sandbox, org, sf):
    good, bad = {"attributes": {"type": "Account"}, "Name": "A"}, {"attributes": {"type": "Account"}}

    some = sf.restful("composite/sobjects", method="POST", json={"allOrNone": False, "records": [good, bad]})
    none = sf.restful("composite/sobjects", method="POST", json={"allOrNone": True, "records": [good, bad]})

    assert [row["success"] for row in some] == [True, False]
    assert [row["errors"][0]["statusCode"] for row in none] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert sandbox.state("salesforce", org["org_id"])["created"] == {"Account": 1}


def test_every_answer_tells_how_many_calls_are_left(sf):
    sf.limits()

    usage = sf.api_usage["api-usage"]
    assert (usage.used, usage.total) == (1, 100000)


def test_an_expired_session_is_an_array_with_a_code(sandbox, org, sf):
    sandbox.fault("salesforce", org["org_id"], "expire_token")

    with pytest.raises(SalesforceExpiredSession) as caught:
        sf.limits()

    assert caught.value.content == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
