"""What counts as equal, and what the twin view says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.engine.compare import RULES, compare, compared, passed
from integrations.engine.connector import FieldSchema, ObjectSchema
from integrations.engine.mapping import FieldMapping


@pytest.mark.parametrize(
    ("rule", "expected", "actual", "result"),
    [
        ("exact", "a", "a", "match"),
        ("exact", "a", "a ", "mismatch"),
        ("exact", "", "", "match"),
        ("exact", None, "", "match"),
        ("exact", "a", None, "missing"),
        ("exact", "", "a", "mismatch"),
        ("trim", "a ", "a", "equal_after_normalise"),
        ("trim", "Integration", "Integr", "truncated"),
        ("trim", "Integration", "Iteration", "mismatch"),
        ("ignore_case", "https://ACME.example", "https://acme.example/", "equal_after_normalise"),
        ("number", "1,234.5", "1234.50", "equal_after_normalise"),
        ("number", "12", "12.004", "equal_after_normalise"),
        ("number", "12", "13", "mismatch"),
        ("number", "dozen", "dozen ", "equal_after_normalise"),
        ("digits", "(617) 555-0142", "617.555.0142", "equal_after_normalise"),
        ("digits", "6175550142", "617555", "truncated"),
        ("date", "2026-11-22T08:00:00Z", "2026-11-22", "equal_after_normalise"),
        ("country", "United States", "USA", "equal_after_normalise"),
        ("country", "USA", "CAN", "mismatch"),
        ("country", "Narnia", "narnia", "equal_after_normalise"),
        ("trim", True, "true", "match"),
    ],
)
def test_two_values(rule, expected, actual, result):
    assert compared(expected, actual, rule=rule) == result


def test_a_pair_of_records_field_by_field():
    schema = ObjectSchema(
        name="Customer",
        label="Customer",
        rights={},
        fields=(FieldSchema(name="DisplayName"), FieldSchema(name="Balance", createable=False)),
    )
    mappings = [
        FieldMapping(source="Name", target="DisplayName", transforms=("trim", "cut:4")),
        FieldMapping(source="Amount", target="Balance"),
        FieldMapping(source="Id", target="AccountID"),
    ]

    results = compare(
        mappings, source={"Name": " Acme Ltd", "Amount": 5}, target={"DisplayName": "Acm", "Balance": 7}, schema=schema
    )

    assert [result.as_dict() for result in results] == [
        {
            "source": "Name",
            "source_value": " Acme Ltd",
            "rule": "trim",
            "target": "DisplayName",
            "expected": "Acme",
            "actual": "Acm",
            "result": "truncated",
        },
        {
            "source": "Amount",
            "source_value": "5",
            "rule": "trim",
            "target": "Balance",
            "expected": "5",
            "actual": "7",
            "result": "skipped_readonly",
        },
        {
            "source": "Id",
            "source_value": "",
            "rule": "trim",
            "target": "AccountID",
            "expected": "",
            "actual": "",
            "result": "skipped_readonly",
        },
    ]
    assert (passed(results), passed(results[1:])) == (False, True)


@given(st.text(), st.sampled_from(sorted(RULES)))
def test_a_value_always_matches_itself(value, rule):
    assert compared(value, value, rule=rule) == "match"


@given(st.text(min_size=1), st.sampled_from(sorted(RULES)))
def test_nothing_there_is_missing(value, rule):
    assert compared(value, None, rule=rule) == "missing"
