"""The agreement's versions over the API: what was printed to be signed, and what changed between two, word by word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Engagement
from tests.journey import journey
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.test_agreement_changes import printed

HERE = "agreements/versions/"


@pytest.fixture
def cast(db: None) -> Cast:
    return journey()


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


def test_before_the_first_there_is_nothing_to_compare(owner: Client, lead: Client, at: Any) -> None:
    empty = {"items": [], "earlier": None, "later": None, "changes": []}

    assert owner.get(at(HERE)).json() == lead.get(at(HERE)).json() == empty


def test_the_last_two_are_compared_or_those_asked_for(cast: Cast, owner: Client, at: Any) -> None:
    printed(cast, 1, state="declined")
    printed(cast, 2, state="issued", total="12900.00")

    told = owner.get(at(HERE)).json()
    back = owner.get(at(f"{HERE}?from=2&to=1")).json()
    same = owner.get(at(f"{HERE}?from=2&to=2")).json()

    assert ([one["version"] for one in told["items"]], told["earlier"], told["later"]) == ([2, 1], 1, 2)
    pieces = [piece for one in told["changes"] for piece in one["pieces"]]
    assert {"kind": "removed", "text": "12,500.00."} in pieces
    assert {"kind": "added", "text": "12,900.00."} in pieces
    assert {one["heading"] for one in told["changes"]} == {"Fees and payment", "Annex B: Fees"}
    assert {"kind": "added", "text": "12,500.00."} in [piece for one in back["changes"] for piece in one["pieces"]]
    assert same["changes"] == []
    assert owner.get(told["items"][0]["url"]).json()["kind"] == "msa"


def test_a_draft_is_interweaves_own(cast: Cast, owner: Client, lead: Client, at: Any) -> None:
    printed(cast, 1, state="declined")
    printed(cast, 2, state="draft", total="12900.00")

    assert [one["version"] for one in owner.get(at(HERE)).json()["items"]] == [1]
    assert len(lead.get(at(HERE)).json()["changes"]) == 2
    assert owner.get(at(f"{HERE}?from=1&to=2")).status_code == 422


@pytest.mark.parametrize(
    ("asked", "fields"),
    [("from=1&to=9", {"to"}), ("from=x&to=2", {"from"}), ("to=2", {"from"}), ("form=1", {"form"})],
)
def test_what_can_not_be_compared_is_told_at_its_field(
    asked: str, fields: set[str], cast: Cast, owner: Client, at: Any
) -> None:
    printed(cast, 1, state="declined")
    printed(cast, 2, state="issued")

    reply = owner.get(at(f"{HERE}?{asked}"))

    assert (reply.status_code, set(reply.json()["fields"])) == (422, fields)


@pytest.mark.parametrize("number", [1, 3])
def test_the_versions_take_six_queries(
    number: int, cast: Cast, owner: Client, at: Any, django_assert_num_queries: Any
) -> None:
    """The token, its maker's role, the engagement, the versions; and the transaction's begin and end."""
    for version in range(1, number + 1):
        printed(cast, version, state="issued" if version == number else "declined")

    with django_assert_num_queries(6):
        assert len(owner.get(at(HERE)).json()["items"]) == number


def test_a_stranger_and_a_token_without_the_scope_see_none(cast: Cast, stranger: Client, at: Any) -> None:
    other = bearing(token_of(None, Role.LEAD, "documents:read"))

    assert stranger.get(at(HERE)).status_code == 404
    assert other.get(at(HERE)).json()["code"] == "scope_missing"
