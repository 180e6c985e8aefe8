"""Agreements over the API: told with their signers, reviewed and issued by two people, declined, voided; never signed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actions import signing
from onboarding.actors import Role
from onboarding.models import Engagement, Event
from onboarding.workflow.steps import Step
from tests.every_row import every_row
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of

JSON = "application/json"


@pytest.fixture
def cast(db: None) -> Cast:
    """In step IV, the agreement drafted and printed."""
    made = journey(Step.CUSTOMER_VERIFICATION)
    made.printed()
    return made


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


@pytest.fixture
def number(cast: Cast) -> str:
    return str(cast.engagement.agreements.get().number)


def post(client: Client, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    return client.post(path, body or {}, content_type=JSON, headers={"Idempotency-Key": key} if key else {})


def test_a_draft_is_interweaves_own(owner: Client, lead: Client, at: Any, number: str) -> None:
    assert owner.get(at("agreements/")).json() == {"items": []}
    assert owner.get(at(f"agreements/{number}/")).status_code == 404
    told = lead.get(at(f"agreements/{number}/")).json()
    assert (told["state"], told["template_version"], told["executed_document"]) == ("draft", "2", None)
    assert [(one["position"], one["party"]) for one in told["signers"]] == [(1, "customer"), (2, "interweave")]


def test_it_is_reviewed_by_one_and_issued_by_another(owner: Client, lead: Client, at: Any, number: str) -> None:
    specialist = bearing(token_of(None, Role.SPECIALIST))

    early = post(lead, at(f"agreements/{number}/issue/"))
    sent = [post(specialist, at(f"agreements/{number}/review/"), key="once") for _ in range(2)]
    back = post(lead, at(f"agreements/{number}/send-back/"), {"note": "The fee is wrong"})
    again = post(specialist, at(f"agreements/{number}/review/"))
    own = post(specialist, at(f"agreements/{number}/issue/"))
    issued = post(lead, at(f"agreements/{number}/issue/"))

    assert (early.status_code, early.json()["detail"]) == (409, "Send it for internal review first.")
    assert [one.json()["state"] for one in (*sent, back, again)] == ["in_review", "in_review", "draft", "in_review"]
    assert (own.status_code, own.json()["code"]) == (409, "wrong_state")
    assert (issued.status_code, issued.json()["state"]) == (200, "issued")
    assert [one["number"] for one in owner.get(at("agreements/")).json()["items"]] == [number]
    assert Event.objects.filter(kind="agreement.sent_for_review").count() == 2


def test_an_issued_one_is_commented_declined_and_drafted_anew(
    cast: Cast, owner: Client, lead: Client, at: Any, number: str
) -> None:
    phase_one.verified(cast)

    said = post(owner, at(f"agreements/{number}/comments/"), {"text": "Why twelve months?", "clause": "14.1"})
    declined = post(owner, at(f"agreements/{number}/decline/"), {"reason": "Too long a term"})
    twice = post(owner, at(f"agreements/{number}/decline/"), {"reason": "Too long a term"})
    anew = post(lead, at("agreements/"))

    assert [(one["clause"], one["text"]) for one in said.json()["comments"]] == [("14.1", "Why twelve months?")]
    assert (declined.json()["state"], declined.json()["closed_reason"]) == ("declined", "Too long a term")
    assert (twice.status_code, twice["Content-Type"]) == (409, "application/problem+json")
    assert (anew.status_code, anew.json()["state"]) == (201, "draft")
    assert len(lead.get(at("agreements/")).json()["items"]) == 2


def test_a_signed_one_tells_who_signed_and_when_and_a_lead_voids_it(
    cast: Cast, owner: Client, lead: Client, at: Any, number: str
) -> None:
    phase_one.verified(cast)
    cast.moved(Step.CUSTOMER_VERIFICATION)
    phase_one.signed(cast)

    first = owner.get(at(f"agreements/{number}/")).json()["signers"][0]
    refused = post(owner, at(f"agreements/{number}/void/"), {"reason": "No more"})
    voided = post(lead, at(f"agreements/{number}/void/"), {"reason": "Wrong party"})

    assert (first["name"], first["authentication"]) == (cast.owner.name, "password")
    assert first["signed_at"] > first["asked_at"]
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert (voided.status_code, voided.json()["state"]) == (200, "voided")


def test_there_is_no_way_to_sign_by_a_program(owner: Client, at: Any, number: str) -> None:
    assert callable(signing.sign)
    assert [post(owner, at(f"agreements/{number}/{verb}/")).status_code for verb in ("sign", "countersign")] == [
        404,
        404,
    ]


@pytest.mark.parametrize("scope", ["agreements:read", "engagements:read"])
def test_a_token_without_the_scope_changes_nothing(cast: Cast, at: Any, number: str, scope: str) -> None:
    client, before = bearing(token_of(None, Role.LEAD, scope)), every_row()

    reply = post(client, at(f"agreements/{number}/review/"))

    assert (reply.status_code, reply.json()["code"]) == (403, "scope_missing")
    assert every_row() == before


def test_a_stranger_finds_none(stranger: Client, at: Any, number: str) -> None:
    for path in ("agreements/", f"agreements/{number}/"):
        assert stranger.get(at(path)).status_code == 404
    assert post(stranger, at(f"agreements/{number}/decline/"), {"reason": "x"}).status_code == 404
