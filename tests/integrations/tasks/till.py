"""The till: an issued invoice, its payer, and our account at Stripe's stand-in, whose events reach the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils.timezone import now

from integrations import card_payments
from integrations.tasks.webhooks import heed_webhook
from onboarding.actions import invoices, payments
from onboarding.actors import Actor
from onboarding.models import Checkout, Event, Invoice, Payment, WebhookDelivery
from onboarding.workflow.steps import Step
from tests.factories import CompanyFactory, EngagementFactory, finance, owner, specialist
from tests.integrations.sandbox_fixture import RunningSandbox

SECRET = "whsec_tests_only"
BACK_URL = "http://localhost:8000/payment/1/back/"
FAILING = {"way": "sepa_debit", "iban": "DE62 3704 0044 0532 0130 01"}
GOOD = {"way": "sepa_debit", "iban": "DE89 3704 0044 0532 0130 00"}


@dataclass
class Till:
    """An issued invoice, its owner, and our account at the stand-in whose events come to the running portal."""

    sandbox: RunningSandbox
    account: str
    invoice: Invoice
    owner: Actor
    finance: Actor

    def press(self) -> str:
        return card_payments.start(self.invoice.pk, back_url=BACK_URL, by=self.owner, at=now())

    def heed(self, count: int) -> list[str]:
        """Wait for so many deliveries over all, heed what was taken in, tell what became of the newest."""
        self.sandbox.deliveries(self.account, done=count)
        rows = list(WebhookDelivery.objects.filter(provider="stripe", state="queued").order_by("pk"))
        for row in rows:
            heed_webhook(delivery_id=row.pk)
        return [WebhookDelivery.objects.get(pk=row.pk).outcome for row in rows]

    def stands(self) -> tuple[str, Decimal, Decimal]:
        fresh = Invoice.objects.get(pk=self.invoice.pk)
        return fresh.state, payments.paid_so_far(fresh), payments.overpaid(fresh)

    def send_back(self, amount: str) -> int:
        row = Payment.objects.get(kind="payment", method="card")
        return card_payments.send_back(row.pk, amount=Decimal(amount), by=self.finance, at=now())

    def look(self) -> Checkout:
        return card_payments.look(Checkout.objects.latest("pk"), at=now())

    def charge(self) -> str:
        return str(self.sandbox.records("stripe", self.account, "charge")[-1]["id"])


@pytest.fixture
def till(outbound, sandbox: RunningSandbox, live_server) -> Till:
    """Other tests moved the stand-ins' clock on; pages that live for a day need it to be now."""
    ahead = datetime.fromisoformat(sandbox.control.get("/clock").json()["now"]) - now()
    sandbox.advance(-round(ahead.total_seconds()))
    account = sandbox.new_stripe("Ours")
    outbound.STRIPE_API_KEY, outbound.STRIPE_API_URL = account["secret_key"], sandbox.stripe_url
    outbound.STRIPE_WEBHOOK_SECRET = SECRET
    sandbox.webhook(f"/stripe/accounts/{account['id']}", url=f"{live_server.url}/webhooks/stripe/", secret=SECRET)
    teller = finance()
    return Till(sandbox, account["id"], issued(), owner(Invoice.objects.get().company), teller)


def issued(currency: str = "USD") -> Invoice:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, company=CompanyFactory(country="US"))
    with transaction.atomic():
        invoice = invoices.draft(engagement, by=specialist(), at=now())
    invoice = invoices.issue(invoice.pk, by=specialist(), at=now())
    Invoice.objects.filter(pk=invoice.pk).update(currency=currency)
    return Invoice.objects.get(pk=invoice.pk)


def kinds(prefix: str) -> list[str]:
    return list(Event.objects.filter(kind__startswith=prefix).order_by("pk").values_list("kind", flat=True))
