"""Intuit's query language, by POST as the library does and by GET."""

import pytest
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import Customer, TaxCode, Term


def found(qb, query: str) -> dict:
    return qb.query(query)["QueryResponse"]


@pytest.fixture
def people(qb):
    for name in ("Anna's Deli", "Beta 10% off", "Gamma"):
        made = Customer()
        made.DisplayName, made.CompanyName = name, f"{name} Inc"
        made.save(qb=qb)
    return qb


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("DisplayName = 'Anna\\'s Deli'", ["Anna's Deli"]),
        ("DisplayName like '%am%'", ["Gamma"]),
        ("DisplayName in ('gamma', 'Anna\\'s Deli')", ["Anna's Deli", "Gamma"]),
        ("CompanyName >= 'b' and Balance = '0' and CompanyName < 'h'", ["Beta 10% off", "Gamma"]),
        ("MetaData.CreateTime > '2126-01-01'", []),
        ("Active = false", ["Old Mill Cafe"]),
    ],
)
def test_conditions(people, where, names):
    rows = found(people, f"select DisplayName from Customer where {where} orderby DisplayName").get("Customer", [])  # noqa: S608

    assert [row["DisplayName"] for row in rows] == names


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select * from", 4000),
        ("select * from Customer where DisplayName = Anna", 4000),
        ("select * from Customer where DisplayName = 'a' or DisplayName = 'b'", 4000),
        ("select * from Customer where DisplayName != 'a'", 4000),
        ("select * from Nonsense", 4001),
        ("select Nonsense from Customer", 4001),
        ("select * from Customer where Notes = 'a'", 4001),
        ("select * from Customer maxresults 1001", 4001),
        ("select * from Customer where Balance = 'much'", 4001),
    ],
)
def test_what_intuit_does_not_understand(qb, query, code):
    with pytest.raises(QuickbooksException) as caught:
        qb.query(query)

    assert caught.value.error_code == code


def test_pages_counts_and_nothing_found(people):
    page = found(people, "SELECT * FROM Customer ORDER BY DisplayName DESC STARTPOSITION 2 MAXRESULTS 2")

    assert [row["DisplayName"] for row in page["Customer"]] == ["Hansen & Sons Plumbing", "Gamma"]
    assert (page["startPosition"], page["maxResults"]) == (2, 2)
    assert Customer.count(qb=people) == 5
    assert found(people, "select * from Customer where Id = '99999'") == {}


def test_the_query_may_come_in_the_address(people):
    url = f"{people.api_url}/company/{people.company_id}/query"

    answer = people.get(url, params={"query": "select count(*) from Term"})

    assert answer["QueryResponse"] == {"totalCount": len(Term.all(qb=people))}


def test_words_as_ids_sort_too(qb):
    assert [code.Id for code in TaxCode.all(qb=qb)] == ["NON", "TAX"]
