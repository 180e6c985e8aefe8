"""A payer without an account at Stripe's stand-in: off to its page, back to the door, and the card page given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import payments
from onboarding.models import Checkout, Invoice, Message, Payment
from tests.door_visitors import Visitor
from tests.doors import payers_door
from tests.factories import MemberFactory, finance
from tests.integrations.conftest import outbound, sandbox
from tests.integrations.tasks.till import FAILING, GOOD, Till, till

__all__ = ["outbound", "sandbox", "till"]
pytestmark = pytest.mark.django_db(transaction=True)


def member_of(till: Till) -> Client:
    """The browser of a member of the company, signed in."""
    person = MemberFactory(company=till.invoice.company, roles=["owner"])
    browser = Client()
    browser.force_login(person.user)
    return browser


@pytest.fixture
def visitor(till: Till) -> Visitor:
    return Visitor(payers_door(till.invoice, at=now())).opened()


def test_paid_by_card_the_payer_comes_back_to_thanks_and_the_door_is_closed(till: Till, visitor: Visitor) -> None:
    page = visitor.sees()
    url = visitor.post(visitor.inside("pay"))["Location"]
    back = visitor.get(till.sandbox.pay(url).headers["location"], follow=True)

    assert "by card" in page
    assert (back.status_code, back.request["PATH_INFO"]) == (200, visitor.inside("paid"))
    assert "Payment received" in back.content.decode()
    assert (Checkout.objects.get().created_by, Payment.objects.get().method) == ("Pia Payer", "card")
    assert till.stands()[0] == Invoice.State.PAID
    assert "Paid in full, thank you" in visitor.sees()


def test_what_is_being_checked_is_not_paid_once_more_at_the_door(till: Till, visitor: Visitor) -> None:
    payments.record(
        till.invoice.pk, amount=till.invoice.gross + 9000, currency=till.invoice.currency, method="bank_transfer",
        reference="W9", received_on=now().date() - timedelta(days=1), by=finance(), at=now(),
    )  # fmt: skip

    page = visitor.sees()

    assert ("arrived and is being checked" in page, "by card" in page) == (True, False)


def test_given_up_the_payer_comes_back_to_the_door(till: Till, visitor: Visitor) -> None:
    url = visitor.post(visitor.inside("pay"))["Location"]

    given_up = visitor.get(till.sandbox.pay(url, way="cancel").headers["location"], follow=True)

    assert given_up.request["PATH_INFO"] == visitor.inside()
    assert "by card" in given_up.content.decode()
    unfinished = visitor.get(visitor.inside("paid"), {"session": Checkout.objects.get().session_id})
    assert "The payment was not finished" in unfinished.content.decode()


@pytest.mark.parametrize("is_member_first", [True, False])
@pytest.mark.parametrize("payer", ["member", "door"])
def test_member_and_payer_share_one_page_and_each_comes_back_to_their_own_place(
    till: Till, visitor: Visitor, is_member_first: bool, payer: str
) -> None:
    member = member_of(till)
    presses = [
        lambda: member.post("/invoice/pay/")["Location"],
        lambda: visitor.post(visitor.inside("pay"))["Location"],
    ]
    urls = [press() for press in (presses if is_member_first else presses[::-1])]
    assert (len(set(urls)), Checkout.objects.count()) == (1, 1)

    back = till.sandbox.pay(urls[0]).headers["location"]
    first, other = (member, visitor) if payer == "member" else (visitor, member)
    shown = first.get(back, follow=True)
    later = other.get(back, follow=True)

    places = {"member": "/invoice/paid/", "door": visitor.inside("paid")}
    assert shown.request["PATH_INFO"] == places.pop(payer)
    assert [later.request["PATH_INFO"]] == list(places.values())
    assert all("Payment received" in one.content.decode() for one in (shown, later))
    assert (till.stands(), Payment.objects.count()) == (("paid", 4888, 0), 1)


def test_a_page_that_expired_under_both_is_made_anew_once_and_leads_each_back(till: Till, visitor: Visitor) -> None:
    member = member_of(till)
    old = member.post("/invoice/pay/")["Location"]
    Checkout.objects.update(expires_at=now())

    urls = [visitor.post(visitor.inside("pay"))["Location"], member.post("/invoice/pay/")["Location"]]

    assert (len(set(urls)), old in urls) == (1, False)
    assert list(Checkout.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "open"]
    back = till.sandbox.pay(urls[0]).headers["location"]
    assert visitor.get(back, follow=True).request["PATH_INFO"] == visitor.inside("paid")
    gone = member.get("/invoice/paid/", {"session": Checkout.objects.earliest("pk").session_id})
    assert "open for too long" in gone.content.decode()


def test_a_browser_that_kept_nothing_is_sent_by_who_is_signed_in_or_asked(till: Till, visitor: Visitor) -> None:
    here = f"/payment/{till.invoice.pk}/back/"
    stranger, member = Client(), member_of(till)

    asked = stranger.get(here, {"session": "cs_test_1"})
    assert (asked.status_code, "Open the link in your mail again" in asked.content.decode()) == (200, True)
    assert member.get(here)["Location"] == "/invoice/"
    assert member.get(here, {"session": "a&b"})["Location"] == "/invoice/paid/?session=a%26b"
    for forged in ("//evil.example", "9" * 30, "-1", "²", "member2"):
        stranger.cookies[f"payment-{till.invoice.pk}"] = forged
        assert "Location" not in stranger.get(here)
    stranger.cookies[f"payment-{till.invoice.pk}"] = str(visitor.door.pk)
    assert stranger.get(here, follow=True).status_code == 404  # the door itself lets in only who is in


@pytest.mark.parametrize("how", ["pays", "fails"])
def test_a_direct_debit_at_the_door_is_told_once_when_the_bank_has_answered(
    till: Till, visitor: Visitor, how: str
) -> None:
    Invoice.objects.update(currency="EUR")
    url = visitor.post(visitor.inside("pay"))["Location"]
    back = till.sandbox.pay(url, **(GOOD if how == "pays" else FAILING)).headers["location"]
    waiting = visitor.get(back, follow=True).content.decode()
    assert ("is on its way" in waiting, Message.objects.filter(kind="invoice.paid").count()) == (True, 0)

    till.sandbox.advance(10)
    till.heed(4 if how == "pays" else 3)
    till.look()
    visitor.get(back, follow=True)

    kind = "invoice.paid" if how == "pays" else "checkout.failed"
    told = Message.objects.filter(kind__in=["invoice.paid", "checkout.failed"], to=visitor.door.email)
    assert [(one.kind, one.path, bool(one.document)) for one in told] == [(kind, "", how == "pays")]
    till.sandbox.advance(-10)


def test_a_payment_service_that_is_silent_is_said_and_nothing_is_charged(
    till: Till, visitor: Visitor, outbound
) -> None:
    outbound.STRIPE_API_URL = "https://127.0.0.1:9"

    reply = visitor.post(visitor.inside("pay"))

    assert (reply.status_code, "Nothing was charged" in reply.content.decode()) == (409, True)
