"""SOQL as simple-salesforce sends it."""

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest


def names(sf, where: str) -> list[str]:
    return [row["Name"] for row in sf.query(f"SELECT Name FROM Account WHERE {where} ORDER BY Name")["records"]]  # noqa: S608


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Name = 'vandelay IMPORTS'", ["Vandelay Imports"]),
        ("Name LIKE 'Globex%'", ["Globex: East Division", "Globex: West Division"]),
        ("Name LIKE 'gl_bex: w%'", ["Globex: West Division"]),
        ("BillingCountry IN ('Denmark', 'France')", ["Møller & Brandt ApS", "Société Générale de Vélos"]),
        ("BillingCountry NOT IN ('USA','US','United States','Germany','Denmark','France')", ["Wayne & Daughters Engineering Ltd"]),
        ("Phone = null", ["Bluebird Bakery"]),
        ("Website != null AND (BillingState = 'VT' OR BillingState = 'WA')", ["Bluebird Bakery"] * 2 + ["Pacific Rim Logistics"]),
        ("NumberOfEmployees > 700", ["Zephyr Outdoor Gear Co-operative"]),
        ("NOT (NumberOfEmployees < 700)", ["Zephyr Outdoor Gear Co-operative"]),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'Okafor')", ["Bluebird Bakery"]),
        ("CreatedDate = YESTERDAY", []),
        ("Name = 'O\\'Hara'", []),
    ],
)  # fmt: skip
def test_conditions(sf, where, found):
    assert names(sf, where) == found


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Nonsense FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nonsense", "INVALID_TYPE"),
        ("SELECT FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Phone = 'b' OR Fax = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Description LIKE 'a%'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Account LIMIT 'a'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_what_salesforce_does_not_understand(sf, query, code):
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.query(query)

    assert caught.value.content[0]["errorCode"] == code


def test_parents_are_nested_and_children_are_lists(sf):
    contact = sf.query("SELECT LastName, Account.Name, Account.Owner.Alias FROM Contact WHERE LastName = 'Ortega'")
    account = sf.query("SELECT Id, (SELECT LastName FROM Contacts LIMIT 1) FROM Account WHERE Name LIKE 'Globex: E%'")

    assert contact["records"][0]["Account"]["Name"] == "Globex: East Division"
    assert contact["records"][0]["Account"]["Owner"]["Alias"] == "iwinteg"
    assert account["records"][0]["Contacts"]["records"][0]["LastName"] == "Ortega"


def test_counting_and_grouping(sf):
    count = sf.query("SELECT COUNT() FROM Account")
    groups = sf.query("SELECT Name, COUNT(Id) many FROM Account WHERE Name LIKE 'Bluebird%' GROUP BY Name")

    assert (count["totalSize"], count["records"]) == (20, [])
    assert [(row["Name"], row["many"]) for row in groups["records"]] == [("Bluebird Bakery", 2)]


def test_long_answers_come_in_pages(sf):
    for start in (0, 200):
        records = [{"attributes": {"type": "Contact"}, "LastName": f"Page {start + place:03}"} for place in range(200)]
        sf.restful("composite/sobjects", method="POST", json={"records": records})
    query = "SELECT LastName FROM Contact WHERE LastName LIKE 'Page %' ORDER BY LastName"
    first = sf.query(query, headers={**sf.headers, "Sforce-Query-Options": "batchSize=300"})
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)

    assert (len(first["records"]), first["done"], first["totalSize"]) == (300, False, 400)
    assert (len(second["records"]), second["done"]) == (100, True)
    assert [row["LastName"] for row in second["records"]] == [f"Page {place:03}" for place in range(300, 400)]


def test_who_we_are_talking_to(sandbox, sign_in):
    org = sandbox.new_org("Initech", is_sandbox=True, edition="Developer Edition")
    sf = sign_in(org)
    found = sf.query("SELECT Id, Name, IsSandbox, OrganizationType FROM Organization LIMIT 1")["records"][0]

    assert (found["Id"], found["Name"], found["OrganizationType"]) == (org["org_id"], "Initech", "Developer Edition")
    assert sf.is_sandbox() is True
    assert sf.oauth2("userinfo")["organization_id"] == org["org_id"]


def test_changes_between_two_moments(sf):
    made = sf.Account.create({"Name": "Changed"})["id"]
    gone = sf.Account.create({"Name": "Gone"})["id"]
    sf.Account.delete(gone)
    span = "start=2026-01-01T00:00:00%2B00:00&end=2126-01-01T00:00:00%2B00:00"

    assert made in sf.restful(f"sobjects/Account/updated/?{span}")["ids"]
    assert [row["id"] for row in sf.restful(f"sobjects/Account/deleted/?{span}")["deletedRecords"]] == [gone]
    assert sf.query_all(f"SELECT Id FROM Account WHERE Id = '{gone}'", include_deleted=True)["totalSize"] == 1  # noqa: S608
