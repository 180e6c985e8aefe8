"""Whether a field that is there fulfils the wish."""

import pytest

from integrations.engine.connector import FieldSchema, FieldWish
from integrations.engine.countries import iso3
from integrations.engine.fields import difference, wish
from onboarding.library import setup


@pytest.mark.parametrize(
    ("wished", "there", "words"),
    [
        ({"type": "text", "length": 50}, {"length": 50}, ""),
        ({"type": "text", "length": 50}, {"length": 255}, ""),
        ({"type": "text", "length": 50}, {"length": 49}, "holds 49 characters, should hold 50"),
        ({"type": "text"}, {"type": "long_text", "length": 32000}, ""),
        ({"type": "text"}, {"type": "picklist"}, "is picklist, should be text"),
        ({"type": "checkbox"}, {"type": "boolean"}, ""),
        ({"type": "datetime"}, {"type": "date"}, "is date, should be datetime"),
        ({"external_id": True}, {"external_id": True}, "should be unique and an external id"),
        ({"external_id": True}, {"external_id": True, "unique": True}, ""),
        (
            {"type": "picklist", "values": ("Yes", "No")},
            {"type": "picklist", "picklist": ("Yes",)},
            "lacks the values No",
        ),
    ],
)
def test_difference(wished, there, words):
    assert (
        difference(FieldWish(object="Account", name="X__c", label="X", **wished), FieldSchema(name="X__c", **there))
        == words
    )


def test_a_wish_holds_what_the_library_says():
    assert wish(setup.QB_CUSTOMER_ID, is_optional=True) == FieldWish(
        object="Account",
        name="QB_Customer_Id__c",
        label="QB Customer Id",
        type="text",
        length=50,
        unique=True,
        external_id=True,
        help_text="The customer's id in QuickBooks: binds the two records. Kept by InterWeave.",
        is_optional=True,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DEU"),
        ("deu", "DEU"),
        (" Germany ", "DEU"),
        ("Allemagne", "DEU"),
        ("U.S.A.", "USA"),
        ("UK", "GBR"),
        ("Serbia", "SRB"),
        ("Narnia", None),
        ("", None),
    ],
)
def test_countries_however_written(text, code):
    assert iso3(text) == code
