"""Many records in one call, records by external id, price books, fields changed and dropped."""

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from tests.integrations.sandbox.test_salesforce_fields import TEXT, fields, make


def test_many_are_changed_read_upserted_and_removed(sf, with_field):
    with_field("Account", "Run__c", externalId=True)
    ids = [sf.Account.create({"Name": name})["id"] for name in ("A", "B")]
    bodies = [{"attributes": {"type": "Account"}, "Id": one, "Phone": str(place)} for place, one in enumerate(ids)]
    changed = sf.restful("composite/sobjects", method="PATCH", json={"records": bodies})
    read = sf.restful(
        "composite/sobjects/Account", method="POST", json={"ids": [*ids, "001Hs0000000000"], "fields": ["Phone"]}
    )
    records = [{"attributes": {"type": "Account"}, "Name": "C", "Run__c": "r1"}] * 2
    upserted = sf.restful("composite/sobjects/Account/Run__c", method="PATCH", json={"records": records})
    removed = sf.restful(f"composite/sobjects?ids={','.join(ids)},garbage", method="DELETE")

    assert [row["success"] for row in changed] == [True, True]
    assert [row and row["Phone"] for row in read] == ["0", "1", None]
    assert [row["created"] for row in upserted] == [True, False]
    assert [row["success"] for row in removed] == [True, True, False]


def test_too_many_or_nameless_records_are_refused(sf):
    body = {"attributes": {"type": "Account"}, "Name": "x"}
    with pytest.raises(SalesforceMalformedRequest):
        sf.restful("composite/sobjects", method="POST", json={"records": [body] * 201})

    answer = sf.restful("composite/sobjects", method="POST", json={"records": [{"Name": "x"}]})

    assert answer[0]["errors"][0]["statusCode"] == "INVALID_TYPE"


def test_a_record_by_its_external_id(sf, with_field):
    with_field("Account", "Run__c", externalId=True)
    sf.Account.upsert("Run__c/r1", {"Name": "One"})

    assert sf.restful("sobjects/Account/Run__c/r1")["Name"] == "One"
    with pytest.raises(SalesforceResourceNotFound):
        sf.Account.upsert("Run__c/r2?updateOnly=true", {"Name": "Two"})
    with pytest.raises(SalesforceMalformedRequest):
        sf.Account.upsert("Run__c/r1", {"Name": "One", "Run__c": "r1"})
    sf.Account.delete("Run__c/r1")
    with pytest.raises(SalesforceResourceNotFound):
        sf.restful("sobjects/Account/Run__c/r1")


def test_a_price_needs_a_standard_price_first(sf):
    book = sf.Pricebook2.create({"Name": "Partners", "IsActive": True})["id"]
    product = sf.Product2.create({"Name": "Bolt", "ProductCode": "B-1", "IsActive": True})["id"]
    standard = sf.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")["records"][0]["Id"]
    entry = {"Product2Id": product, "UnitPrice": 3, "IsActive": True}
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.PricebookEntry.create({**entry, "Pricebook2Id": book})
    first = sf.PricebookEntry.create({**entry, "Pricebook2Id": standard})["id"]
    sf.PricebookEntry.create({**entry, "Pricebook2Id": book})
    with pytest.raises(SalesforceMalformedRequest) as twice:
        sf.PricebookEntry.create({**entry, "Pricebook2Id": book})

    assert caught.value.content[0]["errorCode"] == "STANDARD_PRICE_NOT_DEFINED"
    assert twice.value.content[0]["errorCode"] == "DUPLICATE_VALUE"
    assert sf.PricebookEntry.get(first)["ProductCode"] == "B-1"


def test_lines_have_one_price_and_an_active_entry(sf):
    deal = sf.Opportunity.create({"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"})["id"]
    entry = sf.query("SELECT Id FROM PricebookEntry WHERE ProductCode = 'WDG-L'")["records"][0]["Id"]
    line = {"OpportunityId": deal, "PricebookEntryId": entry}
    for wrong in ({"Quantity": 0, "UnitPrice": 1}, {"Quantity": 1, "UnitPrice": 1, "TotalPrice": 1}, {"UnitPrice": 1}):
        with pytest.raises(SalesforceMalformedRequest):
            sf.OpportunityLineItem.create(line | wrong)
    made = sf.OpportunityLineItem.create(line | {"Quantity": 4, "TotalPrice": 10})["id"]
    sf.PricebookEntry.update(entry, {"IsActive": False})
    with pytest.raises(SalesforceMalformedRequest):
        sf.OpportunityLineItem.create(line | {"Quantity": 1, "UnitPrice": 1})

    assert sf.OpportunityLineItem.get(made)["UnitPrice"] == 2.5
    sf.OpportunityLineItem.delete(made)
    assert sf.Opportunity.get(deal)["HasOpportunityLineItem"] is False


def test_what_hangs_under_an_account_goes_with_it(sf):
    parent = sf.Account.create({"Name": "Parent"})["id"]
    child = sf.Account.create({"Name": "Child", "ParentId": parent})["id"]
    person = sf.Contact.create({"LastName": "Person", "AccountId": parent})["id"]
    sf.Account.delete(parent)

    assert sf.Account.get(child)["ParentId"] is None
    with pytest.raises(SalesforceResourceNotFound):
        sf.Contact.get(person)
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Contact.create({"LastName": "x", "AccountId": parent})
    assert caught.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_a_field_is_changed_and_dropped(sf, with_field):
    with_field("Account", "QB_Full_Name__c", length=40)
    query = "SELECT Id FROM CustomField WHERE DeveloperName = 'QB_Full_Name'"
    field = sf.toolingexecute("query", params={"q": query})["records"][0]["Id"]
    path = f"{sf.tooling_url}sobjects/CustomField/{field}"

    assert sf.session.patch(path, json={"Metadata": TEXT}, headers=sf.headers).status_code == 204
    assert fields(sf)["QB_Full_Name__c"]["length"] == 210
    changed_kind = sf.session.patch(path, json={"Metadata": {"label": "x", "type": "Date"}}, headers=sf.headers)
    assert (changed_kind.status_code, changed_kind.json()[0]["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert sf.session.delete(path, headers=sf.headers).status_code == 204
    assert "QB_Full_Name__c" not in fields(sf)
    assert sf.query("SELECT COUNT() FROM FieldPermissions")["totalSize"] == 0


@pytest.mark.parametrize(
    ("name", "metadata", "code"),
    [
        ("Nonsense.X__c", TEXT, "INVALID_CROSS_REFERENCE_KEY"),
        ("Account.X", TEXT, "FIELD_INTEGRITY_EXCEPTION"),
        ("Account.X__c", None, "REQUIRED_FIELD_MISSING"),
        ("Account.X__c", {"label": "x", "type": "Currency", "scale": 2}, "FIELD_INTEGRITY_EXCEPTION"),
        (
            "Account.X__c",
            {"label": "x", "type": "Checkbox", "required": True, "defaultValue": True},
            "FIELD_INTEGRITY_EXCEPTION",
        ),
    ],
)
def test_definitions_that_cant_be(sf, name, metadata, code):
    with pytest.raises(SalesforceMalformedRequest) as caught:
        make(sf, name, metadata)

    assert caught.value.content[0]["errorCode"] == code


def test_only_one_field_at_a_time_with_its_metadata(sf):
    make(sf, "Account.A__c", TEXT)
    make(sf, "Account.B__c", TEXT)

    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.toolingexecute("query", params={"q": "SELECT Id, Metadata FROM CustomField"})

    assert caught.value.content[0]["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"Field": "Account.Nonsense__c"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Field": "Account.Name"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"Field": "Account.Phone", "PermissionsRead": False}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"Field": "Nonsense.Phone", "SobjectType": "Nonsense"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    ],
)
def test_permissions_that_cant_be(sf, field, message):
    held = sf.query("SELECT Id FROM PermissionSet")["records"][0]["Id"]
    whole = {"ParentId": held, "SobjectType": "Account", "PermissionsRead": True, "PermissionsEdit": True, **field}

    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.FieldPermissions.create(whole)

    assert caught.value.content[0]["errorCode"] == message


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Name": ""}, "REQUIRED_FIELD_MISSING"),
        ({"Name": ["x"]}, "JSON_PARSER_ERROR"),
        ({"AnnualRevenue": 10**17}, "NUMBER_OUTSIDE_VALID_RANGE"),
        ({"AnnualRevenue": True}, "JSON_PARSER_ERROR"),
        ({"NumberOfEmployees": 1.5}, "JSON_PARSER_ERROR"),
        ({"BillingAddress": {"city": "x"}}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
def test_changes_that_cant_be(sf, change, code):
    made = sf.Account.create({"Name": "x"})["id"]

    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Account.update(made, change)

    assert caught.value.content[0]["errorCode"] == code


def test_dates_flags_and_mail(sf):
    for wrong in ({"CloseDate": "soon"}, {"Probability": "x"}):
        with pytest.raises(SalesforceMalformedRequest):
            sf.Opportunity.create({"Name": "x", "StageName": "Prospecting", "CloseDate": "2026-12-01", **wrong})
    for wrong in ({"Email": "nobody"}, {"AccountId": "x"}):
        with pytest.raises(SalesforceMalformedRequest):
            sf.Contact.create({"LastName": "x", **wrong})
    with pytest.raises(SalesforceMalformedRequest):
        sf.Product2.create({"Name": "x", "IsActive": "perhaps"})
    assert sf.Product2.create({"Name": "x", "IsActive": "true"})["success"] is True


def test_the_list_of_objects_and_one_of_them(sf):
    assert "Account" in [entry["name"] for entry in sf.describe()["sobjects"]]
    assert sf.Account.metadata()["objectDescribe"]["keyPrefix"] == "001"
    assert "sobjects" in sf.restful("")


@pytest.mark.parametrize("field", ["User", "Organization"])
def test_what_the_api_never_makes(sf, field):
    with pytest.raises(SalesforceMalformedRequest) as caught:
        getattr(sf, field).create({"Name": "x"})

    assert caught.value.content[0]["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
