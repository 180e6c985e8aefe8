from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from integrations import card_payments
from integrations.stripe.client import Stripe, Wish
from tests.integrations.sandbox_fixture import RunningSandbox

SECRET = "whsec_tests_only"


@pytest.fixture
def account(outbound, sandbox: RunningSandbox) -> dict:
    made = sandbox.new_stripe("Ours")
    outbound.STRIPE_API_KEY = made["secret_key"]
    outbound.STRIPE_WEBHOOK_SECRET = SECRET
    outbound.STRIPE_API_URL = sandbox.stripe_url
    return made


@pytest.fixture
def service(account: dict) -> Stripe:
    found = card_payments.service()
    assert found is not None
    return found


@pytest.fixture
def wished(sandbox: RunningSandbox):
    """A wish for a page of 48.88 USD, changed as asked; its hour counts by the stand-ins' clock."""
    now = datetime.fromisoformat(sandbox.control.get("/clock").json()["now"])

    def wished(**changed: Any) -> Wish:
        usual = {
            "key": str(uuid4()), "amount": Decimal("48.88"), "currency": "USD", "title": "Invoice INV-2026-0001",
            "success_url": "http://localhost:8000/invoice/paid/?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://localhost:8000/invoice/", "expires_at": now + timedelta(hours=2),
            "metadata": {"invoice": "INV-2026-0001"},
        }  # fmt: skip
        return Wish(**(usual | changed))

    return wished


def today() -> datetime:
    return datetime.now(tz=UTC)
