"""Which records would pass as they are."""

import pytest

from integrations.engine.connector import FieldSchema, ObjectSchema, Record
from integrations.engine.mapping import FieldMapping
from integrations.engine.readiness import Readiness, normalised, scan

CUSTOMER = ObjectSchema(
    name="Customer",
    label="Customer",
    rights={},
    fields=(FieldSchema(name="DisplayName", length=20), FieldSchema(name="Notes", length=5), FieldSchema(name="Land")),
)
MAPPINGS = [
    FieldMapping(source="Name", target="DisplayName", transforms=("trim", "strip_colons", "cut:20"), required=True),
    FieldMapping(source="Name", target="CompanyName", transforms=("cut:20",)),
    FieldMapping(source="Description", target="Notes", transforms=("trim",)),
    FieldMapping(source="Country", target="Land", transforms=("country_iso3",)),
]


def scanned(*records: Record, **more) -> Readiness:
    return scan(records, mappings=MAPPINGS, target=CUSTOMER, name_field="Name", target_name_field="DisplayName", **more)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"Name": "Acme"}, []),
        ({"Name": " "}, [("Name", "missing_required", "Name is empty, and DisplayName must be filled.")]),
        ({"Name": "A:B"}, [("Name", "colon", "The name has a colon, which would become a dash.")]),
        ({"Name": "n" * 21}, [("Name", "too_long", "21 characters; DisplayName holds 20.")]),
        ({"Name": "Acme", "Description": "abcdef"}, [("Description", "too_long", "6 characters; Notes holds 5.")]),
        (
            {"Name": "Acme", "Country": "Narnia"},
            [("Country", "unknown_country", "We don't know the country “Narnia”: it is passed on as it is.")],
        ),
        (
            {"Name": "Acme", "ParentId": "p9"},
            [("ParentId", "missing_parent", "The parent record is not part of the flow.")],
        ),
        ({"Name": "Acme", "ParentId": "p1"}, []),
    ],
)
def test_what_stands_in_one_records_way(values, found):
    readiness = scanned(Record("1", values), parent_field="ParentId", parent_exists=lambda name: name == "p1")

    assert [(entry.field, entry.kind, entry.words) for entry in readiness.findings] == found
    assert (readiness.total, readiness.passing) == (1, 0 if found else 1)


def test_names_the_target_takes_for_the_same_are_found_on_both_records():
    readiness = scanned(
        Record("1", {"Name": "Acme Ltd."}), Record("2", {"Name": "ACME  ltd"}), Record("3", {"Name": "Other"})
    )

    assert readiness.as_dict() == {
        "total": 3,
        "passing": 1,
        "findings": [
            {
                "record": "1",
                "name": "Acme Ltd.",
                "field": "Name",
                "kind": "duplicate_name",
                "words": "The same name as 2.",
            },
            {
                "record": "2",
                "name": "ACME  ltd",
                "field": "Name",
                "kind": "duplicate_name",
                "words": "The same name as 1.",
            },
        ],
    }


def test_a_long_name_is_shown_shortened():
    assert scanned(Record("1", {"Name": "x" * 118})).findings[0].name == "x" * 59 + "…"


def test_without_a_name_mapping_nobody_is_double():
    readiness = scan(
        [Record("1", {"Name": "A"}), Record("2", {"Name": "A"})],
        mappings=MAPPINGS[2:],
        target=CUSTOMER,
        name_field="Name",
        target_name_field="DisplayName",
    )

    assert readiness == Readiness(2, 2, ())


def test_a_parent_among_the_records_needs_no_asking():
    readiness = scanned(
        Record("1", {"Name": "Mother"}),
        Record("2", {"Name": "Daughter", "ParentId": "1"}),
        parent_field="ParentId",
        parent_exists=lambda _: False,
    )

    assert readiness.passing == 2


@pytest.mark.parametrize(
    ("name", "same"), [("Acme, Ltd.", "acmeltd"), ("  ACME_LTD ", "acmeltd"), ("Ünï 7", "ünï7"), ("::", "")]
)
def test_normalised_names(name, same):
    assert normalised(name) == same
