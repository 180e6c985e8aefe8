"""Every state of a door in a real browser: readable by everyone, at every width, in both schemes, with long names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import Browser

from onboarding.actions import doors, visits
from onboarding.models import Door, Invoice
from onboarding.workflow.steps import Step
from tests.agreements import print_all
from tests.door_visitors import Visitor, expire
from tests.doors import visitor as actor_of
from tests.factories import lead
from tests.journey import journey
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in
from tests.portal.screens import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LONG = "Vereinigte Norddeutsche Maschinenbau- und Förderanlagengesellschaft Müller & Søhne GmbH & Co. KG"
Shown = tuple[str, Client, str, int]  # a name, whose browser, the address, the status


def approving() -> Cast:
    cast = journey(Step.CUSTOMER_APPROVAL, name=LONG)
    cast.printed()
    print_all()
    return cast


def asked(cast: Cast, purpose: str) -> Visitor:
    """A door whose link was mailed just now."""
    row = cast.engagement
    signer = row.agreements.get().signers.filter(party="customer")[0]
    if purpose == "sign":
        door, secret = doors.ask(row, purpose="sign", signer=signer, by=cast.specialist, at=now())
    else:
        about = {
            "name": "Wilhelmina Alexandra Featherstonehaugh-Cholmondeley",
            "email": f"pia{now():%f}@payers.example",
        }
        door, secret = doors.ask(row, purpose="pay", invoice=row.invoices.get(), **about, by=cast.owner, at=now())
    return Visitor(door, secret=secret)


def signers_states(cast: Cast) -> Iterator[Shown]:
    """From the first look at the link to the thanks, in this order."""
    visitor = asked(cast, "sign")
    yield "link", Client(), visitor.link, 200
    visitor.opened()
    yield "used", Client(), visitor.link, 200
    code = reverse("doors:code", args=[visitor.secret])
    yield "ask for a code", Client(), code, 200
    yield "agreement", visitor, visitor.inside(), 200
    yield "is it you", visitor, visitor.inside("sign"), 200
    digits = visitor.code()
    yield "enter the code", Client(), code, 200
    yield "sign", visitor, visitor.inside("sign"), 200
    assert visitor.sign(code=digits, typed_name=visitor.door.name).status_code == 302
    yield "signed", visitor, visitor.inside(), 200
    yield "signed already", Client(), visitor.link, 410


def payers_states(cast: Cast) -> Iterator[Shown]:
    """A payer's pages, and every closed door."""
    visitor, late, withdrawn = (asked(cast, "pay") for _ in range(3))
    yield "payer's link", Client(), visitor.link, 200
    yield "invoice", visitor.opened(), visitor.inside(), 200
    yield "customer's list", signed_in(cast), "/invoice/", 200
    expire(late.door)
    yield "expired", Client(), late.link, 410
    doors.revoke(withdrawn.door.pk, by=lead(), at=now())
    yield "revoked", Client(), withdrawn.link, 410
    visits.renew(Door.objects.get(pk=late.door.pk), by=actor_of(late.door), at=now())
    yield "replaced", Client(), late.link, 410
    yield "unknown", Client(), "/door/nobody-has-this/", 404
    yield "elsewhere", Client(), visitor.inside(), 404
    Invoice.objects.update(state=Invoice.State.PAID, paid_at=now())
    yield "paid", visitor, visitor.inside(), 200
    Invoice.objects.update(state=Invoice.State.VOID)
    yield "taken back", visitor, visitor.inside(), 410


@pytest.mark.parametrize("states", [signers_states, payers_states])
def test_everyone_can_use_a_door(browser: Browser, states) -> None:
    wrong = {}
    for name, client, path, status in states(approving()):
        cache.clear()
        screen = Screen(browser, client)
        screen.open(path, status=status)
        if found := screen.faults():
            wrong[name] = found
        screen.context.close()

    assert wrong == {}
