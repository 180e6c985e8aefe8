"""Card payments sent back over the API: at the payment service itself, once a key, however often it is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from integrations import card_payments
from onboarding.actors import Role
from onboarding.models import Checkout, Engagement, IdempotencyKey, Payment
from onboarding.workflow.steps import Step
from portal.api import idempotency
from tests.integrations.sandbox_fixture import sandbox
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db: None) -> Cast:
    return journey(Step.CUSTOMER_APPROVAL)


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


@pytest.fixture
def finance(db: None) -> Client:
    return bearing(token_of(None, Role.FINANCE))


@pytest.fixture
def here(cast: Cast) -> str:
    return f"invoices/{cast.engagement.invoices.get().pk}/"


@pytest.fixture
def account(sandbox: Any, settings: Any) -> str:
    """Ours at the payment service."""
    made = sandbox.new_stripe("Ours")
    settings.OUTBOUND_CA_BUNDLE, settings.STRIPE_API_KEY = sandbox.ca_path, made["secret_key"]
    settings.STRIPE_API_URL = sandbox.stripe_url
    return str(made["id"])


@pytest.fixture
def paid(cast: Cast, owner: Client, at: Any, here: str, sandbox: Any, account: str) -> Payment:
    """The invoice, paid on the payment service's page."""
    sandbox.pay(post(owner, at(f"{here}checkout/")).json()["url"])
    card_payments.look(Checkout.objects.get(), at=now())
    return Payment.objects.get()


def test_some_of_it_goes_back_once_a_key(
    paid: Payment, finance: Client, owner: Client, stranger: Client, at: Any, here: str, settings: Any
) -> None:
    place = at(f"{here}payments/{paid.pk}/send-back/")
    reading = bearing(token_of(None, Role.FINANCE, "invoices:read"))

    wrong = [post(finance, place, {"amount": amount}, key="once") for amount in ("some", "0", "4888.01")]
    refused = [post(one, place, {"amount": "1.00"}) for one in (owner, reading, stranger)]
    settings.SECOND_PERSON_FROM = 100
    large = post(finance, place, {"amount": "100.00"}, key="once")
    sent = [post(finance, place, {"amount": "50.00"}, key="once") for _ in range(2)]
    another = post(finance, place, {"amount": "25.00"}, key="once")

    assert [(one.status_code, list(one.json()["fields"])) for one in wrong] == [(422, ["amount"])] * 3
    assert [one.json()["code"] for one in refused] == ["not_yours", "scope_missing", "not_found"]
    assert (large.status_code, "two people" in large.json()["detail"]) == (409, True)
    assert [one.status_code for one in sent] == [200, 200]
    assert [(one["kind"], one["amount"]) for one in sent[1].json()["items"]] == [
        ("payment", "4888.00"), ("refund", "50.00"),
    ]  # fmt: skip
    assert sent[1]["Idempotency-Replayed"] == "true"
    assert (another.status_code, list(another.json()["fields"])) == (422, ["Idempotency-Key"])
    assert Payment.objects.filter(kind="refund").count() == 1


def test_the_payment_pages_are_told_without_their_address(
    paid: Payment, owner: Client, stranger: Client, at: Any, here: str, django_assert_num_queries: Any
) -> None:
    """Queries: the token, its maker's role, engagement, invoice, lines, pages; and the transaction's begin and end."""
    with django_assert_num_queries(8):
        [told] = owner.get(at(f"{here}checkouts/")).json()["items"]

    assert (told["state"], told["amount"], told["payment"]) == ("paid", "4888.00", paid.pk)
    assert "url" not in told
    assert stranger.get(at(f"{here}checkouts/")).status_code == 404


def test_a_key_whose_request_was_cut_off_sends_nothing_again(
    paid: Payment, finance: Client, at: Any, here: str
) -> None:
    place = at(f"{here}payments/{paid.pk}/send-back/")
    post(finance, place, {"amount": "50.00"}, key="once")
    IdempotencyKey.objects.update(status=0, reply=None)  # as a process that died leaves it

    again = post(finance, place, {"amount": "50.00"}, key="once")

    assert (again.status_code, again.json()["detail"]) == (409, idempotency.UNDER_WAY)
    assert Payment.objects.filter(kind="refund").count() == 1


def test_what_went_back_unheard_goes_back_once(
    paid: Payment, finance: Client, at: Any, here: str, sandbox: Any, account: str
) -> None:
    """Stripe did it, its answer was lost, its news came; then the program asks once more under its key."""
    place, stripe, intent = at(f"{here}payments/{paid.pk}/send-back/"), card_payments.service(), paid.reference
    sandbox.fault("stripe", account, "lost_answer", count=9)
    unheard = post(finance, place, {"amount": "50.00"}, key="once")
    sandbox.clear_faults()
    card_payments.follow_refunds(stripe, intent, at=now())

    again = post(finance, place, {"amount": "50.00"}, key="once")

    assert (unheard.status_code, again.status_code) == (409, 200)
    assert [one["amount"] for one in again.json()["items"]] == ["4888.00", "50.00"]
    assert [one.amount for one in stripe.refunds(intent)] == [Payment.objects.get(kind="refund").amount]


def test_money_that_came_by_transfer_goes_back_there(cast: Cast, finance: Client, at: Any, here: str) -> None:
    phase_one.part_paid(cast)
    place = at(f"{here}payments/{Payment.objects.get().pk}/send-back/")

    reply = post(finance, place, {"amount": "1.00"}, key="once")

    assert (reply.status_code, "Send it back by bank transfer" in reply.json()["detail"]) == (409, True)
    assert not IdempotencyKey.objects.exists()
