"""A payer without an account at Stripe's stand-in: off to its page, back to the door, and the card page given up."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.utils.timezone import now

from onboarding.models import Checkout, Invoice, Payment
from tests.door_visitors import Visitor
from tests.doors import payers_door
from tests.integrations.conftest import outbound, sandbox
from tests.integrations.tasks.till import Till, till

__all__ = ["outbound", "sandbox", "till"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor(till: Till) -> Visitor:
    return Visitor(payers_door(till.invoice, at=now())).opened()


def test_paid_by_card_the_payer_comes_back_to_thanks_and_the_door_is_closed(till: Till, visitor: Visitor) -> None:
    page = visitor.sees()
    url = visitor.post(visitor.inside("pay"))["Location"]
    till.sandbox.pay(url)

    back = visitor.get(visitor.inside("paid"), {"session": Checkout.objects.get().session_id})

    assert "by card" in page
    assert (back.status_code, "Payment received" in back.content.decode()) == (200, True)
    assert (Checkout.objects.get().created_by, Payment.objects.get().method) == ("Pia Payer", "card")
    assert till.stands()[0] == Invoice.State.PAID
    assert "Paid in full, thank you" in visitor.sees()


def test_success_and_giving_up_both_lead_back_to_the_door(till: Till, visitor: Visitor) -> None:
    visitor.post(visitor.inside("pay"))

    asked = till.sandbox.records("stripe", till.account, "session")[-1]

    assert [urlsplit(asked[name]).path for name in ("success_url", "cancel_url")] == [
        visitor.inside("paid"), visitor.inside(),
    ]  # fmt: skip
    unfinished = visitor.get(visitor.inside("paid"), {"session": Checkout.objects.get().session_id})
    assert "The payment was not finished" in unfinished.content.decode()


def test_a_payment_service_that_is_silent_is_said_and_nothing_is_charged(
    till: Till, visitor: Visitor, outbound
) -> None:
    outbound.STRIPE_API_URL = "https://127.0.0.1:9"

    reply = visitor.post(visitor.inside("pay"))

    assert (reply.status_code, "Nothing was charged" in reply.content.decode()) == (409, True)
