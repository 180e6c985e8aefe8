"""The closed set of transformations, mappings against schemas, mappings on records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.engine.connector import FieldSchema, ObjectSchema
from integrations.engine.mapping import (
    TRANSFORMATIONS,
    Applied,
    FieldMapping,
    Finding,
    Notice,
    apply,
    as_text,
    parsed,
    transform,
    usable,
    validate,
)


def schema(label: str, *fields: FieldSchema) -> ObjectSchema:
    return ObjectSchema(name=label, label=label, fields=fields, rights={})


def mapping(*transforms: str, source: str = "Name", target: str = "Title", **more) -> FieldMapping:
    return FieldMapping(source=source, target=target, transforms=transforms, **more)


@pytest.mark.parametrize(
    ("transforms", "value", "result"),
    [
        (["trim"], "  Acme ", "Acme"),
        (["single_spaces"], "a  b\n c", "a b c"),
        (["strip_colons"], "Acme: North :South", "Acme - North - South"),
        (["cut:4"], "abc def", "abc"),
        (["cut:40"], "abc  ", "abc  "),
        (["one_line"], "12 Road\r\nSuite 4", "12 Road, Suite 4"),
        (["upper"], "ab", "AB"),
        (["lower"], "AB", "ab"),
        (["digits"], "+1 (617) 555-0142", "16175550142"),
        (["https_url"], "www.acme.example", "https://www.acme.example"),
        (["https_url"], "HTTP://acme.example/x", "https://acme.example/x"),
        (["https_url"], "", ""),
        (["country_iso3"], "Deutschland", "DEU"),
        (["country_iso3"], "", ""),
        (["date"], "2026-11-22T20:16:11.000+0000", "2026-11-22"),
        (["date"], "2026-11-22", "2026-11-22"),
        (["date"], "", ""),
        (["number:2"], "1,234.5", "1234.50"),
        (["number:0"], "", ""),
        (["constant:Service"], "anything", "Service"),
        (["default:none"], "", "none"),
        (["default:none"], "some", "some"),
        (["trim", "upper", "cut:2"], " abc ", "AB"),
    ],
)
def test_a_transformation(transforms, value, result):
    assert transform(mapping(*transforms), value) == (result, transform(mapping(*transforms), value)[1])


@pytest.mark.parametrize(
    ("transforms", "value", "notices"),
    [
        (["cut:4"], "abcdef", [Notice("Title", "cut", "Cut to 4 characters.")]),
        (["cut:4"], "abcd", []),
        (["strip_colons"], "a:b", [Notice("Title", "strip_colons", "The colon became a dash.")]),
        (
            ["country_iso3"],
            "Narnia",
            [Notice("Title", "unknown_country", "We don't know the country “Narnia”: it is passed on as it is.")],
        ),
        (["date"], "soon", [Notice("Title", "not_a_date", "“soon” is not a date.")]),
        (["number:2"], "many", [Notice("Title", "not_a_number", "“many” is not a number.")]),
    ],
)
def test_what_a_transformation_changes_visibly_is_told(transforms, value, notices):
    assert transform(mapping(*transforms), value)[1] == notices


def test_an_unsuitable_value_is_passed_on_as_it_is():
    assert transform(mapping("country_iso3", "upper"), "Narnia")[0] == "NARNIA"


@pytest.mark.parametrize("step", ["shout", "cut", "cut:", "cut:ten", "cut:-1", "trim:5", "number:x", "constant:", ""])
def test_what_is_not_in_the_closed_set_is_refused(step):
    with pytest.raises(ValueError, match=f"^{step}$"):
        parsed(step)


def test_every_transformation_has_words():
    assert {name for name, entry in TRANSFORMATIONS.items() if not entry.words} == set()


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (False, "false"), (0, "0"), (1.5, "1.5"), ("x", "x")]
)
def test_values_as_text(value, text):
    assert as_text(value) == text


def test_apply_fills_the_target_and_leaves_empty_values_out():
    mappings = [
        mapping("trim", "strip_colons", "cut:6", target="DisplayName", required=True),
        mapping("trim", source="Phone", target="PrimaryPhone.FreeFormNumber"),
        mapping("trim", source="Fax", target="Fax.FreeFormNumber", required=True),
    ]

    applied = apply(mappings, {"Name": " A:Bcdef ", "Phone": None})

    assert applied == Applied(
        values={"DisplayName": "A - Bc"},
        notices=[
            Notice("DisplayName", "strip_colons", "The colon became a dash."),
            Notice("DisplayName", "cut", "Cut to 6 characters."),
        ],
        missing=["Fax.FreeFormNumber"],
    )


def test_a_mapping_survives_being_stored():
    stored = {"source": "Name", "target": "Title", "transforms": ["trim", "cut:5"], "required": True, "note": "why"}

    assert FieldMapping.from_dict(stored) == mapping("trim", "cut:5", required=True)


def test_usable_leaves_out_what_the_target_does_not_have():
    there, not_there = mapping(), mapping(source="Id", target="AccountID", if_present=True)

    assert usable([there, not_there], schema("Customer", FieldSchema(name="Title"))) == [there]


ACCOUNT = schema(
    "Account",
    FieldSchema(name="Name", length=255),
    FieldSchema(name="Amount", type="number"),
    FieldSchema(name="Kind", type="picklist", picklist=("A", "B")),
    FieldSchema(name="When", type="datetime"),
)
CUSTOMER = schema(
    "Customer",
    FieldSchema(name="Title", length=100),
    FieldSchema(name="Balance", type="currency", createable=False),
    FieldSchema(name="Total", type="currency"),
    FieldSchema(name="Due", type="date"),
    FieldSchema(name="Class", type="picklist", picklist=("A",)),
    FieldSchema(name="Note"),
)


@pytest.mark.parametrize(
    ("mapped", "findings"),
    [
        (mapping("cut:100"), []),
        (mapping("constant:x", source="Nothing"), []),
        (
            mapping(),
            [("warning", "length", "Name holds 255 characters, Title only 100: add a cut.")],
        ),
        (mapping("cut:200"), [("error", "cut_too_long", "Cut at 200, but Title holds 100.")]),
        (mapping("shout"), [("error", "unknown_transform", "There is no transformation “shout”.")]),
        (
            mapping(source="Gone", target="Note"),
            [("error", "unknown_source", "Account has no field Gone, or the user can't see it.")],
        ),
        (
            mapping(target="Gone"),
            [("error", "unknown_target", "Customer has no field Gone, or the user can't see it.")],
        ),
        (
            mapping(target="AccountID", if_present=True),
            [("warning", "left_out", "Customer has no field AccountID: it is left out.")],
        ),
        (
            mapping(source="Amount", target="Balance"),
            [("error", "read_only", "Balance can't be written.")],
        ),
        (mapping(source="Amount", target="Total"), []),
        (mapping(target="Total"), [("error", "type", "Name is text, Total takes currency.")]),
        (mapping("number:2", target="Total"), []),
        (mapping(source="When", target="Due"), [("error", "type", "When is datetime, Due takes date.")]),
        (mapping("date", source="When", target="Due"), []),
        (mapping(source="Kind", target="Class"), [("warning", "picklist", "Class does not know: B.")]),
    ],
)
def test_a_mapping_is_validated_against_both_schemas(mapped, findings):
    expected = [Finding(severity, mapped.target, kind, words) for severity, kind, words in findings]

    assert validate([mapped], ACCOUNT, CUSTOMER) == expected


def test_required_targets_and_doubled_ones_are_found():
    needs_title = schema("Customer", FieldSchema(name="Title", label="Title", required=True), FieldSchema(name="Note"))

    findings = validate([mapping(target="Note"), mapping(target="Note")], ACCOUNT, needs_title)

    assert [finding.as_dict() for finding in findings] == [
        {
            "severity": "error",
            "field": "Note",
            "kind": "mapped_twice",
            "words": "Note is filled by two mappings: leave one.",
        },
        {"severity": "error", "field": "Title", "kind": "required_unmapped", "words": "Title must be filled."},
    ]


@given(st.text(), st.integers(min_value=1, max_value=200))
def test_a_cut_never_leaves_more_than_it_says(value, size):
    text, notices = transform(mapping(f"cut:{size}"), value)

    assert len(text) <= size
    assert value.startswith(text)
    assert bool(notices) == (len(value) > size)


@given(st.text())
def test_names_hold_no_colon_afterwards(value):
    assert ":" not in transform(mapping("strip_colons"), value)[0]


@given(st.text(), st.sampled_from(["trim", "single_spaces", "strip_colons", "cut:10", "https_url", "digits", "upper"]))
def test_doing_it_twice_is_doing_it_once(value, step):
    once = transform(mapping(step), value)[0]

    assert transform(mapping(step), once)[0] == once


@given(st.dictionaries(st.sampled_from(["A", "B", "C"]), st.one_of(st.none(), st.text(), st.integers(), st.booleans())))
def test_apply_never_writes_emptiness(record):
    mappings = [mapping("trim", source=name, target=name.lower()) for name in "ABC"]

    applied = apply(mappings, record)

    assert all(applied.values.values())
    assert set(applied.values) == {name.lower() for name, value in record.items() if as_text(value).strip()}
