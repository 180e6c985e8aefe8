"""Doors over the API: somebody let pay, the link sent again, revoked; the payment page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Engagement, Message
from onboarding.workflow.steps import Step
from tests.journey import journey
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post

PIA = {"name": "Pia Payer", "email": "pia@payers.example"}


@pytest.fixture
def cast(db: None) -> Cast:
    """In step V, agreement and invoice issued."""
    return journey(Step.CUSTOMER_APPROVAL)


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


@pytest.fixture
def here(cast: Cast) -> str:
    return f"invoices/{cast.engagement.invoices.get().pk}/"


def test_somebody_is_let_pay_once_sent_the_link_again_and_shut_out(owner: Client, at: Any, here: str) -> None:
    let = [post(owner, at(f"{here}payers/"), PIA, key="once") for _ in range(2)]
    again = post(owner, at(f"doors/{let[0].json()['id']}/send-again/"))
    revoked = post(owner, at(f"doors/{again.json()['id']}/revoke/"))
    late = post(owner, at(f"doors/{again.json()['id']}/revoke/"))

    assert [one.status_code for one in (*let, again, revoked)] == [201, 201, 200, 200]
    assert let[0].json()["id"] == let[1].json()["id"] != again.json()["id"]
    assert (again.json()["state"], revoked.json()["state"]) == ("waiting", "revoked")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    payers = [one for one in owner.get(at("doors/")).json()["items"] if one["purpose"] == "pay"]
    assert [one["state"] for one in payers] == ["revoked", "replaced"]
    assert Message.objects.filter(to=PIA["email"]).count() == 2


def test_no_answer_tells_the_links_secret(owner: Client, at: Any, here: str) -> None:
    told = post(owner, at(f"{here}payers/"), PIA)

    secret = Message.objects.get(to=PIA["email"]).path.strip("/").split("/")[-1]
    assert len(secret) > 20
    assert secret not in told.content.decode() + owner.get(at("doors/")).content.decode()


@pytest.mark.parametrize(("body", "field"), [({"name": " "}, "name"), ({"email": "nobody"}, "email")])
def test_what_is_no_payer_is_told_at_its_field(
    body: dict[str, Any], field: str, owner: Client, at: Any, here: str
) -> None:
    reply = post(owner, at(f"{here}payers/"), PIA | body)

    assert (reply.status_code, list(reply.json()["fields"])) == (422, [field])


def test_without_an_account_at_stripe_the_page_is_refused_in_words(
    owner: Client, at: Any, here: str, settings: Any
) -> None:
    settings.STRIPE_API_KEY = ""

    reply = post(owner, at(f"{here}checkout/"))

    assert (reply.status_code, reply.json()["code"]) == (409, "wrong_state")
    assert reply.json()["detail"] == "Payment by card is not offered here. Pay by bank transfer."


def test_strangers_and_viewers_do_none_of_it(cast: Cast, at: Any, here: str) -> None:
    stranger = bearing(token_of(journey(name="Meadow Ltd").company, Role.OWNER))
    viewer = bearing(token_of(cast.company, Role.VIEWER))

    assert {post(stranger, at(f"{here}{part}/"), PIA).status_code for part in ("payers", "checkout")} == {404}
    assert {post(viewer, at(f"{here}{part}/"), PIA).status_code for part in ("payers", "checkout")} == {403}
