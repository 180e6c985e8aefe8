"""A payer without an account: sees the one invoice, pays by bank or by card, comes back to the door, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import payments
from onboarding.models import Checkout, Company, Document, Door, Invoice
from onboarding.workflow.steps import Step
from tests.door_visitors import Visitor, expire
from tests.doors import payers_door
from tests.factories import finance
from tests.journey import journey
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = journey(Step.CUSTOMER_APPROVAL, name="Harbour Lights Ltd")
    made.printed()
    return made


@pytest.fixture
def invoice(cast: Cast) -> Invoice:
    return Invoice.objects.get(pk=cast.engagement.invoices.get().pk)


@pytest.fixture
def visitor(invoice: Invoice) -> Visitor:
    return Visitor(payers_door(invoice, at=now()))


def pay(invoice: Invoice, amount: Decimal) -> None:
    payments.record(
        invoice.pk, amount=amount, currency=invoice.currency, method="bank_transfer", reference=f"W{amount}",
        received_on=now().date(), by=finance(), at=now(),
    )  # fmt: skip


def test_the_link_says_whose_invoice_it_is_and_who_asks(visitor: Visitor, invoice: Invoice) -> None:
    page = visitor.get(visitor.link).content.decode()

    for words in ("An invoice waits for you", invoice.number, "Harbour Lights", "p•••@payers.example"):
        assert words in page
    assert Door.objects.get().opened_at is None


def test_behind_it_stand_the_sum_the_bank_and_the_file(visitor: Visitor, invoice: Invoice) -> None:
    page = visitor.opened().sees()

    for words in (f"Invoice {invoice.number}", invoice.remittance_reference, f"{invoice.gross:,.2f}", "Download"):
        assert words in page
    for other in (invoice.company.registration_number, "/agreement/", "/documents/", 'class="rooms"'):
        assert other not in page


def test_a_part_that_arrived_is_taken_off(visitor: Visitor, invoice: Invoice) -> None:
    pay(invoice, Decimal("10.00"))

    assert f"{invoice.gross - 10:,.2f}" in visitor.opened().sees()


def test_once_paid_it_says_thank_you_and_the_file_is_gone(visitor: Visitor, invoice: Invoice) -> None:
    visitor.opened()
    Invoice.objects.filter(pk=invoice.pk).update(state=Invoice.State.PAID, paid_at=now())

    assert "Paid in full, thank you" in visitor.sees()
    assert visitor.get(visitor.inside("file"))["Location"] == visitor.inside()
    assert visitor.post(visitor.inside("pay"))["Location"] == visitor.inside()
    assert "Paid already" in Client().get(visitor.link).content.decode()


def test_an_invoice_taken_back_says_so(visitor: Visitor, invoice: Invoice) -> None:
    visitor.opened()
    Invoice.objects.filter(pk=invoice.pk).update(state=Invoice.State.VOID)

    assert "There is nothing left to pay" in visitor.sees()


def test_without_card_payments_there_is_no_button_and_pressing_says_what_to_do(visitor: Visitor, settings) -> None:
    settings.STRIPE_API_KEY = ""
    page = visitor.opened().sees()

    reply = visitor.post(visitor.inside("pay"))

    assert ("Pay by card" in page, "Pay by bank transfer" in page) == (False, True)
    assert (reply.status_code, "Pay by bank transfer" in reply.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Checkout.State.PROCESSING, "Your direct debit is on its way"), (Checkout.State.EXPIRED, "open for too long"),
        (Checkout.State.FAILED, "The bank refused the payment"),
    ],
)  # fmt: skip
def test_coming_back_from_the_card_page_says_how_it_stands(visitor, invoice, settings, state, words) -> None:
    settings.STRIPE_API_KEY = ""
    visitor.opened()
    Checkout.objects.create(
        company=invoice.company, engagement=invoice.engagement, invoice=invoice, state=state, amount=invoice.gross,
        currency=invoice.currency, session_id="cs_test_1", created_at=now(), created_by="Pia",
    )  # fmt: skip

    page = visitor.get(visitor.inside("paid"), {"session": "cs_test_1"})

    assert (page.status_code, words in page.content.decode()) == (200, True)
    assert visitor.get(visitor.inside("paid"), {"session": "cs_test_2"}).status_code == 404
    assert visitor.get(visitor.inside("paid"))["Location"] == visitor.inside()


def test_a_signers_pages_are_not_behind_a_payers_door(visitor: Visitor) -> None:
    visitor.opened()

    assert visitor.get(visitor.inside("sign")).status_code == 404
    assert visitor.post(visitor.inside("decline"), {"reason": "No"}).status_code == 404


def test_expired_it_shows_nothing_of_the_invoice(visitor: Visitor, invoice: Invoice) -> None:
    visitor.opened()
    expire(visitor.door)

    page = visitor.sees()

    assert ("This link has expired" in page, f"{invoice.gross:,.2f}" in page) == (True, False)


def test_expired_it_tells_the_moment_in_the_zone_it_names(visitor: Visitor) -> None:
    expire(visitor.door)
    ended = Door.objects.get(pk=visitor.door.pk).expires_at
    visitor.cookies["zone"] = "Asia/Tokyo"

    page = visitor.get(visitor.link).content.decode()

    assert f"It worked until {ended.day} {ended:%B %Y, %H:%M} UTC" in page


def test_the_customer_and_interweave_see_it_and_revoke_it(visitor: Visitor, cast: Cast) -> None:
    visitor.opened()
    owner, viewer = signed_in(cast), signed_in(cast, cast.viewer)
    listed, read_only = (browser.get("/invoice/").content.decode() for browser in (owner, viewer))

    again = owner.post(f"/links/{visitor.door.pk}/send/")
    newest = Door.objects.latest("pk")
    revoked = owner.post(f"/links/{newest.pk}/revoke/")

    assert ("pia@payers.example" in listed, "Let somebody else pay" in listed) == (True, True)
    assert ("pia@payers.example" in read_only, "/revoke/" in read_only) == (True, False)
    assert (again["Location"], revoked["Location"]) == ("/invoice/", "/invoice/")
    assert "A newer link took its place" in visitor.sees()
    assert newest.pk != visitor.door.pk
    assert Door.objects.get(pk=newest.pk).closed_because == Door.Reason.REVOKED


def test_billing_asks_by_name_and_address_and_is_told_what_is_missing(invoice: Invoice, cast: Cast) -> None:
    owner = signed_in(cast)

    wrong = owner.post("/invoice/payers/", {"name": "", "email": "pia"})
    sent = owner.post("/invoice/payers/", {"name": "Pia", "email": "pia@payers.example"})

    page = wrong.content.decode()
    assert (wrong.status_code, 'value="pia"' in page, "Enter an e-mail address like" in page) == (422, True, True)
    assert (sent["Location"], Door.objects.filter(invoice=invoice).count()) == ("/invoice/", 1)


def test_files_of_the_company_are_not_reached_through_it(visitor: Visitor, invoice: Invoice) -> None:
    visitor.opened()
    document = Document.objects.filter(company=invoice.company).exclude(pk=invoice.document_id).first()

    for address in (f"/documents/{document.uuid}/", f"/documents/{document.uuid}/file/", "/invoice/", "/agreement/"):
        assert visitor.get(address).status_code == 302
    assert Company.objects.count() == 1
