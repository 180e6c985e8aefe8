"""Statements of account over the API: ordered once, followed while they are made, fetched as a PDF."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Document, Engagement, Rendering
from onboarding.workflow.steps import Step
from tests.every_row import every_row
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post

HERE = "statements/"


@pytest.fixture
def cast(db: None) -> Cast:
    """In step V, the invoice issued."""
    return journey(Step.CUSTOMER_APPROVAL)


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


def test_one_is_ordered_followed_and_fetched(cast: Cast, owner: Client, at: Any) -> None:
    ordered = post(owner, at(HERE), key="once")
    repeated, waiting = post(owner, at(HERE), key="once"), post(owner, at(HERE))
    being_made = owner.get(ordered["Location"]).json()
    cast.printed()
    made = owner.get(ordered["Location"]).json()
    file = owner.get(made["download_url"])
    same = post(owner, at(HERE))

    assert [one.status_code for one in (ordered, repeated, waiting, same)] == [202, 202, 202, 200]
    assert (being_made["state"], being_made["download_url"], being_made["size"]) == ("queued", None, 0)
    assert (made["state"], made["problem"], len(made["sha256"])) == ("done", "", 64)
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert {one.json()["document"] for one in (ordered, repeated, waiting, same)} == {made["document"]}


def test_once_money_came_in_another_one_is_made(cast: Cast, owner: Client, at: Any) -> None:
    first = post(owner, at(HERE)).json()
    cast.printed()
    phase_one.part_paid(cast)

    second = post(owner, at(HERE))

    assert second.status_code == 202
    listed = owner.get(at(HERE)).json()
    assert [one["document"] for one in listed["items"]] == [second.json()["document"], first["document"]]
    assert listed["next"] is None
    page = owner.get(at(f"{HERE}?limit=1")).json()
    assert [one["document"] for one in owner.get(page["next"]).json()["items"]] == [first["document"]]


def test_one_that_could_not_be_made_says_so_and_another_is_ordered(owner: Client, at: Any) -> None:
    first = post(owner, at(HERE))
    Rendering.objects.filter(template="statement").update(
        state="failed", problem={"words": "The document could not be made."}
    )  # fmt: skip

    failed, second = owner.get(first["Location"]).json(), post(owner, at(HERE))

    assert (failed["state"], failed["problem"]) == ("failed", "The document could not be made.")
    assert second.status_code == 202
    assert second.json()["document"] != failed["document"]


def test_who_reads_no_account_orders_none(cast: Cast, at: Any) -> None:
    viewer = bearing(token_of(cast.company, Role.VIEWER))
    reading = bearing(token_of(cast.company, Role.OWNER, "invoices:read"))
    before = every_row()

    refused, unscoped = post(viewer, at(HERE)), post(reading, at(HERE))

    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert (unscoped.status_code, unscoped.json()["code"]) == (403, "scope_missing")
    assert every_row() == before


def test_a_stranger_finds_none(owner: Client, stranger: Client, at: Any) -> None:
    place = post(owner, at(HERE))["Location"]

    assert [one.status_code for one in (stranger.get(at(HERE)), stranger.get(place), post(stranger, at(HERE)))] == [
        404, 404, 404,
    ]  # fmt: skip
    assert owner.get(at(f"{HERE}{Document.objects.filter(kind='invoice').latest('pk').uuid}/")).status_code == 404
    assert owner.get(at(f"{HERE}?stat=open")).status_code == 422


@pytest.mark.parametrize("number", [1, 2])
def test_the_list_takes_six_queries(
    number: int, cast: Cast, owner: Client, at: Any, django_assert_num_queries: Any
) -> None:
    """The token, its maker's role, the engagement, the statements; and the transaction's begin and end."""
    for reference in range(number):
        phase_one.part_paid(cast, "1.00", f"W-{reference}")
        post(owner, at(HERE))

    with django_assert_num_queries(6):
        assert len(owner.get(at(HERE)).json()["items"]) == number
