"""The customer's contacts over the API: named, changed, and what a changed signatory opens again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Engagement
from onboarding.workflow.steps import Step
from tests.every_row import every_row
from tests.factories import CompanyFactory
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of

JSON = "application/json"
IDA = {"name": "Ida Iron", "email": "ida@acme.example", "title": "CFO", "phone": ""}


@pytest.fixture
def cast(db: None) -> Cast:
    """In step IV."""
    return journey(Step.CUSTOMER_VERIFICATION)


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


def test_the_contacts_are_read_in_a_few_queries(
    cast: Cast, owner: Client, at: Any, django_assert_num_queries: Any
) -> None:
    """Queries: the token, its maker's role, engagement, contacts; and the transaction's begin and end."""
    with django_assert_num_queries(6):
        items = owner.get(at("contacts/")).json()["items"]

    assert [one["kind"] for one in items] == ["main", "executive_sponsor", "billing", "technical"]


def put(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.put(path, body, content_type=JSON)


def test_another_signatory_opens_what_was_verified_of_the_earlier_one(cast: Cast, owner: Client, at: Any) -> None:
    phase_one.verified(cast)
    seen = owner.get(at("records/")).json()["sha256"]
    cast.moved(Step.CUSTOMER_VERIFICATION)
    owner.post(at("records/approve/"), {"sha256": seen}, content_type=JSON)
    former = next(one for one in owner.get(at("contacts/")).json()["items"] if one["kind"] == "executive_sponsor")

    named, twice = (put(owner, at("contacts/executive_sponsor/"), IDA) for _ in range(2))

    records = owner.get(at("records/")).json()
    assert [one.json() for one in (named, twice)] == [IDA | {"kind": "executive_sponsor"}] * 2
    checks = {one["check"]: one["outcome"] for one in owner.get(at("verifications/")).json()["items"]}
    assert checks["authority"] == "open"
    assert (records["approved_at"], records["withdrawn_at"] is None) == (None, False)
    assert former["name"] in records["withdrawn_because"]
    changed = next(one for one in records["changes"] if "sponsor" in one["label"].lower())
    assert former["name"] in changed["was"]
    assert "Ida Iron" in changed["value"]


@pytest.mark.parametrize(
    ("contact", "body", "field"),
    [
        ("main", {}, "name"),
        ("main", IDA | {"email": "ida"}, "email"),
        ("executive_sponsor", IDA | {"title": " "}, "title"),
        ("billing", IDA | {"phone": "1" * 41}, "phone"),
    ],
)
def test_who_can_not_be_one_is_told_at_the_field(
    contact: str, body: dict[str, Any], field: str, owner: Client, at: Any
) -> None:
    reply = put(owner, at(f"contacts/{contact}/"), body)

    assert (reply.status_code, field in reply.json()["fields"]) == (422, True)


def test_viewers_strangers_and_tokens_without_the_scope_name_nobody(cast: Cast, owner: Client, at: Any) -> None:
    viewer = bearing(token_of(cast.company, Role.VIEWER))
    reading = bearing(token_of(cast.company, Role.OWNER, "verifications:read"))
    stranger = bearing(token_of(CompanyFactory(name="Meadow Ltd"), Role.OWNER))
    before = every_row()

    codes = [put(one, at("contacts/main/"), IDA).json()["code"] for one in (viewer, reading, stranger)]

    assert codes == ["not_yours", "scope_missing", "not_found"]
    assert (stranger.get(at("contacts/")).status_code, put(owner, at("contacts/cook/"), IDA).status_code) == (404, 404)
    assert every_row() == before
