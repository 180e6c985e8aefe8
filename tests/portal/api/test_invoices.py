"""Invoices and payments over the API: drafted, changed, issued, voided; recorded, confirmed by another, sent back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Engagement, Payment
from onboarding.workflow.steps import Step
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post

LINE = {"description": "Onboarding", "quantity": "1.00", "unit": "C62", "unit_price": "1000.00"}
MONEY = {"currency": "USD", "method": "bank_transfer", "received_on": "2026-01-05"}


@pytest.fixture
def cast(db: None) -> Cast:
    """In step IV, the invoice drafted."""
    return journey(Step.CUSTOMER_VERIFICATION)


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


@pytest.fixture
def finance(db: None) -> Client:
    return bearing(token_of(None, Role.FINANCE))


@pytest.fixture
def here(cast: Cast) -> str:
    return f"invoices/{cast.engagement.invoices.get().pk}/"


def test_a_draft_is_changed_and_issued_once(owner: Client, finance: Client, at: Any, here: str) -> None:
    hidden = owner.get(at(here)).status_code
    changed = post(
        finance, at(f"{here}change/"),
        {"lines": [LINE], "tax_rate": "0", "discount": "100.00", "discount_reason": "First customer", "terms_days": 30,
         "tax_note": "Outside the scope of tax"},
    )  # fmt: skip
    issued = [post(finance, at(f"{here}issue/"), key="once") for _ in range(2)]
    late = post(finance, at(f"{here}change/"), {"lines": [LINE], "tax_rate": "0"})

    assert hidden == 404
    assert {name: changed.json()[name] for name in ("net", "tax", "gross", "discount")} == {
        "net": "900.00", "tax": "0.00", "gross": "900.00", "discount": "100.00",
    }  # fmt: skip
    assert changed.json()["lines"] == [LINE]
    assert [(one.status_code, one.json()["state"]) for one in issued] == [(200, "issued")] * 2
    assert issued[1].json()["remittance_reference"].startswith("RF")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert owner.get(at(here)).json()["open"] == "900.00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": [], "tax_rate": "0"}, "lines"),
        ({"lines": [LINE], "tax_rate": "101"}, "tax_rate"),
        ({"lines": [LINE], "tax_rate": "0", "discount": "1000"}, "discount"),
        ({"lines": [LINE], "tax_rate": "0", "discount": "10"}, "discount_reason"),
        ({"lines": [LINE], "tax_rate": "0", "tax_category": "X"}, "tax_category"),
        ({"lines": [LINE | {"unit_price": "ten"}], "tax_rate": "0"}, "lines"),
    ],
)
def test_what_is_wrong_with_a_draft_is_told_at_its_field(
    body: dict[str, Any], field: str, finance: Client, at: Any, here: str
) -> None:
    reply = post(finance, at(f"{here}change/"), body)

    assert (reply.status_code, list(reply.json()["fields"])) == (422, [field])


def test_payments_are_recorded_whole_and_go_back(
    cast: Cast, owner: Client, finance: Client, at: Any, here: str
) -> None:
    phase_one.verified(cast)
    gross = cast.engagement.invoices.get().gross

    part = post(finance, at(f"{here}payments/"), MONEY | {"amount": "10.00", "reference": "W-1"})
    rest = post(finance, at(f"{here}payments/"), MONEY | {"amount": f"{gross}", "reference": "W-2"}, key="rest")
    again = post(finance, at(f"{here}payments/"), MONEY | {"amount": f"{gross}", "reference": "W-2"}, key="rest")
    told = owner.get(at(here)).json()
    back = post(
        finance, at(f"{here}payments/"), MONEY | {"kind": "refund", "amount": "10.00", "reference": "B-1"}
    )  # fmt: skip

    assert [one.status_code for one in (part, rest, again, back)] == [201] * 4
    assert again["Idempotency-Replayed"] == "true"
    assert (told["state"], told["open"], told["overpaid"]) == ("paid", "0.00", "10.00")
    assert owner.get(at(here)).json()["overpaid"] == "0.00"
    assert [one["reference"] for one in owner.get(at(f"{here}payments/")).json()["items"]] == ["W-1", "W-2", "B-1"]


def test_a_large_payment_waits_for_another_person(
    cast: Cast, owner: Client, finance: Client, lead: Client, at: Any, here: str, settings: Any
) -> None:
    settings.SECOND_PERSON_FROM = 1
    phase_one.verified(cast)

    recorded = post(finance, at(f"{here}payments/"), MONEY | {"amount": "10.00", "reference": "W-1"}).json()
    seen = owner.get(at(f"{here}payments/")).json()["items"]
    own = post(finance, at(f"{here}payments/{recorded['id']}/confirm/"))
    confirmed = post(lead, at(f"{here}payments/{recorded['id']}/confirm/"))
    wrong = post(finance, at(f"{here}payments/"), MONEY | {"amount": "10.00", "reference": "W-2"}).json()
    rejected = post(lead, at(f"{here}payments/{wrong['id']}/reject/"), {"note": "Not on the account"})

    assert (recorded["state"], seen) == ("proposed", [])
    assert (own.status_code, own.json()["code"]) == (403, "not_yours")
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert (rejected.json()["state"], rejected.json()["decision_note"]) == ("rejected", "Not on the account")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"currency": "EUR", "amount": "10", "reference": "W-1"}, "currency"),
        ({"amount": "0", "reference": "W-1"}, "amount"),
        ({"amount": "10.001", "reference": "W-1"}, "amount"),
        ({"amount": "10", "reference": " "}, "reference"),
        ({"amount": "10", "reference": "W-1", "method": "cash"}, "method"),
        ({"amount": "10", "reference": "W-1", "received_on": "2999-01-01"}, "received_on"),
    ],
)
def test_a_payment_that_can_not_be_is_told_at_its_field(
    body: dict[str, Any], field: str, cast: Cast, finance: Client, at: Any, here: str
) -> None:
    phase_one.verified(cast)

    reply = post(finance, at(f"{here}payments/"), MONEY | body)

    assert (reply.status_code, list(reply.json()["fields"])) == (422, [field])
    assert not Payment.objects.exists()


def test_a_void_invoice_takes_no_payment_and_names_its_credit_note(
    cast: Cast, owner: Client, finance: Client, at: Any, here: str
) -> None:
    phase_one.verified(cast)

    voided = post(finance, at(f"{here}void/"), {"reason": "Wrong party"})
    paid = post(finance, at(f"{here}payments/"), MONEY | {"amount": "10.00", "reference": "W-1"})

    assert (voided.json()["state"], voided.json()["credit_note"][:3]) == ("void", "CN-")
    assert (paid.status_code, paid.json()["code"]) == (409, "wrong_state")
    assert owner.get(at(here)).json()["void_reason"] == "Wrong party"


def test_a_stranger_and_a_customer_without_the_role_change_nothing(
    cast: Cast, owner: Client, stranger: Client, at: Any, here: str
) -> None:
    phase_one.verified(cast)

    assert stranger.get(at(here)).status_code == 404
    refused = post(owner, at(f"{here}payments/"), MONEY | {"amount": "10.00", "reference": "W-1"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
