"""Paying by card from the invoice's page: the button, the way back, and what is said at every end."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.utils.timezone import now

from onboarding.actions import payments
from onboarding.models import Checkout, Invoice, Payment
from onboarding.workflow.steps import Step
from tests.integrations.sandbox_fixture import RunningSandbox, sandbox
from tests.journey import journey
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def approving(db) -> Cast:
    """In step V: the invoice is issued."""
    return journey(Step.CUSTOMER_APPROVAL)


@pytest.fixture
def account(sandbox: RunningSandbox, settings) -> dict:
    ahead = datetime.fromisoformat(sandbox.control.get("/clock").json()["now"]) - now()
    sandbox.advance(-round(ahead.total_seconds()))
    made = sandbox.new_stripe("Ours")
    settings.OUTBOUND_CA_BUNDLE = sandbox.ca_path
    settings.STRIPE_API_KEY, settings.STRIPE_API_URL = made["secret_key"], sandbox.stripe_url
    yield made
    sandbox.clear_faults()


def test_without_an_account_no_card_is_offered(approving: Cast) -> None:
    page = signed_in(approving).get("/invoice/").content.decode()

    assert "by card" not in page
    assert "Pay by bank transfer" in page
    assert signed_in(approving).post("/invoice/pay/").status_code == 409


def test_the_button_leads_to_the_payment_page_and_back_to_paid(approving: Cast, account, sandbox) -> None:
    browser = signed_in(approving)
    page = browser.get("/invoice/").content.decode()
    assert "Pay $4,888.00 by card" in page

    away = browser.post("/invoice/pay/")
    assert (away.status_code, away["Location"].startswith(f"{sandbox.checkout_url}/c/pay/cs_test_")) == (302, True)
    back = sandbox.pay(away["Location"]).headers["location"]
    shown = browser.get(back)["Location"]
    said = browser.get(shown)
    again = browser.get(back, follow=True)

    assert back.startswith(f"http://testserver/payment/{Invoice.objects.get().pk}/back/?session=cs_test_")
    assert shown.startswith("/invoice/paid/?session=cs_test_")
    assert (said.status_code, "Payment received" in said.content.decode()) == (200, True)
    assert "The receipt comes by e-mail" in again.content.decode()
    assert (Invoice.objects.get().state, Payment.objects.count()) == ("paid", 1)
    page = browser.get("/invoice/").content.decode()
    assert ("by card" in page.lower().replace("card\n", ""), "Paid in full" in page) == (False, True)


def test_given_up_leads_back_to_the_invoice_with_everything_as_it_was(approving: Cast, account, sandbox) -> None:
    browser = signed_in(approving)
    away = browser.post("/invoice/pay/")["Location"]

    back = sandbox.pay(away, way="cancel").headers["location"]
    session = Checkout.objects.get().session_id
    page = browser.get(f"/invoice/paid/?session={session}").content.decode()

    assert browser.get(back)["Location"] == "/invoice/"
    assert "The payment was not finished" in page
    assert "Nothing was charged" in page
    assert browser.post("/invoice/pay/")["Location"] == away


def test_a_direct_debit_is_on_its_way_and_then_refused(approving: Cast, account, sandbox) -> None:
    Invoice.objects.update(currency="EUR")
    browser = signed_in(approving)
    away = browser.post("/invoice/pay/")["Location"]
    back = sandbox.pay(away, way="sepa_debit", iban="DE62370400440532013001").headers["location"]

    waiting = browser.get(back, follow=True).content.decode()
    invoice = browser.get("/invoice/").content.decode()
    again = browser.post("/invoice/pay/")
    sandbox.advance(10)
    for _ in range(50):
        refused = browser.get(back, follow=True).content.decode()
        if "The bank refused the payment" in refused:
            break

    assert "Your direct debit is on its way" in waiting
    assert ("is on its way" in invoice, "by card</button>" in invoice) == (True, False)
    assert (again.status_code, "direct debit for this invoice is on its way" in again.content.decode()) == (409, True)
    assert "The bank refused the payment" in refused
    assert "The last payment was refused by the bank" in browser.get("/invoice/").content.decode()


def test_expired_says_so_and_leads_on(approving: Cast, account, sandbox) -> None:
    browser = signed_in(approving)
    browser.post("/invoice/pay/")
    sandbox.advance(24 * 3600)

    page = browser.get(f"/invoice/paid/?session={Checkout.objects.get().session_id}").content.decode()

    assert "The payment page was open for too long" in page


def test_stripe_down_is_said_in_words_before_and_after(approving: Cast, account, sandbox) -> None:
    browser = signed_in(approving)
    sandbox.fault("stripe", account["id"], "server_error_once", count=9)
    refused = browser.post("/invoice/pay/")
    sandbox.clear_faults()
    away = browser.post("/invoice/pay/")["Location"]
    back = sandbox.pay(away).headers["location"]
    sandbox.fault("stripe", account["id"], "throttle", count=9)
    unasked = browser.get(back, follow=True)
    sandbox.clear_faults()

    assert (refused.status_code, "Nothing was charged." in refused.content.decode()) == (409, True)
    assert (unasked.status_code, "We are checking your payment" in unasked.content.decode()) == (200, True)
    assert "Payment received" in browser.get(back, follow=True).content.decode()


def test_too_much_is_said_to_the_payer(approving: Cast, account, sandbox) -> None:
    browser = signed_in(approving)
    away = browser.post("/invoice/pay/")["Location"]
    invoice = Invoice.objects.get()
    payments.record(
        invoice.pk, amount=Decimal(888), currency="USD", method="bank_transfer", reference="W9",
        received_on=approving.later().date(), by=approving.finance, at=approving.at,
    )  # fmt: skip
    back = sandbox.pay(away).headers["location"]

    page = browser.get(back, follow=True).content.decode()

    assert "$888.00 is too much" in page
    assert "Our finance team sends it back to you." in browser.get("/invoice/").content.decode()


def test_nobody_is_sent_to_pay_what_is_being_checked_already(approving: Cast, account, sandbox) -> None:
    browser = signed_in(approving)
    payments.record(
        Invoice.objects.get().pk, amount=Decimal(99_999), currency="USD", method="bank_transfer", reference="W9",
        received_on=approving.later().date(), by=approving.finance, at=approving.at,
    )  # fmt: skip

    page = browser.get("/invoice/").content.decode()

    assert ("$99,999.00 arrived and is being checked" in page, "/invoice/pay/" in page) == (True, False)
    assert browser.post("/invoice/pay/").status_code == 409


def test_a_rest_too_small_for_a_card_is_paid_by_transfer(approving: Cast, account, sandbox) -> None:
    browser = signed_in(approving)
    payments.record(
        Invoice.objects.get().pk, amount=Decimal("4887.99"), currency="USD", method="bank_transfer", reference="W9",
        received_on=approving.later().date(), by=approving.finance, at=approving.at,
    )  # fmt: skip

    page = browser.get("/invoice/").content.decode()

    assert ("$0.01" in page, "Pay by bank transfer" in page, "/invoice/pay/" in page) == (True, True, False)


def test_whoever_may_not_pay_reads_who_does(approving: Cast, account) -> None:
    browser = signed_in(approving, approving.viewer)

    page = browser.get("/invoice/").content.decode()
    pressed = browser.post("/invoice/pay/")

    assert ("pays by card here" in page, "/invoice/pay/" in page) == (True, False)
    assert (pressed.status_code, Checkout.objects.count()) == (403, 0)


def test_another_companys_payment_page_is_not_there(approving: Cast, account, elsewhere) -> None:
    signed_in(approving).post("/invoice/pay/")
    session = Checkout.objects.get().session_id

    assert elsewhere.get(f"/invoice/paid/?session={session}").status_code == 404
    assert elsewhere.get("/invoice/paid/?session=cs_test_nothing").status_code == 404
    assert elsewhere.get("/invoice/paid/")["Location"] == "/invoice/"


def test_the_page_lets_its_form_lead_to_stripe(approving: Cast) -> None:
    from django.conf import settings as own

    policy = signed_in(approving).get("/invoice/").headers["Content-Security-Policy"]

    assert "form-action 'self'" in policy
    assert all(host in policy for host in own.FORM_ACTION_HOSTS)
