"""Fields: what describe shows, what Tooling makes, what stays hidden until it is granted."""

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceRefusedRequest

from tests.integrations.sandbox.conftest import grant

pytestmark = pytest.mark.usefixtures("no_leftovers")
TEXT = {"label": "QB Full Name", "type": "Text", "length": 210}


def fields(sf, name: str = "Account") -> dict:
    return {field["name"]: field for field in getattr(sf, name).describe()["fields"]}


def make(sf, name: str, metadata: dict) -> dict:
    return sf.toolingexecute("sobjects/CustomField/", "POST", {"FullName": name, "Metadata": metadata})


def test_standard_fields_are_described(sf):
    found = fields(sf)
    name, billing = found["Name"], found["BillingAddress"]

    assert (name["length"], name["nillable"], name["createable"], name["type"]) == (255, False, True, "string")
    assert (billing["type"], billing["createable"]) == ("address", False)
    assert found["Phone"]["length"] == 40
    assert [field for field in found if field.endswith("__c")] == []


def test_a_new_field_is_invisible_until_it_is_granted(sf, org):
    made = make(sf, "Account.QB_Full_Name__c", TEXT)
    hidden = fields(sf)
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Account.create({"Name": "x", "QB_Full_Name__c": "y"})
    grant(sf, org, "Account", "QB_Full_Name__c")
    seen = fields(sf)["QB_Full_Name__c"]

    assert made["success"] is True
    assert "QB_Full_Name__c" not in hidden
    assert caught.value.content[0]["errorCode"] == "INVALID_FIELD"
    assert (seen["length"], seen["custom"], seen["createable"], seen["type"]) == (210, True, True, "string")
    record = sf.Account.get(sf.Account.create({"Name": "x", "QB_Full_Name__c": "y"})["id"])
    assert record["QB_Full_Name__c"] == "y"


def test_the_tooling_api_knows_the_field_all_the_same(sf):
    made = make(sf, "Account.QB_Full_Name__c", TEXT)

    query = "SELECT Id, DeveloperName, TableEnumOrId FROM CustomField WHERE DeveloperName = 'QB_Full_Name'"
    found = sf.toolingexecute("query", params={"q": query})["records"]
    full = sf.toolingexecute(f"sobjects/CustomField/{made['id']}")
    definition = sf.toolingexecute(
        "query",
        params={
            "q": "SELECT DataType FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Account' "
            "AND QualifiedApiName = 'QB_Full_Name__c'"
        },
    )

    assert [(row["Id"], row["TableEnumOrId"]) for row in found] == [(made["id"], "Account")]
    assert full["Metadata"]["length"] == 210
    assert definition["records"][0]["DataType"] == "Text(210)"


def test_a_field_cant_be_made_twice(sf):
    make(sf, "Account.QB_Full_Name__c", TEXT)

    with pytest.raises(SalesforceMalformedRequest) as caught:
        make(sf, "Account.qb_full_name__c", TEXT)

    assert caught.value.content[0]["errorCode"] == "DUPLICATE_DEVELOPER_NAME"


@pytest.mark.parametrize(
    "metadata",
    [
        {"type": "Text", "length": 10},
        {"label": "X", "type": "Text"},
        {"label": "X", "type": "Text", "length": 256},
        {"label": "X", "type": "LongTextArea", "length": 1000},
        {"label": "X", "type": "Checkbox"},
        {"label": "X", "type": "Number", "precision": 19, "scale": 2},
        {"label": "X", "type": "Picklist"},
        {"label": "X", "type": "Datetime"},
        {"label": "X", "type": "Date", "externalId": True},
    ],
)
def test_metadata_that_cant_be_is_refused(sf, metadata):
    with pytest.raises(SalesforceMalformedRequest):
        make(sf, "Account.X__c", metadata)


def test_picklist_checkbox_and_date_time(sf, org):
    values = [{"fullName": word, "default": False, "label": word} for word in ("Yes", "No")]
    chosen = {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values}}
    for name, metadata in {
        "Active__c": {"label": "Active", "type": "Picklist", "valueSet": chosen},
        "Is_Bound__c": {"label": "Is bound", "type": "Checkbox", "defaultValue": "false"},
        "QB_LastModified__c": {"label": "QB LastModified", "type": "DateTime"},
    }.items():
        make(sf, f"Account.{name}", metadata)
        grant(sf, org, "Account", name)
    values = {"Active__c": "Yes", "QB_LastModified__c": "2026-11-22T10:00:00-05:00"}
    record = sf.Account.get(sf.Account.create({"Name": "x", **values})["id"])

    assert [value["value"] for value in fields(sf)["Active__c"]["picklistValues"]] == ["Yes", "No"]
    assert record["QB_LastModified__c"] == "2026-11-22T15:00:00.000+0000"
    assert (record["Active__c"], record["Is_Bound__c"]) == ("Yes", False)
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Account.update(record["Id"], {"Active__c": "Perhaps"})
    assert caught.value.content[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_an_own_permission_set_grants_as_well(sf, org):
    make(sf, "Account.QB_Full_Name__c", TEXT)
    made = sf.PermissionSet.create({"Name": "InterWeave_Integration", "Label": "InterWeave Integration"})["id"]
    field = {"ParentId": made, "SobjectType": "Account", "Field": "Account.QB_Full_Name__c"}
    sf.FieldPermissions.create({**field, "PermissionsRead": True, "PermissionsEdit": False})
    assert "QB_Full_Name__c" not in fields(sf)
    sf.PermissionSetAssignment.create({"AssigneeId": org["integration_user_id"], "PermissionSetId": made})

    assert fields(sf)["QB_Full_Name__c"]["createable"] is False
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.FieldPermissions.create({**field, "PermissionsRead": True})
    assert caught.value.content[0]["errorCode"] == "DUPLICATE_VALUE"


def test_a_read_only_user_sees_it_in_describe_and_feels_it(sandbox, org, sf):
    sandbox.fault("salesforce", org["org_id"], "readonly_user")

    assert (sf.Account.describe()["createable"], fields(sf)["Phone"]["updateable"]) == (False, False)
    with pytest.raises(SalesforceRefusedRequest) as caught:
        sf.Account.create({"Name": "x"})
    assert caught.value.content[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    with pytest.raises(SalesforceRefusedRequest):
        make(sf, "Account.X__c", TEXT)


def test_a_hidden_field_looks_missing(sandbox, org, sf):
    sandbox.fault("salesforce", org["org_id"], "hide_field", value="Account.Phone")

    assert "Phone" not in fields(sf)
    assert "Phone" in fields(sf, "Contact")
    with pytest.raises(SalesforceMalformedRequest):
        sf.query("SELECT Phone FROM Account")
