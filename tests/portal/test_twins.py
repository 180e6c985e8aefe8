"""The twin view: what the mapping did with a value, in the words of the blueprint."""

from types import SimpleNamespace
from typing import Any

import pytest

from portal.twins import twins

FIELD = {
    "source": "Name", "target": "DisplayName", "source_value": "North: Branch", "actual": "North - Branch",
    "rule": "trim", "result": "match",
}  # fmt: skip
MAPPING = [{"source": "Name", "target": "DisplayName", "transforms": ["trim", "strip_colons", "cut:100"]}]


def run(*, mapping_version: int, fields: list[dict[str, Any]]) -> Any:
    case = {"title": "A name with a colon", "passed": True, "fields": fields}
    flow = SimpleNamespace(mapping=MAPPING, mapping_version=2)
    return SimpleNamespace(results={"cases": [case]}, progress=[], flow=flow, mapping_version=mapping_version)


@pytest.mark.parametrize(
    ("version", "field", "words"),
    [
        (2, FIELD, "a colon becomes a dash, cut to 100 characters"),
        (1, FIELD, "without spaces at the ends"),
        (2, FIELD | {"target": "AccountID", "rule": "exact"}, "letter by letter"),
    ],
    ids=["as mapped", "the mapping was changed since", "no field of the mapping"],
)
def test_the_rule_says_what_became_of_the_value(version: int, field: dict[str, Any], words: str) -> None:
    row = twins(run(mapping_version=version, fields=[field]))[0]["rows"][0]

    assert (row["rule"], row["left"], row["right"], row["verdict"]) == (
        words, "North: Branch", "North - Branch", "equal",
    )  # fmt: skip
