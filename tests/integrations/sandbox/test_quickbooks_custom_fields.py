"""Custom fields: definitions over GraphQL, values over REST."""

import json
import ssl

import httpx
import pytest

from tests.integrations.sandbox.conftest import ACCOUNTING

pytestmark = pytest.mark.usefixtures("no_leftovers")
SCOPE = f"{ACCOUNTING} app-foundations.custom-field-definitions"
CREATE = (
    """mutation Make($input: Input!) { appFoundationsCreateCustomFieldDefinition(input: $input) { id legacyIDV2 } }"""
)
LIST = "{ appFoundationsCustomFieldDefinitions { edges { node { id legacyIDV2 label } } } }"
CUSTOMER = [{"associatedEntity": "/network/Contact", "subAssociations": [{"associatedEntity": "CUSTOMER"}]}]
INCLUDE = {"include": "enhancedAllCustomFields"}


@pytest.fixture
def graphql(sandbox):
    def graphql(qb, query: str, variables: dict | None = None) -> tuple[int, dict]:
        answer = httpx.post(
            f"{sandbox.quickbooks_url}/graphql",
            json={"query": query, "variables": variables or {}},
            headers={"Authorization": f"Bearer {qb.auth_client.access_token}"},
            verify=ssl.create_default_context(cafile=sandbox.ca_path),
            trust_env=False,
        )
        return answer.status_code, answer.json()

    return graphql


def save(qb, body: dict, params: dict) -> dict:
    return qb.post(f"{qb.api_url}/company/{qb.company_id}/customer", json.dumps(body), params=dict(params))["Customer"]


def test_a_definition_is_made_listed_and_used(company, connect, graphql):
    qb = connect(company, SCOPE)
    wish = {"label": "AccountID", "dataType": "STRING", "active": True, "associations": CUSTOMER}
    made = graphql(qb, CREATE, {"input": wish})[1]["data"]["appFoundationsCreateCustomFieldDefinition"]
    again = graphql(qb, CREATE, {"input": wish})[1]
    listed = graphql(qb, LIST)[1]["data"]["appFoundationsCustomFieldDefinitions"]["edges"]
    value = {"DefinitionId": made["legacyIDV2"], "StringValue": "001Hs0000002aAXIAY"}
    customer = save(qb, {"DisplayName": "Bound", "CustomField": [value]}, INCLUDE)
    plain = qb.get_single_object("Customer", customer["Id"])["Customer"]

    assert [edge["node"]["label"] for edge in listed] == ["AccountID"]
    assert again["errors"][0]["extensions"]["errorCode"]["errorCode"] == "LABEL_ALREADY_EXISTS"
    assert customer["CustomField"] == [
        {
            "DefinitionId": made["legacyIDV2"],
            "Name": "AccountID",
            "Type": "StringType",
            "StringValue": value["StringValue"],
        }
    ]
    assert "CustomField" not in plain
    assert qb.get_single_object("Customer", customer["Id"], dict(INCLUDE))["Customer"]["CustomField"]


def test_the_input_may_be_written_out(company, connect, graphql):
    qb = connect(company, SCOPE)
    text = """mutation { appFoundationsCreateCustomFieldDefinition(input: {label: "Weight", dataType: STRING, active: true,
        associations: [{associatedEntity: "/network/Contact", allowedOperations: []}]}) { id } }"""

    assert graphql(qb, text)[1]["data"]["appFoundationsCreateCustomFieldDefinition"]["label"] == "Weight"


def test_without_the_scope_or_the_plan_there_are_none(sandbox, company, connect, graphql):
    assert graphql(connect(company), LIST)[0] == 403
    sandbox.fault("quickbooks", company["realm_id"], "no_custom_fields")
    assert graphql(connect(company, SCOPE), LIST)[0] == 403


def test_old_sales_fields_live_on_invoices_only(sandbox, connect):
    company = sandbox.new_company("Old Fields", sales_fields=["AccountID"])
    qb = connect(company)
    item = qb.query("select Id from Item maxresults 1")["QueryResponse"]["Item"][0]["Id"]
    buyer = save(qb, {"DisplayName": "Buyer"}, {})["Id"]
    body = {
        "CustomerRef": {"value": buyer},
        "Line": [
            {"DetailType": "SalesItemLineDetail", "Amount": 1, "SalesItemLineDetail": {"ItemRef": {"value": item}}}
        ],
        "CustomField": [{"DefinitionId": "1", "StringValue": "x" * 31}],
    }

    made = qb.create_object("Invoice", json.dumps(body))["Invoice"]

    assert made["CustomField"][0]["Name"] == "AccountID"
